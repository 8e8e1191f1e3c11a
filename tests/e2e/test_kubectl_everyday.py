"""Everyday kubectl commands against a whole sandbox: what they print, and the code they end with."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

_UP_S = 60.0
_MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "stefanprodan/podinfo:6.0.0", ports: [{containerPort: 9898, name: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http, name: http}]}
"""

Kubectl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("kubectl")
    path = folder / "kubeconfig"
    with (folder / "err").open("w") as err:
        sandbox = subprocess.Popen(
            [sys.executable, "-m", "canarytui", "sandbox", "up", "--json", "--kubeconfig", str(path)],
            stdout=subprocess.PIPE,
            stderr=err,
        )
    try:
        assert sandbox.stdout is not None
        # One line of JSON says that it is up; an end of file, that it never will be.
        readable, _, _ = select.select([sandbox.stdout], [], [], _UP_S)
        assert readable, "the sandbox did not come up"
        assert sandbox.stdout.readline(), (folder / "err").read_text()
        yield path
    finally:
        sandbox.send_signal(signal.SIGTERM)
        sandbox.wait(20)


@pytest.fixture(scope="module")
def kubectl(kubeconfig: Path) -> Kubectl:
    def run(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["kubectl", *arguments],
            env=os.environ | {"KUBECONFIG": str(kubeconfig)},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def namespace(kubectl: Kubectl, request: pytest.FixtureRequest) -> Iterator[str]:
    name = re.sub("[^a-z0-9]+", "-", request.node.name.removeprefix("test_"))[:50].strip("-")
    assert kubectl("create", "ns", name).stdout == f"namespace/{name} created\n"
    yield name
    kubectl("delete", "ns", name, "--wait=false")


@pytest.fixture
def web(kubectl: Kubectl, namespace: str) -> str:
    """A namespace in which Deployment and Service `web` are up."""
    made = kubectl("-n", namespace, "apply", "-f", "-", stdin=_MANIFEST)
    assert made.stdout == "deployment.apps/web created\nservice/web created\n", made.stderr
    rolled = kubectl("-n", namespace, "rollout", "status", "deploy/web", "--timeout=40s")
    assert rolled.returncode == 0, rolled.stderr
    assert rolled.stdout.endswith('deployment "web" successfully rolled out\n')
    return namespace


def test_applies_once_and_then_says_unchanged(kubectl: Kubectl, web: str) -> None:
    again = kubectl("-n", web, "apply", "-f", "-", stdin=_MANIFEST)
    assert (again.returncode, again.stdout) == (0, "deployment.apps/web unchanged\nservice/web unchanged\n")
    created = kubectl("-n", web, "create", "-f", "-", stdin=_MANIFEST)
    assert created.returncode == 1
    assert 'Error from server (AlreadyExists): error when creating "STDIN": services "web" already exists' in (
        created.stderr
    )


def test_shows_the_columns_of_a_real_cluster(kubectl: Kubectl, web: str) -> None:
    def heads(*arguments: str) -> list[str]:
        return re.split(r"\s{2,}", kubectl("-n", web, "get", *arguments).stdout.splitlines()[0].strip())

    assert heads("deploy") == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert heads("deploy", "-o", "wide")[5:] == ["CONTAINERS", "IMAGES", "SELECTOR"]
    assert heads("pods", "-o", "wide")[5:] == ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"]
    assert heads("svc") == ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"]
    assert heads("events") == ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert heads("crd") == ["NAME", "CREATED AT"]
    row = kubectl("-n", web, "get", "deploy", "web", "--no-headers").stdout.split()
    assert row[:4] == ["web", "2/2", "2", "2"]
    pods = kubectl("-n", web, "get", "pods", "--no-headers").stdout.splitlines()
    assert [line.split()[1:4] for line in pods] == [["1/1", "Running", "0"]] * 2


def test_scales_rolls_and_undoes(kubectl: Kubectl, web: str) -> None:
    scaled = kubectl("-n", web, "scale", "deploy", "web", "--replicas=3")
    assert scaled.stdout == "deployment.apps/web scaled\n"
    kubectl("-n", web, "set", "image", "deploy/web", "web=stefanprodan/podinfo:6.0.1")
    assert kubectl("-n", web, "rollout", "status", "deploy/web", "--timeout=40s").returncode == 0
    history = kubectl("-n", web, "rollout", "history", "deploy/web").stdout
    assert [line.split()[0] for line in history.splitlines()[2:] if line] == ["1", "2"]
    assert kubectl("-n", web, "rollout", "undo", "deploy/web").stdout == "deployment.apps/web rolled back\n"
    assert kubectl("-n", web, "rollout", "status", "deploy/web", "--timeout=40s").returncode == 0
    jsonpath = "jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}"
    assert kubectl("-n", web, "get", "deploy", "web", "-o", jsonpath).stdout == "3 stefanprodan/podinfo:6.0.0"


def test_describes_a_deployment_with_its_events(kubectl: Kubectl, web: str) -> None:
    text = kubectl("-n", web, "describe", "deploy", "web").stdout
    assert re.search(r"^Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable$", text, re.M)
    assert re.search(
        r"Normal +ScalingReplicaSet +\S+ +deployment-controller +Scaled up replica set web-\w+ from 0", text
    )


def test_reads_logs(kubectl: Kubectl, web: str) -> None:
    log = kubectl("-n", web, "logs", "deploy/web", "--tail=1", "--timestamps")
    assert log.returncode == 0
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT[\d:.]+Z \{"level": .+\}\n', log.stdout)
    assert len(kubectl("-n", web, "logs", "deploy/web", "--limit-bytes=10").stdout) == 10
    previous = kubectl("-n", web, "logs", "deploy/web", "--previous")
    assert previous.returncode == 1
    assert re.search(
        r'Error from server \(BadRequest\): previous terminated container "web" in pod "web-\S+" not found',
        previous.stderr,
    )


def test_runs_a_command_in_a_container(kubectl: Kubectl, web: str) -> None:
    ran = kubectl("-n", web, "exec", "deploy/web", "--", "echo", "hi")
    assert (ran.returncode, ran.stdout) == (0, "hi\n")
    failed = kubectl("-n", web, "exec", "deploy/web", "--", "false-command")
    assert failed.returncode == 126
    assert failed.stderr.endswith("command terminated with exit code 126\n")


def test_forwards_a_port(kubeconfig: Path, web: str) -> None:
    forward = subprocess.Popen(
        ["kubectl", "-n", web, "port-forward", "svc/web", ":80"],
        env=os.environ | {"KUBECONFIG": str(kubeconfig)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert forward.stdout is not None
        said = re.fullmatch(r"Forwarding from 127\.0\.0\.1:(\d+) -> 9898\n", forward.stdout.readline())
        assert said is not None
        for _ in range(3):
            with urllib.request.urlopen(f"http://127.0.0.1:{said[1]}/version", timeout=10) as answer:
                assert '"6.0.0"' in answer.read().decode()
    finally:
        forward.terminate()
        forward.wait(10)


def test_proxies_to_services_pods_and_nodes(kubectl: Kubectl, web: str) -> None:
    services = f"/api/v1/namespaces/{web}/services"
    for name in ("web:80", "web:http", "http:web:http"):
        assert '"6.0.0"' in kubectl("get", "--raw", f"{services}/{name}/proxy/version").stdout
    echoed = kubectl("create", "--raw", f"{services}/web:80/proxy/echo", "-f", "-", stdin="hello")
    assert echoed.stdout.strip() == "hello"
    assert kubectl("get", "--raw", "/api/v1/nodes/sandbox/proxy/healthz").stdout.strip() == "ok"
    unknown = kubectl("get", "--raw", f"{services}/web:99/proxy/")
    assert unknown.returncode == 1
    assert unknown.stderr == 'Error from server (ServiceUnavailable): no service port 99 found for service "web"\n'
    malformed = kubectl("get", "--raw", f"{services}/ftp:web:80/proxy/")
    assert malformed.stderr == 'Error from server (BadRequest): invalid service request "ftp:web:80"\n'


def test_refuses_in_a_real_cluster_s_words(kubectl: Kubectl, namespace: str) -> None:
    said = {
        ("create", "ns", namespace): f'Error from server (AlreadyExists): namespaces "{namespace}" already exists\n',
        ("get", "pod", "none", "-n", namespace): 'Error from server (NotFound): pods "none" not found\n',
        ("get", "gadgets"): 'error: the server doesn\'t have a resource type "gadgets"\n',
    }
    for arguments, words in said.items():
        answer = kubectl(*arguments)
        assert (answer.returncode, answer.stderr) == (1, words)


def test_grants_what_roles_say_and_no_more(kubectl: Kubectl, namespace: str) -> None:
    refused = kubectl("-n", namespace, "get", "pods", "--as=jane")
    assert refused.returncode == 1
    assert refused.stderr == (
        'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" '
        f'in the namespace "{namespace}"\n'
    )
    kubectl("-n", namespace, "create", "role", "reader", "--verb=get,list", "--resource=pods")
    kubectl("-n", namespace, "create", "rolebinding", "jane", "--role=reader", "--user=jane")
    assert kubectl("-n", namespace, "get", "pods", "--as=jane").returncode == 0
    may = kubectl("-n", namespace, "auth", "can-i", "delete", "pods", "--as=jane")
    assert (may.returncode, may.stdout) == (1, "no\n")
    viewer = ("--context", "canarytui-sandbox-viewer", "-n", namespace)
    assert kubectl(*viewer, "get", "deploy").returncode == 0
    created = kubectl(*viewer, "create", "cm", "a")
    assert created.returncode == 1
    assert 'configmaps is forbidden: User "viewer" cannot create resource "configmaps"' in created.stderr


def test_a_pod_whose_image_cannot_be_pulled_says_so(kubectl: Kubectl, namespace: str) -> None:
    kubectl("-n", namespace, "run", "bad", "--image=x.invalid/a:1")
    deadline = time.monotonic() + 30
    status = ""
    while status not in ("ErrImagePull", "ImagePullBackOff") and time.monotonic() < deadline:
        time.sleep(0.2)
        status = kubectl("-n", namespace, "get", "pod", "bad", "--no-headers").stdout.split()[2]
    assert status in ("ErrImagePull", "ImagePullBackOff")
    assert kubectl("-n", namespace, "delete", "pod", "bad").stdout.startswith('pod "bad" deleted')


def test_top_shows_what_pods_and_the_node_use(kubectl: Kubectl) -> None:
    deadline = time.monotonic() + 40
    while (top := kubectl("top", "pods", "-A")).returncode and time.monotonic() < deadline:
        time.sleep(0.5)
    assert top.returncode == 0, top.stderr
    head, *rows = [line.split() for line in top.stdout.splitlines()]
    assert head == ["NAMESPACE", "NAME", "CPU(cores)", "MEMORY(bytes)"]
    gateway = next(row for row in rows if row[1].startswith("traefik-"))
    assert re.fullmatch(r"[1-9]\d*Mi", gateway[3]), gateway
    assert all(re.fullmatch(r"\d+m", row[2]) for row in rows)
    viewer = ("--context", "canarytui-sandbox-viewer")
    assert kubectl(*viewer, "-n", gateway[0], "top", "pods", "--containers").stdout.split()[:3] == [
        "POD",
        "NAME",
        "CPU(cores)",
    ]
    printed = kubectl("-n", gateway[0], "get", "pods.metrics.k8s.io").stdout.splitlines()
    assert printed[0].split() == ["NAME", "CPU", "MEMORY", "WINDOW"]
    assert re.search(r"^traefik-\S+ +\d+n +\d+Ki +\d+(\.\d+)?s$", printed[-1])
    unknown = kubectl("-n", "default", "top", "pod", "none")
    assert unknown.stderr == 'Error from server (NotFound): podmetrics.metrics.k8s.io "default/none" not found\n'
    [node] = kubectl("top", "nodes", "--no-headers").stdout.splitlines()
    assert re.match(r"sandbox\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%", node)
    service = kubectl("get", "apiservice", "v1beta1.metrics.k8s.io", "--no-headers").stdout.split()
    assert service[:1] == ["v1beta1.metrics.k8s.io"]

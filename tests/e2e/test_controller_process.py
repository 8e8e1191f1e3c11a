"""The controller as ``canarytui install`` sets it up: with the rights of its own account and no others."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from recording_proxy import RecordingProxy
from sandbox_process import SandboxProcess

from canarytui.metrics.providers.registry import PROVIDERS, provider_class

pytestmark = pytest.mark.e2e
Start = Callable[..., SandboxProcess]
Right = tuple[str, str, str]

CLI = f"{sys.executable} -m canarytui"
METRICS = "http://flagger-prometheus.traefik:9090"
PROXIED = {("", "services/proxy", "get"), ("", "services/proxy", "create")}
"""How Prometheus and webhooks are reached from outside the cluster; inside it needs no right."""
ANYBODY = {("authorization.k8s.io", "selfsubjectaccessreviews", "create")}
OF_METRIC_PROVIDERS = {
    (right.group, resource, verb)
    for type_ in PROVIDERS
    for right in provider_class(type_).rights
    for resource in right.resources
    for verb in right.verbs
}
"""What is granted for templates of types that this rollout has not: the providers' own tests show that they use it."""
ROLLOUT_S = 150

KEDA = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: scaledobjects.keda.sh}
spec:
  group: keda.sh
  scope: Namespaced
  names: {plural: scaledobjects, singular: scaledobject, kind: ScaledObject, listKind: ScaledObjectList}
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
WORKER = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker, namespace: test, labels: {app: worker}}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      containers: [{name: podinfod, image: "stefanprodan/podinfo:4.0.5", ports: [{containerPort: 9898}]}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: worker, namespace: test}
spec:
  scaleTargetRef: {name: worker}
  triggers: [{type: prometheus, metadata: {query: 'jobs{app="worker"}', threshold: "5"}}]
---
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: worker, namespace: test}
spec:
  provider: traefik
  skipAnalysis: true
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
  autoscalerRef: {apiVersion: keda.sh/v1alpha1, kind: ScaledObject, name: worker}
  service: {port: 80, targetPort: 9898}
  analysis: {interval: 2s, threshold: 5, maxWeight: 50, stepWeight: 50}
"""
SETTINGS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: test}
data: {PODINFO_UI_MESSAGE: one}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: test}
stringData: {PASSWORD: one}
---
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test}
spec: {selector: {app: podinfo}, ports: [{port: 80, targetPort: 9898}]}
---
apiVersion: flagger.app/v1beta1
kind: AlertProvider
metadata: {name: on-call, namespace: test}
spec: {type: slack, channel: rollouts, username: canarytui, address: "http://127.0.0.1:9/"}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: test, labels: {app: agent}}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: podinfod, image: "stefanprodan/podinfo:4.0.5", ports: [{containerPort: 9898}]}]
---
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: agent, namespace: test}
spec:
  provider: traefik
  skipAnalysis: true
  targetRef: {apiVersion: apps/v1, kind: DaemonSet, name: agent}
  service: {port: 80, targetPort: 9898}
  analysis: {interval: 2s, threshold: 5, maxWeight: 50, stepWeight: 50}
"""
USES = {
    "spec": {
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "podinfod",
                        "envFrom": [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "password"}}],
                    }
                ]
            }
        }
    }
}


class Installed:
    """A sandbox with the printed objects, and the controller's process behind a proxy that notes what it asks."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self.sandbox = sandbox
        self._folder = folder
        sandbox.run(f"{CLI} install --print --replicas 0 --metrics-server {METRICS} | kubectl apply -f -")
        view = yaml.safe_load(sandbox.kubeconfig.read_text())
        cluster = view["clusters"][0]["cluster"]
        ca_pem = subprocess.run(
            ["base64", "-d"], input=cluster["certificate-authority-data"], capture_output=True, text=True, check=True
        ).stdout
        self.proxy = RecordingProxy(cluster["server"], ca_pem, conflicts=True)
        self.process: subprocess.Popen[str] | None = None

    def granted(self) -> set[Right]:
        """What the account's roles say."""
        roles = [*self.sandbox.get("clusterroles canarytui")["rules"]]
        roles += self.sandbox.get("-n canarytui-system roles canarytui-leader-election")["rules"]
        return {
            (group, resource, verb)
            for rule in roles
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }

    def allow_services_proxy(self) -> None:
        """What only a controller outside the cluster needs."""
        self.sandbox.run("kubectl create clusterrole outside --verb=get,create --resource=services/proxy")
        self.sandbox.run(
            "kubectl create clusterrolebinding outside --clusterrole=outside "
            "--serviceaccount=canarytui-system:canarytui"
        )

    def start(self) -> None:
        """Run the Deployment's own arguments with the account's token."""
        token = self.sandbox.run("kubectl -n canarytui-system create token canarytui --duration=1h").strip()
        kubeconfig = self._folder / "account.kubeconfig"
        kubeconfig.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "account",
            "clusters": [{"name": "proxy", "cluster": {"server": self.proxy.url}}],
            "users": [{"name": "account", "user": {"token": token}}],
            "contexts": [{"name": "account", "context": {"cluster": "proxy", "user": "account"}}],
        }))  # fmt: skip
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        container = self.sandbox.get("-n canarytui-system deploy canarytui")["spec"]["template"]["spec"]["containers"][
            0
        ]
        command = [sys.executable, "-m", "canarytui", *container["command"][1:], *container["args"]]
        self._log = (self._folder / "controller.log").open("w")
        self.process = subprocess.Popen([*command, f"-kubeconfig={kubeconfig}", f"-port={port}"], stderr=self._log)

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self._folder / "controller.log").read_text().splitlines()]

    def stop(self) -> int:
        """Ask the process to end; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.proxy.stop()


@pytest.fixture
def installed(start_sandbox: Start, tmp_path: Path) -> Iterator[Installed]:
    made = Installed(start_sandbox(), tmp_path)
    yield made
    made.clean_up()


def phase(sandbox: SandboxProcess, name: str) -> str:
    return str((sandbox.get(f"-n test canary/{name}").get("status") or {}).get("phase", ""))


def test_the_rights_of_the_printed_roles_are_those_that_rollouts_use(installed: Installed) -> None:
    sandbox = installed.sandbox
    sandbox.run("kubectl create ns test")
    sandbox.run('kubectl apply -k "$(' + f"{CLI} sandbox manifests" + ')/podinfo"')
    sandbox.run('kubectl apply -f "$(' + f"{CLI} sandbox manifests" + ')/seed/podinfo-ingressroute.yaml"')
    sandbox.run(f"kubectl apply -f - <<'E'\n{KEDA}\nE")
    sandbox.run("kubectl wait --for=condition=Established crd/scaledobjects.keda.sh --timeout=60s")
    sandbox.run(f"kubectl apply -f - <<'E'\n{SETTINGS}\n---{WORKER}\nE")
    sandbox.run(f"kubectl -n test patch deploy podinfo -p '{json.dumps(USES)}'")
    installed.allow_services_proxy()
    installed.start()
    canary = yaml.safe_load(
        Path(sandbox.run(f"{CLI} sandbox manifests").strip(), "seed", "podinfo-canary.yaml").read_text()
    )
    canary["spec"]["revertOnDeletion"] = True
    canary["spec"]["analysis"] |= {
        "interval": "3s", "threshold": 30, "stepWeight": 25,
        "alerts": [{"name": "on-call", "severity": "info", "providerRef": {"name": "on-call"}}],
    }  # fmt: skip
    sandbox.run(f"kubectl apply -f - <<'E'\n{yaml.safe_dump(canary)}\nE")
    for name in ("podinfo", "agent", "worker"):
        sandbox.wait(f"{name} is initialised", lambda name=name: phase(sandbox, name) == "Initialized", 90)

    sandbox.run('kubectl -n test patch cm settings --type=merge -p \'{"data":{"PODINFO_UI_MESSAGE":"two"}}\'')
    sandbox.run('kubectl -n test patch secret password --type=merge -p \'{"stringData":{"PASSWORD":"two"}}\'')
    sandbox.run('kubectl -n test patch hpa podinfo --type=merge -p \'{"spec":{"maxReplicas":5}}\'')
    sandbox.run('kubectl -n test patch scaledobject worker --type=merge -p \'{"spec":{"maxReplicaCount":7}}\'')
    for kind, name in (("deployment", "podinfo"), ("daemonset", "agent"), ("deployment", "worker")):
        sandbox.run(f"kubectl -n test set image {kind}/{name} podinfod=stefanprodan/podinfo:4.0.6")
    for name in ("agent", "worker", "podinfo"):
        sandbox.wait(f"{name} succeeds", lambda name=name: phase(sandbox, name) == "Succeeded", ROLLOUT_S)
    copied = sandbox.get("-n test scaledobject/worker-primary")["spec"]
    assert (copied["scaleTargetRef"]["name"], copied["maxReplicaCount"]) == ("worker-primary", 7)
    resting = sandbox.get("-n test scaledobject/worker")["metadata"]["annotations"]
    assert resting["autoscaling.keda.sh/paused-replicas"] == "0"
    sandbox.run("kubectl -n test delete canary podinfo --wait=false")
    sandbox.wait("the canary goes", lambda: "podinfo" not in sandbox.run("kubectl -n test get canaries -o name"), 60)
    assert installed.stop() == 0

    refused = [each for each in installed.proxy.requests if each.code in (401, 403)]
    assert refused == []
    assert [line for line in installed.log() if "forbidden" in line["msg"]] == []
    used = installed.proxy.rights()
    assert used >= PROXIED
    assert OF_METRIC_PROVIDERS
    assert used - PROXIED - ANYBODY | OF_METRIC_PROVIDERS == installed.granted()
    outside = {each.namespace for each in installed.proxy.requests if each.verb in ("create", "update", "patch")}
    assert outside <= {"test", "canarytui-system", "traefik", ""}


def test_without_a_right_the_canary_is_told_what_is_missing(installed: Installed) -> None:
    sandbox = installed.sandbox
    role = sandbox.get("clusterroles canarytui")
    rules = [rule for rule in role["rules"] if "traefikservices" not in rule["resources"]]
    assert len(rules) == len(role["rules"]) - 1
    sandbox.run(f"kubectl patch clusterrole canarytui --type=merge -p '{json.dumps({'rules': rules})}'")
    sandbox.run("kubectl create ns test")
    sandbox.run(f"kubectl apply -f - <<'E'\n{SETTINGS}\nE")
    installed.start()
    what = "let the controller's account get, list and watch traefikservices.traefik.io"
    sandbox.wait("it is said", lambda: what in sandbox.run("kubectl -n test describe canary agent"), 30)
    assert phase(sandbox, "agent") == ""
    sandbox.run(f"kubectl patch clusterrole canarytui --type=merge -p '{json.dumps({'rules': role['rules']})}'")
    sandbox.wait("it goes on", lambda: phase(sandbox, "agent") == "Initialized", 60)


def test_the_installed_pods_take_turns(start_sandbox: Start) -> None:
    sandbox = start_sandbox()
    sandbox.run(f"{CLI} install --print --replicas 2 --metrics-server {METRICS} | kubectl apply -f -")
    sandbox.run("kubectl -n canarytui-system rollout status deploy/canarytui --timeout=60s", timeout_s=70)

    def holder() -> str:
        listed = sandbox.get("-n canarytui-system leases")["items"]
        return str(listed[0]["spec"].get("holderIdentity") or "") if listed else ""

    sandbox.wait("one leads", lambda: bool(holder()), 20)
    first = holder()
    sandbox.run("kubectl create ns test")
    sandbox.run(f"kubectl apply -f - <<'E'\n{SETTINGS}\nE")
    sandbox.wait("it acts", lambda: phase(sandbox, "agent") == "Initialized", 60)
    instances = {each["reportingInstance"] for each in sandbox.get("-n test events")["items"]
                 if each["involvedObject"]["kind"] == "Canary"}  # fmt: skip
    assert instances == {first}
    leader = next(
        name for name in sandbox.run("kubectl -n canarytui-system get pods -o name").split()
        if "successfully acquired" in sandbox.run(f"kubectl -n canarytui-system logs {name}")
    )  # fmt: skip
    sandbox.run(f"kubectl -n canarytui-system delete {leader} --wait=false")
    # The Lease was given back: otherwise it would hold for 60 s.
    sandbox.wait("another leads", lambda: holder() not in ("", first), 45)
    logs = sandbox.run("kubectl -n canarytui-system logs -l app.kubernetes.io/name=canarytui")
    assert "forbidden" not in logs

"""The Gateway API as the sandbox's second data plane: our controller, its HTTPRoute, real traffic, a promotion and a
rollback. One sandbox for the module."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_process import SandboxProcess

pytestmark = pytest.mark.e2e

LOAD = "kubectl -n test exec -i deploy/flagger-loadtester -- hey -z {seconds}s -c 4 -q 10 http://app.example.com/{path}"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    folder = tmp_path_factory.mktemp("sandbox")
    up = SandboxProcess(folder, "--controller", "--scenario", "seed", "--provider", "gatewayapi")
    up.env["XDG_STATE_HOME"] = up.env["XDG_CONFIG_HOME"] = up.env["HOME"]
    up.wait("the canary is initialised", lambda: up.phase() == "Initialized", 60)
    for name in ("podinfo", "podinfo-primary"):  # its pods count as available at once
        up.run(f'kubectl -n test patch deploy {name} --type=merge -p \'{{"spec":{{"minReadySeconds":0}}}}\'')
    yield up
    up.stop()


def analyse(sandbox: SandboxProcess, **fields: Any) -> None:
    """Change the analysis; the test sends the load, so the webhook that does is left out."""
    check = {"type": "bash", "cmd": "curl -sd t http://podinfo-canary.test/token | grep token"}
    only = {"name": "acceptance", "type": "pre-rollout", "url": "http://flagger-loadtester.test/", "metadata": check}
    patch = json.dumps({"spec": {"analysis": {"interval": "1s", "webhooks": [only], **fields}}})
    sandbox.run(f"kubectl -n test patch canary podinfo --type=merge -p '{patch}'")


def route(sandbox: SandboxProcess) -> dict[str, Any]:
    return sandbox.get("-n test httproutes.gateway.networking.k8s.io/podinfo")


def weights(sandbox: SandboxProcess) -> list[int]:
    return [backend["weight"] for backend in route(sandbox)["spec"]["rules"][0]["backendRefs"]]


def load(sandbox: SandboxProcess, path: str, seconds: int) -> subprocess.Popen[bytes]:
    command = LOAD.format(path=path, seconds=seconds).split()
    return subprocess.Popen(command, env=sandbox.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def version(sandbox: SandboxProcess) -> str:
    return str(json.loads(sandbox.run("curl -s http://app.example.com/version"))["version"])


def test_promotion_by_weights_with_real_traffic(sandbox: SandboxProcess) -> None:
    conditions = route(sandbox)["status"]["parents"][0]["conditions"]
    assert {each["type"]: each["status"] for each in conditions} == {"Accepted": "True", "ResolvedRefs": "True"}
    shown = sandbox.run("kubectl get gateways.gateway.networking.k8s.io -A --no-headers").split()
    assert shown[:5] == ["traefik", "traefik-gateway", "traefik", "traefik.traefik.svc.cluster.local", "True"]
    assert version(sandbox) == "4.0.5"
    analyse(sandbox, stepWeight=20, maxWeight=40)
    sender = load(sandbox, "version", 60)
    watch = subprocess.Popen(
        ["kubectl", "-n", "test", "get", "httproutes.gateway.networking.k8s.io/podinfo", "--watch", "-o",
         'jsonpath={.spec.rules[0].backendRefs[*].weight}{"\\n"}'],
        env=sandbox.env, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    versions: set[str] = set()
    try:
        sandbox.run("kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:4.0.6")

        def promoted() -> bool:
            versions.update(version(sandbox) for _ in range(6))
            return sandbox.phase() == "Succeeded"

        sandbox.wait("the rollout succeeds", promoted, 60)
    finally:
        for process in (sender, watch):
            process.terminate()
        sender.wait()
        seen, _ = watch.communicate()
    assert [line for line, _ in itertools.groupby(seen.splitlines())] == ["100 0", "80 20", "60 40", "100 0"]
    assert versions == {"4.0.5", "4.0.6"}
    assert weights(sandbox) == [100, 0]
    assert version(sandbox) == "4.0.6"
    status = route(sandbox)["status"]["parents"][0]["conditions"][0]
    assert (status["status"], status["observedGeneration"]) == ("True", route(sandbox)["metadata"]["generation"])


def test_rollback_by_errors_that_a_drill_sends_to_the_route_s_host(sandbox: SandboxProcess) -> None:
    analyse(sandbox, threshold=2, stepWeight=None, maxWeight=None, stepWeights=list(range(30, 99)))
    sandbox.run("kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:4.0.7")
    sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 30, 60)
    drill = f"{sys.executable} -m canarytui drill start test/podinfo --fault errors-500 --yes"
    drilling = subprocess.Popen(
        ["bash", "-c", drill], env=sandbox.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        sandbox.wait("the rollout fails", lambda: sandbox.phase() == "Failed", 60)
        said, _ = drilling.communicate(timeout=60)
    finally:
        drilling.kill()
        drilling.wait()
    assert "app.example.com" in said
    events = sandbox.events()
    assert any(e.startswith("Halt podinfo.test advancement success rate") and e.endswith("% < 99%") for e in events)
    assert events[-2:] == [
        "Rolling back podinfo.test failed checks threshold reached 2",
        "Canary failed! Scaling down podinfo.test",
    ]
    assert weights(sandbox) == [100, 0]
    assert version(sandbox) == "4.0.6"

"""The Gateway API as the sandbox's second data plane: our controller, its HTTPRoute, real traffic, a promotion and a
rollback. One sandbox for the module."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_process import SandboxProcess
from seed_rollout import analyse, failed_by_drill, load, seeded, version

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    up = seeded(tmp_path_factory.mktemp("sandbox"), "gatewayapi")
    yield up
    up.stop()


def route(sandbox: SandboxProcess) -> dict[str, Any]:
    return sandbox.get("-n test httproutes.gateway.networking.k8s.io/podinfo")


def weights(sandbox: SandboxProcess) -> list[int]:
    return [backend["weight"] for backend in route(sandbox)["spec"]["rules"][0]["backendRefs"]]


def test_promotion_by_weights_with_real_traffic(sandbox: SandboxProcess) -> None:
    sandbox.wait("the route has a status", lambda: "status" in route(sandbox), 30)
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
    before = version(sandbox)
    analyse(sandbox, threshold=2, stepWeight=None, maxWeight=None, stepWeights=list(range(30, 99)))
    sandbox.run("kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:4.0.7")
    sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 30, 60)
    assert "app.example.com" in failed_by_drill(sandbox)
    events = sandbox.events()
    assert any(e.startswith("Halt podinfo.test advancement success rate") and e.endswith("% < 99%") for e in events)
    assert events[-2:] == [
        "Rolling back podinfo.test failed checks threshold reached 2",
        "Canary failed! Scaling down podinfo.test",
    ]
    assert weights(sandbox) == [100, 0]
    assert version(sandbox) == before

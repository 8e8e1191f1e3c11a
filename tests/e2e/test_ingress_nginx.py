"""ingress-nginx as the sandbox's data plane: our controller, its canary Ingress, real traffic, checks that measure it,
and a rollback by errors that a drill sends to the Ingress' host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_process import SandboxProcess
from seed_rollout import analyse, failed_by_drill, load, seeded, version

pytestmark = pytest.mark.e2e


@pytest.fixture
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    up = seeded(tmp_path_factory.mktemp("sandbox"), "nginx")
    yield up
    up.stop()


def ingress(sandbox: SandboxProcess) -> dict[str, Any]:
    return sandbox.get("-n test ingress/podinfo")


def annotations(sandbox: SandboxProcess) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.get("-n test ingress/podinfo-canary")["metadata"]["annotations"]
    return {name.removeprefix("nginx.ingress.kubernetes.io/"): value for name, value in found.items()}


def test_weights_advance_while_checks_pass_and_go_back_when_they_fail(sandbox: SandboxProcess) -> None:
    assert annotations(sandbox) == {"canary": "true", "canary-weight": "0"}
    sandbox.wait("the Ingress has an address", lambda: "ingress" in str(ingress(sandbox).get("status")), 30)
    shown = sandbox.run("kubectl -n test get ingress podinfo --no-headers").split()
    service = sandbox.get("-n ingress-nginx service/ingress-nginx-controller")
    assert shown[:4] == ["podinfo", "nginx", "app.example.com", service["spec"]["clusterIP"]]
    assert version(sandbox) == "4.0.5"
    analyse(sandbox, threshold=15, stepWeight=None, maxWeight=None, stepWeights=list(range(30, 99)))
    sender = load(sandbox, "version", 60)
    try:
        sandbox.run("kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:4.0.6")
        sandbox.wait("checks let the weight advance", lambda: sandbox.weight() >= 31, 60)
        assert int(annotations(sandbox)["canary-weight"]) >= 31
        for answering in ("4.0.5", "4.0.6"):
            sandbox.wait(f"{answering} answers", lambda wanted=answering: version(sandbox) == wanted, 30)
        failed = int(sandbox.get("-n test canary/podinfo")["status"]["failedChecks"])  # without values at the start
        analyse(sandbox, threshold=failed + 2)
        assert "app.example.com" in failed_by_drill(sandbox)
    finally:
        sender.terminate()
        sender.wait()
    events = sandbox.events()
    assert any(e.startswith("Halt podinfo.test advancement success rate") and e.endswith("% < 99%") for e in events)
    assert events[-1] == "Canary failed! Scaling down podinfo.test"
    assert annotations(sandbox)["canary-weight"] == "0"
    assert version(sandbox) == "4.0.5"

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


def doctor(sandbox: SandboxProcess, arguments: str = "") -> tuple[int, str]:
    """The exit code and the standard output."""
    done = sandbox.attempt(f"{sys.executable} -m canarytui doctor test/podinfo {arguments}")
    assert done.stderr == "", "everything could be read"
    return done.returncode, done.stdout


def test_doctor_finds_nothing_in_health_and_then_what_was_broken(sandbox: SandboxProcess) -> None:
    """The first of the module, while nothing has been rolled out."""
    service = sandbox.run("kubectl -n test get service flagger-loadtester -o yaml")
    before = sandbox.get("-n test canary/podinfo")["spec"]
    check = {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}
    analyse(sandbox, interval="10s", metrics=[check])
    patch(sandbox, [{"op": "add", "path": "/spec/progressDeadlineSeconds", "value": 600}])
    assert doctor(sandbox) == (0, "1 canary examined: no findings\n")

    check["query"] = "sum(rate(istio_requests_total[{{ interval }}])) * 100"
    patch(sandbox, [{"op": "replace", "path": "/spec/analysis/metrics", "value": [{**check, "name": "own"}]}])
    sandbox.run("kubectl -n test delete service flagger-loadtester")
    try:
        code, said = doctor(sandbox)
        assert code == 1
        query, webhook, total = said.splitlines()
        assert webhook.startswith("error test canary/podinfo spec.analysis.webhooks[0].url: Webhook acceptance calls")
        assert webhook.endswith("[webhook-service-missing]")
        assert "Check own has no value: metric istio_requests_total does not exist" in query
        assert query.endswith("[check-without-values]")
        assert total == "1 canary examined: 2 errors"

        code, said = doctor(sandbox, "-o json --fail-on never")
        found = json.loads(said)
        assert (code, found["canaries"], found["silenced"], found["unread"]) == (0, 1, 0, [])
        of_the_canary = [each for each in found["findings"] if each["field"]]  # a busy machine may miss a scrape
        assert [(each["rule"], each["severity"], each["field"]) for each in of_the_canary] == [
            ("check-without-values", "error", "spec.analysis.metrics[0]"),
            ("webhook-service-missing", "error", "spec.analysis.webhooks[0].url"),
        ]
        assert doctor(sandbox, "-o json")[0] == 1
    finally:
        patch(sandbox, [{"op": "replace", "path": "/spec", "value": before}])
        sandbox.run(f"kubectl apply -f - <<'END'\n{service}\nEND")


def patch(sandbox: SandboxProcess, operations: list[dict[str, Any]]) -> None:
    sandbox.run(f"kubectl -n test patch canary podinfo --type=json -p '{json.dumps(operations)}'")


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
    analyse(sandbox, threshold=20, stepWeight=None, maxWeight=None, stepWeights=list(range(30, 99)))
    sender = load(sandbox, "version", 60)
    try:
        sandbox.run("kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:4.0.7")
        sandbox.wait("checks let the weight advance", lambda: sandbox.weight() >= 31, 60)
        failed = int(sandbox.get("-n test canary/podinfo")["status"]["failedChecks"])  # without values at the start
        analyse(sandbox, threshold=failed + 2)
        assert "app.example.com" in failed_by_drill(sandbox)
    finally:
        sender.terminate()
        sender.wait()
    events = sandbox.events()
    assert any(e.startswith("Halt podinfo.test advancement success rate") and e.endswith("% < 99%") for e in events)
    assert events[-2:] == [
        f"Rolling back podinfo.test failed checks threshold reached {failed + 2}",
        "Canary failed! Scaling down podinfo.test",
    ]
    assert weights(sandbox) == [100, 0]
    assert version(sandbox) == before

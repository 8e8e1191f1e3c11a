"""The seed article, command line by command line, with the real kubectl, hey, curl and jq against the sandbox.

Helm's part is done by ``sandbox up``; the kustomization comes from ``canarytui sandbox manifests``. The rollout
that is promoted has the article's own Canary: an interval of 10 seconds, steps of 5 percent up to 50; those that are
rolled back look every 5 seconds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from sandbox_process import SandboxProcess

pytestmark = pytest.mark.e2e
Start = Callable[..., SandboxProcess]

MANIFESTS = f"{sys.executable} -m canarytui sandbox manifests"
ROLLOUT_S = 260
HALT = "Halt podinfo.test advancement success rate"
NOT_READY = " not ready: waiting for rollout to finish: "
NO_VALUES = (
    "Halt advancement no values found for traefik metric request-success-rate probably podinfo.test is not receiving "
    "traffic: running query failed: no values found"
)


def install(sandbox: SandboxProcess, *, interval: str = "10s", threshold: int = 10) -> None:
    """The article up to the first Canary."""
    sandbox.run("kubectl create ns test")
    sandbox.run(f'kubectl apply -k "$({MANIFESTS})/podinfo"')
    sandbox.run(f'kubectl apply -f "$({MANIFESTS})/seed/podinfo-ingressroute.yaml"')
    sandbox.run(
        f'sed "s/interval: 10s/interval: {interval}/; s/threshold: 10/threshold: {threshold}/" '
        f'"$({MANIFESTS})/seed/podinfo-canary.yaml" | kubectl apply -f -'
    )
    sandbox.wait("the canary is initialised", lambda: sandbox.phase() == "Initialized", 90)


def trigger(sandbox: SandboxProcess, tag: str) -> None:
    sandbox.run(f"kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:{tag}")


def log_messages(sandbox: SandboxProcess) -> list[str]:
    """``kubectl -n traefik logs deploy/flagger | jq -r .msg``."""
    return sandbox.run("kubectl -n traefik logs deploy/flagger | jq -r .msg").splitlines()


def test_the_article_from_initialisation_to_promotion(start_sandbox: Start) -> None:
    sandbox = start_sandbox("--controller")
    install(sandbox)
    names = sandbox.run("kubectl -n test get deploy,hpa,svc,traefikservices.traefik.io -o name").split()
    assert {
        "deployment.apps/podinfo", "deployment.apps/podinfo-primary",
        "horizontalpodautoscaler.autoscaling/podinfo", "horizontalpodautoscaler.autoscaling/podinfo-primary",
        "service/podinfo", "service/podinfo-canary", "service/podinfo-primary", "traefikservice.traefik.io/podinfo",
    } <= set(names)  # fmt: skip
    assert sandbox.get("-n test deploy/podinfo")["spec"]["replicas"] == 0
    assert '"version": "4.0.5"' in sandbox.run("curl -s http://app.example.com/")
    begun = len(sandbox.events())
    assert sandbox.events()[-1] == "Initialization done! podinfo.test"

    trigger(sandbox, "4.0.6")
    weights: list[int] = []
    versions: set[str] = set()

    def promoted() -> bool:
        router = sandbox.get("-n test traefikservices.traefik.io/podinfo")["spec"]["weighted"]["services"]
        weights.append(sum(entry["weight"] for entry in router if entry["name"] == "podinfo-canary"))
        versions.update(sandbox.run("curl -s http://app.example.com/version").split('"')[1::2])
        return sandbox.phase() == "Succeeded"

    sandbox.wait("the rollout succeeds", promoted, ROLLOUT_S)
    # How long pods take to start is the machine's business; the article shows such lines, too.
    said = [event for event in sandbox.events()[begun:] if NOT_READY not in event]
    assert said == [
        "New revision detected! Scaling up podinfo.test",
        "Starting canary analysis for podinfo.test",
        "Pre-rollout check acceptance-test passed",
        "Advance podinfo.test canary weight 5",
        NO_VALUES,
        *(f"Advance podinfo.test canary weight {weight}" for weight in range(10, 55, 5)),
        "Copying podinfo.test template spec to podinfo-primary.test",
        "Routing all traffic to primary",
        "Promotion completed! Scaling down podinfo.test",
    ]
    assert [w for w, before in zip(weights, [None, *weights], strict=False) if w != before] == [
        0, *range(5, 55, 5), 0,
    ]  # fmt: skip
    assert {"4.0.5", "4.0.6"} <= versions
    assert '"4.0.6"' in sandbox.run("curl -s http://app.example.com/version")
    columns, row = sandbox.run("kubectl get canaries --all-namespaces").splitlines()
    assert columns.split() == ["NAMESPACE", "NAME", "STATUS", "WEIGHT", "LASTTRANSITIONTIME"]
    assert row.split()[:4] == ["test", "podinfo", "Succeeded", "0"]
    status = sandbox.get("-n test canary/podinfo")["status"]
    assert (status["canaryWeight"], status["phase"]) == (0, "Succeeded")
    assert status["conditions"][0]["message"] == ("Canary analysis completed successfully, promotion finished.")
    followed = [line for line in log_messages(sandbox) if line.startswith("Advance ")]
    assert followed[-1] == "Advance podinfo.test canary weight 50"


def test_errors_injected_with_hey_halt_the_rollout_and_roll_it_back(start_sandbox: Start) -> None:
    sandbox = start_sandbox("--controller")
    install(sandbox, interval="5s", threshold=4)
    trigger(sandbox, "4.0.6")
    sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 10, 150)
    load = subprocess.Popen(
        ["kubectl", "-n", "test", "exec", "-i", "deploy/flagger-loadtester", "--", "hey", "-z", "90s", "-c", "5", "-q",
         "5", "http://app.example.com/status/500"],
        env=sandbox.env, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        sandbox.wait("the rollout fails", lambda: sandbox.phase() == "Failed", 180)
        report, _ = load.communicate(timeout=120)
    finally:
        load.kill()
    assert "[500]\t" in report
    events = sandbox.events()
    assert sum(1 for event in events if event.startswith(HALT) and event.endswith("% < 99%")) >= 1
    assert events[-2:] == [
        "Rolling back podinfo.test failed checks threshold reached 4",
        "Canary failed! Scaling down podinfo.test",
    ]
    assert sandbox.get("-n test deploy/podinfo")["spec"]["replicas"] == 0
    router = sandbox.get("-n test traefikservices.traefik.io/podinfo")["spec"]["weighted"]["services"]
    assert [(entry["name"], entry["weight"]) for entry in router] == [("podinfo-primary", 100)]
    assert '"4.0.5"' in sandbox.run("curl -s http://app.example.com/version")
    status = sandbox.get("-n test canary/podinfo")["status"]
    assert (status["failedChecks"], status["conditions"][0]["status"]) == (0, "False")


def test_delay_rolls_back_too(start_sandbox: Start) -> None:
    sandbox = start_sandbox("--controller")
    install(sandbox, interval="5s", threshold=4)
    trigger(sandbox, "4.0.6")
    sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 10, 150)
    watch = subprocess.Popen(
        ["bash", "-c", "for i in $(seq 1200); do curl -s -m 5 http://app.example.com/delay/1 & sleep 0.1; done; wait"],
        env=sandbox.env, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        sandbox.wait("the rollout fails", lambda: sandbox.phase() == "Failed", 180)
    finally:
        watch.kill()
    assert any("advancement request duration" in event and event.endswith("> 500ms") for event in sandbox.events())


def test_404s_percentage_of_a_metric_template_rolls_back(start_sandbox: Start) -> None:
    sandbox = start_sandbox("--controller")
    install(sandbox, interval="5s", threshold=4)
    sandbox.run(f'kubectl apply -f "$({MANIFESTS})/seed/not-found-percentage.yaml"')
    sandbox.run(
        f'kubectl -n test patch canary podinfo --type=merge --patch-file "$({MANIFESTS})/seed/podinfo-canary-404s.yaml"'
    )
    trigger(sandbox, "4.0.6")
    sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 5, 120)
    deadline = time.monotonic() + 180
    while sandbox.phase() != "Failed":
        assert time.monotonic() < deadline, sandbox.events()
        # Few beside the load test's: the article's query is the share of answers that are *not* 404.
        sandbox.run("curl -s http://app.example.com/status/404")
        time.sleep(0.5)
    halts = [event for event in sandbox.events() if "404s percentage" in event]
    assert any(event.startswith("Halt podinfo.test advancement 404s percentage") and event.endswith("> 5")
               for event in halts)  # fmt: skip


def test_the_controller_works_with_the_embedded_prometheus(
    start_sandbox: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{sys.exec_prefix}/bin:/usr/bin:/bin")
    monkeypatch.setenv("CANARYTUI_SANDBOX_EMBEDDED", "1")
    sandbox = start_sandbox("--controller")
    install(sandbox, interval="3s", threshold=30)
    service = "/api/v1/namespaces/traefik/services/flagger-prometheus:9090"
    ask = f"kubectl get --raw {service}/proxy/api/v1/status/buildinfo"
    sandbox.wait("Prometheus is ready", lambda: sandbox.attempt(ask).returncode == 0, 60)
    assert "canarytui" in sandbox.run(ask)
    trigger(sandbox, "4.0.6")
    sandbox.wait("the rollout succeeds", lambda: sandbox.phase() == "Succeeded", 200)
    hey = sandbox.run("kubectl -n test exec deploy/flagger-loadtester -- hey -n 8 -c 2 http://app.example.com/")
    assert "[200]\t8 responses" in hey

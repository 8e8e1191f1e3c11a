"""Every action on a real sandbox with our controller: its preview, the documented write, the answer, the audit line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from acting import CANARY_PATH, Stage, confirm
from sandbox_process import SandboxProcess

pytestmark = pytest.mark.e2e

PODINFO = f"{CANARY_PATH}/podinfo"
DEPLOYMENT = "/apis/apps/v1/namespaces/test/deployments/podinfo"
ROUTER = "/apis/traefik.io/v1alpha1/namespaces/test/traefikservices/podinfo"
TESTER = "http://flagger-loadtester.test"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The seed's canary with a tick every 3 s, a promotion gate and a rollback gate; initialised."""
    folder = tmp_path_factory.mktemp("actions")
    sandbox = SandboxProcess(folder, "--controller")
    try:
        manifests = sandbox.run(f"{sys.executable} -m canarytui sandbox manifests").strip()
        canary = yaml.safe_load(Path(f"{manifests}/seed/podinfo-canary.yaml").read_text())
        analysis = canary["spec"]["analysis"]
        analysis["interval"] = "3s"
        analysis["webhooks"] += [
            {"name": "approve", "type": "confirm-promotion", "url": f"{TESTER}/gate/check"},
            {"name": "stop", "type": "rollback", "url": f"{TESTER}/rollback/check"},
        ]
        (folder / "canary.yaml").write_text(yaml.safe_dump(canary))
        sandbox.run(f"kubectl create ns test; kubectl apply -k {manifests}/podinfo")
        sandbox.run(f"kubectl apply -f {manifests}/seed/podinfo-ingressroute.yaml -f {folder}/canary.yaml")
        sandbox.wait("the canary is initialised", lambda: sandbox.phase() == "Initialized", 90)
        made = Stage(sandbox, folder)
        try:
            yield made
        finally:
            made.proxy.stop()
    finally:
        sandbox.stop()


def test_every_key_shows_its_plan_makes_its_write_and_tells_the_answer(stage: Stage) -> None:
    sandbox = stage.sandbox
    with stage.console() as screen:
        screen.wait_for("Initialized", 20)

        screen.type("t")
        screen.wait_for("choose the new image", 15)
        confirm(screen, "4.0.6\r", "Yes, apply", "podinfo:4.0.6", "RISK")
        assert "started the rollout" in stage.answer("trigger", 0)
        image = {"name": "podinfod", "image": "stefanprodan/podinfo:4.0.6"}
        assert stage.writes() == [(DEPLOYMENT, {"spec": {"template": {"spec": {"containers": [image]}}}})]
        sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 5, 90)

        after = len(stage.audit())
        screen.type("x")
        screen.wait_for("by how many ticks", 15)
        confirm(screen, "2\r", "spec.suspend is removed again", "for 6 s")
        sandbox.wait("it is put back", lambda: (PODINFO, {"spec": {"suspend": None}}) in stage.writes(), 30)
        assert stage.writes()[1:] == [(PODINFO, {"spec": {"suspend": True}}), (PODINFO, {"spec": {"suspend": None}})]
        stages = ["write", "done", "put back"]
        sandbox.wait("that is noted", lambda: [line["stage"] for line in stage.audit()[after:]] == stages, 10)

        confirm(screen, "p", "Pause test/podinfo", "nothing protects")
        sandbox.wait("it is paused", lambda: sandbox.get("-n test canary/podinfo")["spec"].get("suspend") is True, 15)
        screen.wait_for("Suspended", 15)
        confirm(screen, "p", "Resume test/podinfo")
        sandbox.wait("it goes on", lambda: not sandbox.get("-n test canary/podinfo")["spec"]["suspend"], 15)
        assert stage.writes()[3:] == [(PODINFO, {"spec": {"suspend": True}}), (PODINFO, {"spec": {"suspend": False}})]
        sandbox.wait("it is shown", lambda: "= Suspended" not in screen.read(), 15)
        screen.wait_for("Progressing", 15, new=False)

        screen.type(">")
        screen.wait_for("to which?", 15)
        assert "Skip test/podinfo" in confirm(screen, "40\r", "podinfo-primary", "podinfo-canary")
        sandbox.wait("it is at 40", lambda: sandbox.weight() >= 40, 15)
        path, body = stage.writes()[5]
        weights = {each["name"]: each["weight"] for each in body["spec"]["weighted"]["services"]}
        assert (path, weights) == (ROUTER, {"podinfo-primary": 60, "podinfo-canary": 40})

        after = len(stage.audit())
        confirm(screen, "R", "Roll back test/podinfo", '"failedChecks": 10', "GitOps sees no drift")
        assert "rolled back" in stage.answer("roll back", after)
        assert stage.writes()[6:] == [(f"{PODINFO}/status", {"status": {"failedChecks": 10}})]
        assert [line["stage"] for line in stage.audit()[after:]] == ["write", "done", "answer"]
        line = stage.audit()[after]
        assert (line["object"], line["context"], line["ssh_client"]) == (
            "test/podinfo",
            "canarytui-sandbox",
            "192.0.2.7",
        )
        assert line["before"]["phase"] == "Progressing"
        assert line["plan"][0]["path"] == f"{PODINFO}/status"

        after = len(stage.audit())
        confirm(screen, "T", "Retry test/podinfo", "restartedAt")
        assert "started the rollout" in stage.answer("retry", after)
        path, body = stage.writes()[7]
        assert path == DEPLOYMENT
        assert list(body["spec"]["template"]["metadata"]["annotations"]) == ["kubectl.kubernetes.io/restartedAt"]
        sandbox.wait("the canary gets traffic", lambda: sandbox.weight() >= 5, 90)

        screen.type("a")
        screen.wait_for("● closed", 15)
        confirm(screen, "o", "/gate/open", "stays open for every later rollout")
        opened = "/api/v1/namespaces/test/services/flagger-loadtester:80/proxy/gate/open"
        sandbox.wait("the gate is open", lambda: opened in stage.sent(), 15)

        after = len(stage.audit())
        confirm(screen, "P", "Promote test/podinfo", "RISK    high", "removed again")
        assert "promoted" in stage.answer("promote", after)
        sandbox.wait("it is put back", lambda: not stage.journal(), 30)
        assert stage.writes()[8:] == [
            (PODINFO, {"spec": {"skipAnalysis": True}}),
            (PODINFO, {"spec": {"skipAnalysis": None}}),
        ]
        assert "skipAnalysis" not in sandbox.get("-n test canary/podinfo")["spec"]

        screen.type("a")
        screen.wait_for("○ open", 15)
        confirm(screen, "c", "/gate/close")
        closed = opened.replace("/open", "/close")
        sandbox.wait("the gate is closed again", lambda: closed in stage.sent(), 15)

        screen.type(":")
        screen.wait_for("canaries  events", 15)
        screen.type("audit\r")
        screen.wait_for("put back: spec.skipAnalysis", 15)
        assert "from 192.0.2.7 in canarytui-sandbox" in screen.read()
    events = sandbox.get("-n test events")["items"]
    said = [each["message"] for each in events if each["reason"] == "ConsoleAction"]
    assert any("Promote test/podinfo now" in text for text in said)
    assert {each["source"]["component"] for each in events if each["reason"] == "ConsoleAction"} == {"canarytui"}


def test_a_rollback_of_pods_that_never_become_ready_goes_by_the_deadline(stage: Stage) -> None:
    sandbox = stage.sandbox
    begun = len(stage.writes())
    broken = '{"readinessProbe":{"httpGet":{"path":"/status/500","port":9898},"exec":null},"name":"podinfod"}'
    patch = f'{{"spec":{{"template":{{"spec":{{"containers":[{broken}]}}}}}}}}'
    sandbox.run(f"kubectl -n test patch deploy podinfo -p '{patch}'")
    sandbox.wait("a rollout begins", lambda: sandbox.phase() == "Progressing", 60)
    sandbox.wait("its pods are not ready", lambda: _unavailable(sandbox), 60)
    done = stage.cli("rollback", "test/podinfo", "--yes", "--wait")
    assert done.returncode == 0, done.stderr
    assert "rolled back" in done.stdout
    assert stage.writes()[begun:] == [
        (PODINFO, {"spec": {"progressDeadlineSeconds": 1}}),
        (PODINFO, {"spec": {"progressDeadlineSeconds": 60}}),
    ]
    assert sandbox.phase() == "Failed"
    assert not stage.journal()


def _unavailable(sandbox: SandboxProcess) -> bool:
    conditions = sandbox.get("-n test deploy/podinfo")["status"].get("conditions") or []
    return any(each["type"] == "Available" and each["status"] == "False" for each in conditions)

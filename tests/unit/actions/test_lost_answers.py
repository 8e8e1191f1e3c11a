"""Twelve ways to lose the answer to a write, each with the write applied and not: every sentence and every audit line
is true, and nothing is said to be refused or unwritten without evidence."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from live_api import LiveApi
from losing_proxy import LosingProxy, tls_kubeconfig

from canarytui.actions.executor import CarriedOut
from canarytui.actions.live_executor import LiveExecutor
from canarytui.actions.outcome import WriteOutcome
from canarytui.actions.requests import ActionFailed, Patience
from canarytui.actions.rules import Rules
from canarytui.actions.unfinished import Unfinished
from canarytui.cluster.audit import AuditLog
from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.pending_reverts import PendingReverts
from canarytui.domain.actions import plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.sandbox.supervisor.certificates import Certificates, make_certificates

QUICK = Patience(answer_s=0.6, read_s=2.0, reread_s=(0.0, 0.05, 0.1), settle_s=0.05)
CANARIES = "canaries.flagger.app"


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    return make_certificates()


@dataclass
class Place:
    """A canary in an analysis, and a person who acts on it through the proxy."""

    api: LiveApi
    proxy: LosingProxy
    cluster: Cluster
    folder: Path
    kubeconfig: Path

    def executor(self) -> LiveExecutor:
        audit = AuditLog(self.folder / "audit.jsonl")
        unfinished = Unfinished(self.cluster, audit, self.folder / "actions")
        return LiveExecutor(self.cluster, audit, Rules(), PendingReverts(self.folder / "journal"), unfinished, QUICK)

    def situation(self) -> Situation:
        obj = self.api.find(CANARIES, "cart")
        assert obj is not None
        return Situation(canary=Canary.parse(obj), now=datetime.now(UTC), interval_s=1)

    async def act(self, intent: Intent = Intent.PAUSE) -> CarriedOut:
        situation = self.situation()
        return await self.executor().carry_out(plan(situation, intent), situation)

    def spec(self) -> dict[str, Any]:
        found = self.api.find(CANARIES, "cart")
        assert found is not None
        spec: dict[str, Any] = found["spec"]
        return spec

    def audit(self) -> list[dict[str, Any]]:
        return AuditLog(self.folder / "audit.jsonl").entries()


@pytest_asyncio.fixture
async def place(tmp_path: Path, certificates: Certificates) -> AsyncIterator[Place]:
    api = LiveApi(tmp_path)
    api.install_crds("Canary")
    await api.start()
    api.canary("cart")
    api.patch(CANARIES, "cart", {"status": {"phase": "Progressing", "canaryWeight": 20}})
    status = {"phase": "Progressing", "canaryWeight": 20, "failedChecks": 0, "iterations": 0}
    api.api.patch(
        api.rt(CANARIES), "test", "cart", {"status": status}, "application/merge-patch+json", subresource="status"
    )
    host, _, port = api.url.removeprefix("http://").partition(":")
    proxy = LosingProxy((host, int(port)))
    await proxy.start(certificates, tmp_path)
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(tls_kubeconfig(proxy.url, certificates, "one")))
    cluster = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    yield Place(api, proxy, cluster, tmp_path, kubeconfig)
    await cluster.close()
    await proxy.stop()
    await api.stop()


LOST = {
    "reset before the headers": "the connection was closed",
    "reset after the headers": "it was cut off",
    "half a body": "it was cut off",
    "hang": "none came in time",
    "500": "HTTP 500: rpc error: code = Unavailable",
    "502 as HTML": "HTTP 502, no Status",
    "504": "HTTP 504: request did not complete within the allotted timeout",
    "bad JSON": "it was not JSON",
    "cut gzip": "it could not be read",
    "TLS close": "the connection was closed",
}


@pytest.mark.parametrize("fault", LOST)
async def test_applied_and_the_answer_lost_it_is_done(place: Place, fault: str) -> None:
    place.proxy.fault = fault
    done = await place.act()
    assert place.spec()["suspend"] is True
    write, outcome = place.audit()
    (note,) = done.notes
    title = "Pause test/cart at weight 20"
    assert note.startswith(f"{title}: done, although there was no usable answer ({LOST[fault]}); read again: "), note
    assert f"its managedFields list canarytui-{write['id']}" in note
    assert (write["stage"], outcome["stage"], outcome["id"]) == ("write", "done", write["id"])
    assert outcome["found"] in note
    assert [obj["spec"]["suspend"] for obj in done.objects] == [True]


@pytest.mark.parametrize("fault", LOST)
async def test_not_applied_and_the_answer_lost_it_is_not_done(place: Place, fault: str) -> None:
    place.proxy.fault, place.proxy.applied = fault, False
    with pytest.raises(ActionFailed) as told:
        await place.act()
    said = str(told.value)
    assert "suspend" not in place.spec()
    assert told.value.outcome is WriteOutcome.NOT_DONE
    assert said.startswith(f"Not done: there was no usable answer ({LOST[fault]}); test/cart was read again at "), said
    assert "it is unchanged (resourceVersion" in said
    assert [(line["stage"], line.get("error", said)) for line in place.audit()] == [("write", said), ("not done", said)]


async def test_a_conflict_with_our_own_success_is_no_refusal(place: Place) -> None:
    place.proxy.fault = "409 after our own success"
    done = await place.act()
    assert place.spec()["suspend"] is True
    assert "there was no usable answer (HTTP 409" in done.notes[0]
    assert [line["stage"] for line in place.audit()] == ["write", "done"]


async def test_a_conflict_with_somebody_else_is_a_refusal(place: Place) -> None:
    place.proxy.fault, place.proxy.applied = "409 after our own success", False
    place.proxy.passes_first = lambda: place.api.patch(CANARIES, "cart", {"spec": {"analysis": {"threshold": 7}}})
    with pytest.raises(ActionFailed, match=r"^Nothing was written: .*spec\.analysis\.threshold .* → 7") as told:
        await place.act()
    assert "suspend" not in place.spec()
    assert place.audit()[-1]["stage"] == "refused"
    assert told.value.outcome is WriteOutcome.REFUSED


@pytest.mark.parametrize("applied", [True, False])
async def test_what_cannot_be_read_again_is_unknown_until_it_can(place: Place, applied: bool) -> None:
    place.proxy.fault, place.proxy.applied, place.proxy.unauthorized = "reset before the headers", applied, True
    executor, situation = place.executor(), place.situation()
    with pytest.raises(ActionFailed) as told:
        await executor.carry_out(plan(situation, Intent.PAUSE), situation)
    said, (write, outcome) = str(told.value), place.audit()
    assert said.startswith("Outcome unknown: test/cart: there was no usable answer (")
    assert "it cannot be read again (HTTP 401: Unauthorized)" in said
    assert "kubectl --context shop -n test get canaries cart -o yaml --show-managed-fields" in said
    assert said.endswith(f"it was done if managedFields list canarytui-{write['id']}.")
    assert (outcome["stage"], outcome["error"]) == ("unknown", said)

    assert await executor.recover() == [], "it still cannot be read"
    place.proxy.unauthorized = False
    (found,) = await executor.recover()
    word = "it was done" if applied else "it was not done"
    assert f"the outcome of “Pause test/cart at weight 20” was open; {word}: " in found.text
    assert (place.spec().get("suspend") is True) is applied
    assert place.audit()[-1]["stage"] == ("done" if applied else "not done")
    assert await executor.recover() == [], "told once"


@pytest.mark.parametrize("applied", [True, False])
async def test_a_status_whose_answer_is_lost_is_told_by_its_own_owners(place: Place, applied: bool) -> None:
    place.proxy.fault, place.proxy.applied = "504", applied
    if applied:
        done = await place.act(Intent.ROLL_BACK)
        assert "its managedFields list canarytui-" in done.notes[0]
    else:
        with pytest.raises(ActionFailed, match=r"^Not done: .* it is unchanged"):
            await place.act(Intent.ROLL_BACK)
    status = (place.api.find(CANARIES, "cart") or {})["status"]
    assert (status["failedChecks"] > 0) is applied


async def test_what_the_controller_overwrote_at_once_is_unknown(place: Place) -> None:
    """Its tick was under way: whether it overwrote our count, or ours never came, nobody can tell."""
    place.proxy.fault, place.proxy.applied = "504", False

    def tick() -> None:
        rt, change = place.api.rt(CANARIES), {"status": {"failedChecks": 1}}
        place.api.api.patch(rt, "test", "cart", change, "application/merge-patch+json", subresource="status")

    place.proxy.passes_first = tick
    with pytest.raises(
        ActionFailed, match=r"^Outcome unknown: .* has written it since: status.failedChecks is 1"
    ) as told:
        await place.act(Intent.ROLL_BACK)
    assert told.value.outcome is WriteOutcome.UNKNOWN


KILLED = """
import asyncio, pathlib, sys
sys.path[:0] = sys.argv[3:]
from test_lost_answers import Place
from canarytui.cluster.client import ClusterTarget, connect
from canarytui.domain.actions import plan
from canarytui.domain.plan import Intent
from canarytui.domain.spec.canary import Canary
from canarytui.domain.rollout.situation import Situation
from datetime import UTC, datetime

async def main():
    folder, kubeconfig = map(pathlib.Path, sys.argv[1:3])
    cluster = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    place = Place(None, None, cluster, folder, kubeconfig)
    obj = await cluster.request("GET", "/apis/flagger.app/v1beta1/namespaces/test/canaries/cart")
    situation = Situation(canary=Canary.parse(obj), now=datetime.now(UTC), interval_s=1)
    executor = place.executor()
    executor._patience = type(executor._patience)(answer_s=60)
    await executor.carry_out(plan(situation, Intent.PROMOTE), situation)

asyncio.run(main())
"""


@pytest.mark.parametrize("applied", [True, False])
async def test_killed_before_the_answer_the_next_start_finds_it_out(place: Place, applied: bool) -> None:
    place.proxy.fault, place.proxy.applied = "hang", applied
    here = Path(__file__).parent
    paths = [str(here), str(here.parent / "engine" / "controller")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(place.folder), str(place.kubeconfig), *paths
    )
    async with asyncio.timeout(20):
        await place.proxy.struck.wait()
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    assert [line["stage"] for line in place.audit()] == ["write"]

    executor = place.executor()
    told = [each.text for each in await executor.recover()]
    last = place.audit()[-1]
    assert (place.spec().get("skipAnalysis") is True) is applied
    if applied:
        assert "“Promote test/cart now, at weight 20” was open; it was done: its managedFields list" in told[0]
        assert "spec.skipAnalysis was set for “Promote test/cart now, at weight 20”" in told[1]
        assert len(executor.held) == 1
    else:
        assert len(told) == 1
        assert "it was not done: it is unchanged" in told[0]
        assert executor.held == []
    assert (last["stage"], last["id"]) == ("done" if applied else "not done", place.audit()[0]["id"])
    assert list((place.folder / "actions").iterdir()) == []
    executor.close()


async def test_where_no_connection_comes_about_nothing_was_written(place: Place) -> None:
    situation = place.situation()
    await place.proxy.stop()
    with pytest.raises(ActionFailed, match=r"^Not done: The API server of context shop .* cannot be reached"):
        await place.executor().carry_out(plan(situation, Intent.PAUSE), situation)
    assert [line["stage"] for line in place.audit()] == ["write", "not done"]


@pytest.mark.parametrize("fault", ["reset before the headers", "500", "bad JSON"])
@pytest.mark.parametrize("applied", [True, False])
async def test_putting_back_survives_a_lost_answer(place: Place, fault: str, applied: bool) -> None:
    executor, situation = place.executor(), place.situation()
    await executor.carry_out(plan(situation, Intent.PROMOTE), situation)
    (record,) = executor.held
    place.proxy.fault, place.proxy.applied = fault, applied
    done = await executor.put_back(record, withdraw=True)
    if executor.held:  # no answer at all: the next look reads it
        done = await executor.put_back(record, withdraw=True)
    assert done.ending == "put back"
    assert "spec.skipAnalysis put back to absent" in done.text
    assert ("the answer was lost" in done.text) is applied
    assert "skipAnalysis" not in place.spec()
    assert executor.held == []
    assert place.audit()[-1]["stage"] == "put back"


@pytest.mark.parametrize(
    ("fault", "applied", "unauthorized", "code", "said"),
    [
        (
            "reset before the headers",
            True,
            False,
            0,
            "Pause test/cart at weight 20: done, although there was no usable answer",
        ),
        ("502 as HTML", False, False, 4, "Not done: there was no usable answer (HTTP 502, no Status)"),
        ("reset before the headers", True, True, 8, "Outcome unknown: test/cart: there was no usable answer"),
    ],
)
async def test_the_command_line_says_it_by_its_exit_code(
    place: Place, fault: str, applied: bool, unauthorized: bool, code: int, said: str
) -> None:
    place.proxy.fault, place.proxy.applied, place.proxy.unauthorized = fault, applied, unauthorized
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "canarytui", "pause", "cart", "--yes", "-o", "json",
        "--kubeconfig", str(place.kubeconfig),
        env={**os.environ, "HOME": str(place.folder), "XDG_STATE_HOME": str(place.folder / "state")},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            await process.wait()
    if process.returncode is None:
        process.kill()
    out, err = await process.communicate()
    assert (process.returncode, said in err.decode()) == (code, True), (out, err)
    (told,) = json.loads(out)
    assert (told["written"], told["exitCode"]) == ({0: True, 4: False, 8: None}[code], code)
    lines = (place.folder / "state" / "canarytui" / "audit.jsonl").read_text().splitlines()
    stage = {0: "done", 4: "not done", 8: "unknown"}[code]
    assert [json.loads(line)["stage"] for line in lines] == ["write", stage]


@pytest.mark.parametrize(
    ("struck", "is_open", "stages"),
    [(b"PATCH ", True, ["write"]), (b"POST ", False, ["write", "done"])],
    ids=["the write", "the Event that tells of it"],
)
async def test_an_interruption_leaves_an_open_outcome_only_before_it_is_in_the_audit_log(
    place: Place, struck: bytes, is_open: bool, stages: list[str]
) -> None:
    place.proxy.fault, place.proxy.strikes = "hang", struck
    executor, situation = place.executor(), place.situation()
    acting = asyncio.create_task(executor.carry_out(plan(situation, Intent.PAUSE), situation))
    async with asyncio.timeout(10):
        await place.proxy.struck.wait()
    acting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await acting
    assert executor.has_open_outcome is is_open
    assert [line["stage"] for line in place.audit()] == stages
    assert bool(list((place.folder / "actions").glob("*.json"))) is is_open

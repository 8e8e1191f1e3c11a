"""What cannot be audited is not done; what is done and cannot be closed is said so, and closed later."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from live_api import LiveApi

from canarytui.actions.follow_up import ActionFollowUp
from canarytui.actions.live_executor import LiveExecutor
from canarytui.actions.requests import ActionFailed, Patience
from canarytui.actions.rules import Rules
from canarytui.actions.unfinished import Unfinished
from canarytui.cluster.audit import AuditError, AuditLog
from canarytui.cluster.client import Cluster
from canarytui.cluster.pending_reverts import PendingReverts
from canarytui.domain.actions import plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.errors import ConfigError

CANARIES = "canaries.flagger.app"
QUICK = Patience(answer_s=2.0, reread_s=(0.0,), settle_s=0.0)


class FullAfter(AuditLog):
    """A log whose disk is full after `lines` more lines."""

    def __init__(self, path: Path, lines: int) -> None:
        super().__init__(path)
        self.lines = lines

    def append(self, entry: dict[str, object]) -> None:
        if self.lines == 0:
            raise AuditError(self.path, "written", OSError(28, "No space left on device"))
        self.lines -= 1
        super().append(entry)


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[LiveApi]:
    live = LiveApi(tmp_path)
    live.install_crds("Canary")
    await live.start()
    live.canary("cart")
    status = {"status": {"phase": "Progressing", "canaryWeight": 20, "failedChecks": 0, "iterations": 0}}
    live.api.patch(live.rt(CANARIES), "test", "cart", status, "application/merge-patch+json", subresource="status")
    yield live
    await live.stop()


@pytest_asyncio.fixture
async def cluster(api: LiveApi) -> AsyncIterator[Cluster]:
    made = await api.connect()
    yield made
    await made.close()


def hands_of(cluster: Cluster, folder: Path, audit: AuditLog) -> LiveExecutor:
    unfinished = Unfinished(cluster, audit, folder / "actions")
    return LiveExecutor(cluster, audit, Rules(), PendingReverts(folder / "journal"), unfinished, QUICK)


def situation(api: LiveApi) -> Situation:
    obj = api.find(CANARIES, "cart")
    assert obj is not None
    return Situation(canary=Canary.parse(obj), now=datetime.now(UTC), interval_s=1)


def writes(api: LiveApi) -> list[str]:
    return [each.path for each in api.asked if each.method == "PATCH"]


@pytest.mark.parametrize("kind", ["full", "FIFO"])
async def test_what_cannot_be_audited_is_not_done(api: LiveApi, cluster: Cluster, tmp_path: Path, kind: str) -> None:
    audit = FullAfter(tmp_path / "audit.jsonl", 0) if kind == "full" else AuditLog(tmp_path / "audit.jsonl")
    if kind == "FIFO":
        os.mkfifo(audit.path)
    seen = situation(api)
    with pytest.raises(ConfigError, match=r"^Nothing was written: the audit log .* cannot be written .* not done: "):
        await hands_of(cluster, tmp_path, audit).carry_out(plan(seen, Intent.PROMOTE), seen)
    assert writes(api) == []
    for folder in ("actions", "journal"):
        assert [path.name for path in (tmp_path / folder).glob("*")] == []


@pytest.mark.parametrize("folder", ["actions", "journal"])
async def test_what_a_crash_would_lose_is_not_done(api: LiveApi, cluster: Cluster, tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).write_text("no folder")
    audit, seen = AuditLog(tmp_path / "audit.jsonl"), situation(api)
    with pytest.raises(ConfigError, match="cannot be written"):
        await hands_of(cluster, tmp_path, audit).carry_out(plan(seen, Intent.PROMOTE), seen)
    assert writes(api) == []
    assert [entry["stage"] for entry in audit.entries()] == ([] if folder == "actions" else ["write", "not done"])


async def test_a_log_that_cannot_be_closed_is_told_apart_and_closed_later(
    api: LiveApi, cluster: Cluster, tmp_path: Path
) -> None:
    audit, seen = FullAfter(tmp_path / "audit.jsonl", 1), situation(api)
    executor = hands_of(cluster, tmp_path, audit)
    done = await executor.carry_out(plan(seen, Intent.PAUSE), seen)
    (note,) = done.notes
    assert note.startswith("Pause test/cart at weight 20: done, but the audit log ")
    assert "cannot be written (No space left on device): the outcome is added later" in note
    assert (api.find(CANARIES, "cart") or {})["spec"]["suspend"] is True
    assert await executor.recover() == [], "still full"
    audit.lines = 1
    (found,) = await executor.recover()
    assert "it was done: its managedFields list canarytui-" in found.text
    assert [entry["stage"] for entry in audit.entries()] == ["write", "done"]


async def test_a_refusal_that_cannot_be_noted_stays_a_refusal(api: LiveApi, cluster: Cluster, tmp_path: Path) -> None:
    audit, seen = FullAfter(tmp_path / "audit.jsonl", 1), situation(api)
    api.patch(CANARIES, "cart", {"spec": {"analysis": {"threshold": 9}}})
    with pytest.raises(ActionFailed, match=r"^Nothing was written: .*threshold.* Besides, the audit log .* later"):
        await hands_of(cluster, tmp_path, audit).carry_out(plan(seen, Intent.PAUSE), seen)
    assert "suspend" not in (api.find(CANARIES, "cart") or {})["spec"]


async def test_nothing_is_promised_about_the_outcome_of_a_dry_run(
    api: LiveApi, cluster: Cluster, tmp_path: Path
) -> None:
    """No record of it is kept, so nobody could add it later."""
    audit, seen = FullAfter(tmp_path / "audit.jsonl", 1), situation(api)
    api.patch(CANARIES, "cart", {"spec": {"analysis": {"threshold": 9}}})
    with pytest.raises(ActionFailed, match=r"Besides, the audit log .*: it lacks the outcome of the dry run\.$"):
        await hands_of(cluster, tmp_path, audit).carry_out(plan(seen, Intent.PAUSE), seen, dry_run=True)
    assert list((tmp_path / "actions").glob("*")) == []


async def test_what_another_process_left_on_the_same_canary_is_not_waited_for(
    api: LiveApi, cluster: Cluster, tmp_path: Path
) -> None:
    """A pause keeps the canary from ever getting to the phase in which that is put back."""
    audit, seen = AuditLog(tmp_path / "audit.jsonl"), situation(api)
    first = hands_of(cluster, tmp_path, audit)
    await first.carry_out(plan(seen, Intent.PROMOTE), seen)
    first.close()

    executor, now = hands_of(cluster, tmp_path, audit), situation(api)
    follow_up = ActionFollowUp(executor, lambda _: now, lambda: datetime.now(UTC))
    (said,) = await follow_up.look()
    assert "spec.skipAnalysis was set for “Promote test/cart" in said.text
    assert [record.field for record in executor.held] == ["skipAnalysis"]
    assert not follow_up.concerns(("test", "cart"))
    extend = plan(now, Intent.EXTEND)
    await executor.carry_out(extend, now)
    assert follow_up.concerns(("test", "cart")), "what is begun here is waited for"
    executor.close()

"""An action is done, listed from the audit log, undone, and listed as undone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from live_api import LiveApi
from loop_files import files_touched_here

from canarytui.actions.live_executor import LiveExecutor
from canarytui.actions.rules import Rules
from canarytui.actions.unfinished import Unfinished
from canarytui.cluster.audit import AuditLog
from canarytui.cluster.client import Cluster
from canarytui.cluster.pending_reverts import PendingReverts
from canarytui.domain.actions import plan
from canarytui.domain.actions.done_action import done_actions
from canarytui.domain.actions.undoing import way_back
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary


async def test_from_a_pause_to_its_undo(live_api: LiveApi, cluster: Cluster, tmp_path: Path) -> None:
    def now() -> Situation:
        obj = live_api.find("canaries.flagger.app", "podinfo")
        assert obj is not None
        return Situation(Canary.parse(obj), datetime.now(UTC), interval_s=1)

    audit = AuditLog(tmp_path / "audit.jsonl")
    unfinished = Unfinished(cluster, audit, tmp_path / "actions")
    executor = LiveExecutor(cluster, audit, Rules(), PendingReverts(tmp_path / "journal"), unfinished)
    await executor.carry_out(plan(now(), Intent.PAUSE), now())
    (paused,) = done_actions(await executor.entries(100), cluster.server)
    back = way_back(now(), paused)
    assert back.request is not None
    await executor.carry_out(plan(now(), back.request), now())
    assert now().canary.spec.suspend is False
    resumed, paused = done_actions(await executor.entries(100), cluster.server)
    assert (resumed.intent, paused.intent) == (Intent.RESUME, Intent.PAUSE)
    assert way_back(now(), paused).why.startswith("undone at ")
    again = way_back(now(), resumed)
    assert again.request is not None
    assert again.request.intent is Intent.PAUSE


async def test_no_file_of_an_action_is_touched_by_the_thread_that_shows_the_screen(
    live_api: LiveApi, cluster: Cluster, tmp_path: Path
) -> None:
    obj = live_api.find("canaries.flagger.app", "podinfo")
    assert obj is not None
    situation = Situation(Canary.parse(obj), datetime.now(UTC), interval_s=1)
    audit = AuditLog(tmp_path / "audit.jsonl")
    unfinished = Unfinished(cluster, audit, tmp_path / "actions")
    executor = LiveExecutor(cluster, audit, Rules(), PendingReverts(tmp_path / "journal"), unfinished)
    with files_touched_here(tmp_path) as touched:
        pausing = plan(situation, Intent.PAUSE)
        await executor.carry_out(pausing, situation)
        await executor.note(pausing, ("test", "podinfo"), "paused")
        await executor.recover()
        stages = [entry["stage"] for entry in await executor.entries(10)]
    assert stages == ["write", "done", "answer"]
    assert touched == []
    audit.entries()
    with files_touched_here(tmp_path) as touched:
        audit.entries()
    assert len(touched) == 1, "the watch sees what is read here"

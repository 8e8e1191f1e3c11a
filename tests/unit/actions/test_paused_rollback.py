"""Resume and roll back in one action: order, what is checked in between, and a crash in the middle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from live_api import LiveApi

from canarytui.actions.live_executor import LiveExecutor
from canarytui.actions.requests import ActionFailed, ActionLost, Patience
from canarytui.actions.rules import ContextRule, Rules
from canarytui.actions.unfinished import Unfinished
from canarytui.cluster.audit import AuditLog
from canarytui.cluster.client import Cluster
from canarytui.cluster.pending_reverts import PendingReverts
from canarytui.domain.actions import plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary

CANARIES = "canaries.flagger.app"
MERGE = "application/merge-patch+json"
QUICK = Patience(answer_s=2.0, reread_s=(0.0,), settle_s=0.0)


def set_status(api: LiveApi, failed: int) -> None:
    status = {"status": {"phase": "Progressing", "canaryWeight": 20, "failedChecks": failed, "iterations": 0}}
    api.api.patch(api.rt(CANARIES), "test", "cart", status, MERGE, subresource="status")


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[LiveApi]:
    live = LiveApi(tmp_path)
    live.install_crds("Canary")
    await live.start()
    live.canary("cart")
    live.patch(CANARIES, "cart", {"spec": {"suspend": True}})
    set_status(live, 0)
    yield live
    await live.stop()


@pytest_asyncio.fixture
async def cluster(api: LiveApi) -> AsyncIterator[Cluster]:
    made = await api.connect()
    yield made
    await made.close()


def executor_of(cluster: Cluster, folder: Path, rules: Rules | None = None) -> LiveExecutor:
    audit = AuditLog(folder / "audit.jsonl")
    unfinished = Unfinished(cluster, audit, folder / "actions")
    return LiveExecutor(cluster, audit, rules or Rules(), PendingReverts(folder / "journal"), unfinished, QUICK)


def situation(api: LiveApi) -> Situation:
    return Situation(canary=Canary.parse(stored(api)), now=datetime.now(UTC), interval_s=1)


def stored(api: LiveApi) -> dict[str, Any]:
    obj = api.find(CANARIES, "cart")
    assert obj is not None
    return obj


async def test_the_count_is_written_first_and_the_resume_goes_by_its_answer(
    api: LiveApi, cluster: Cluster, tmp_path: Path
) -> None:
    seen = situation(api)
    made = plan(seen, Intent.ROLL_BACK)
    assert made.title == "Resume and roll back test/cart, from weight 20"
    asked = len(api.asked)
    await executor_of(cluster, tmp_path).carry_out(made, seen)
    paths = [each.path.partition("?")[0].rpartition("/")[2] for each in api.asked[asked:] if each.method != "POST"]
    assert paths == ["status", "cart"], "two writes, and no conflict to look into"
    assert stored(api)["spec"]["suspend"] is False
    assert stored(api)["status"]["failedChecks"] == stored(api)["spec"]["analysis"]["threshold"]


async def test_it_stays_paused_when_its_count_is_overwritten_in_between(
    api: LiveApi, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a tick that was under way when it was paused: resumed now, it would take a step."""
    from canarytui.actions import live_executor

    write_once = live_executor.write_once

    async def then_a_tick(*given: Any, **named: Any) -> Any:
        done = await write_once(*given, **named)
        set_status(api, 1)
        return done

    monkeypatch.setattr(live_executor, "write_once", then_a_tick)
    seen = situation(api)
    with pytest.raises(ActionLost, match=r"^Done in part \(1 of 2\): .*threshold"):
        await executor_of(cluster, tmp_path).carry_out(plan(seen, Intent.ROLL_BACK), seen)
    assert stored(api)["spec"]["suspend"] is True


async def test_a_crash_in_the_middle_is_reported_at_the_next_start_and_finished_by_the_same_key(
    api: LiveApi, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from canarytui.actions import live_executor

    write_once, calls = live_executor.write_once, 0

    async def killed(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return await write_once(*given, **named)

    seen = situation(api)
    first = executor_of(cluster, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(live_executor, "write_once", killed)
        with pytest.raises(KeyboardInterrupt):
            await first.carry_out(plan(seen, Intent.ROLL_BACK), seen)
    first.close()

    (left,) = await executor_of(cluster, tmp_path).recover()
    assert "“Resume and roll back test/cart, from weight 20” was open; it was done in part: " in left.text
    assert "its managedFields list canarytui-" in left.text
    assert "its spec is unchanged (generation 2)" in left.text
    assert [entry["stage"] for entry in AuditLog(tmp_path / "audit.jsonl").entries()] == ["write", "in part"]

    again = plan(situation(api), Intent.ROLL_BACK)
    assert [write.body["spec"] for write in again.writes] == [{"suspend": False}], "the rest of it"
    assert "resuming is enough" in again.effect


@pytest.mark.parametrize("intent", [Intent.RESUME, Intent.ROLL_BACK])
async def test_who_may_not_resume_may_not_do_it_as_a_part_of_a_rollback(
    api: LiveApi, cluster: Cluster, tmp_path: Path, intent: Intent
) -> None:
    rules = Rules((ContextRule("*", forbid=frozenset({intent})),))
    executor, seen = executor_of(cluster, tmp_path, rules), situation(api)
    made = plan(seen, Intent.ROLL_BACK)
    assert f"{intent}" in await executor.refusal(made)
    with pytest.raises(Exception, match=str(intent)):
        await executor.carry_out(made, seen)
    assert stored(api)["spec"]["suspend"] is True


async def test_a_dry_run_stores_nothing(api: LiveApi, cluster: Cluster, tmp_path: Path) -> None:
    seen, before = situation(api), stored(api)
    try:
        await executor_of(cluster, tmp_path).carry_out(plan(seen, Intent.ROLL_BACK), seen, dry_run=True)
    except ActionFailed as error:  # a server that answers nothing to go by is no reason to store
        pytest.fail(str(error))
    assert stored(api) == before

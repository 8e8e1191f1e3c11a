"""The life of one container as records: runs, ends, restarts and the kubelet's delays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from canarytui.sandbox.node import container_record as records
from canarytui.sandbox.node.container_record import ContainerRecord, Running, Terminated, Waiting

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRESH = ContainerRecord("c", "image")


def ran(record: ContainerRecord, at: datetime = NOW) -> ContainerRecord:
    return records.run(record, at, "id", "image", "image@sha256:0")


def test_the_first_run_is_no_restart_and_the_second_is() -> None:
    first = ran(FRESH)
    assert (first.state, first.restart_count, first.last) == (Running(NOW), 0, None)
    ended = records.end(first, NOW + timedelta(seconds=5), 1)
    assert ended.state == Terminated(1, "Error", NOW + timedelta(seconds=5), NOW, "id")
    waiting = records.wait(ended, "CrashLoopBackOff", "back-off")
    assert (waiting.state, waiting.last) == (Waiting("CrashLoopBackOff", "back-off"), ended.state)
    second = ran(waiting)
    assert (second.restart_count, second.last) == (1, ended.state)


def test_exit_code_zero_is_completed_and_a_reason_wins() -> None:
    assert records.end(ran(FRESH), NOW, 0).state.reason == "Completed"  # type: ignore[union-attr]
    assert records.end(ran(FRESH), NOW, 128, reason="StartError").state.reason == "StartError"  # type: ignore[union-attr]


def test_a_steady_run_makes_earlier_crashes_forgotten() -> None:
    record = FRESH
    for _ in range(3):
        record = records.end(ran(record), NOW + timedelta(seconds=1), 1)
    assert record.crashes == 3
    assert records.end(ran(record), NOW + timedelta(seconds=records.STEADY_RUN_S), 1).crashes == 1


def test_an_adopted_container_has_ended_with_the_kubelet() -> None:
    adopted = records.adopt(ran(FRESH), NOW)
    assert isinstance(adopted.state, Terminated)
    assert (adopted.state.exit_code, adopted.state.reason, adopted.crashes) == (255, "Unknown", 0)
    assert records.adopt(FRESH, NOW) is FRESH


@pytest.mark.parametrize(
    ("policy", "code", "again"),
    [("Always", 0, True), ("OnFailure", 0, False), ("OnFailure", 1, True), ("Never", 1, False)],
)
def test_restart_policies(policy: str, code: int, again: bool) -> None:
    assert records.restarts(policy, code) is again


def test_delays_double_up_to_five_minutes() -> None:
    assert [records.crash_backoff_s(n) for n in range(1, 9)] == [0, 10, 20, 40, 80, 160, 300, 300]
    assert [records.pull_backoff_s(n) for n in (1, 2, 99)] == [10, 20, 300]

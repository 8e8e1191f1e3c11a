"""A drill's run: slices only after fresh looks, and every way in which it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from drilled import NOW, plan, sight, traffic
from hypothesis import given
from hypothesis import strategies as st
from replacing import replace

from canarytui.drills.drill_plan import Other, Sight
from canarytui.drills.drill_state import DrillRefused, DrillRun
from canarytui.drills.guards import Limits
from canarytui.drills.hey_report import Answers
from canarytui.drills.library import load_drill
from canarytui.drills.run_view import DrillEnding, DrillStage


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def begun(**limits: float) -> DrillRun:
    run = DrillRun(plan(), Limits(**limits))  # type: ignore[arg-type]
    run.start(sight())
    return run


def test_a_refused_drill_sends_nothing() -> None:
    run = DrillRun(plan(), Limits())
    with pytest.raises(DrillRefused, match="Drill errors-500 on test/podinfo: not possible, it is Succeeded"):
        run.start(sight(phase="Succeeded"))
    assert run.next_slice(NOW) is None
    assert run.view().stage is DrillStage.PLANNED


def test_a_slice_needs_a_fresh_look_and_the_end_of_the_last_one() -> None:
    run = begun()
    first = run.next_slice(NOW)
    assert first is not None
    assert (first.number, first.commands[0][:3]) == (1, ["hey", "-z", "1.8s"])
    assert run.next_slice(at(1)) is None
    assert run.next_slice(at(2)) is None  # the look is two seconds old
    run.see(sight(at(2)))
    second = run.next_slice(at(2.1))
    assert second is not None
    assert second.number == 2
    run.see(sight(at(4.2)))
    assert run.next_slice(at(4.2)) is None  # neither has ended
    run.slice_ended(1, at(4.2), Answers({500: 50}))
    assert run.next_slice(at(4.2)) is not None


def test_the_last_slice_is_as_long_as_what_is_left() -> None:
    short = replace(plan(), drill=replace(load_drill("errors-500"), duration_s=3))
    run = DrillRun(short, Limits())
    run.start(sight())
    assert run.next_slice(NOW) is not None
    run.slice_ended(1, at(2), Answers({500: 50}))
    run.see(sight(at(2)))
    last = run.next_slice(at(2))
    assert last is not None
    assert last.commands[0][2] == "0.8s"
    run.slice_ended(2, at(3), Answers({500: 25}))
    run.see(sight(at(3)))
    assert (run.view().stage, run.view().ending, run.view().answers.sent) == (
        DrillStage.ENDED,
        DrillEnding.COMPLETED,
        75,
    )
    assert run.next_slice(at(3)) is None


def test_rolled_back_as_predicted() -> None:
    run = begun()
    assert run.next_slice(NOW) is not None
    for tick in range(1, 12):
        moment = at(6 + 10 * (tick - 1))
        run.see(replace(sight(moment, failedChecks=tick - 1), at=moment))
    end = at(106.3)
    seen = sight(end, phase="Failed", canaryWeight=0)
    assert seen.situation is not None
    run.see(replace(seen, situation=replace(seen.situation, last_tick=end)))
    assert run.view().stage is DrillStage.STOPPING  # a slice is still under way
    run.slice_ended(1, end, Answers({500: 50}))
    view = run.view()
    assert (view.stage, view.ending, view.ticks) == (DrillStage.ENDED, DrillEnding.ROLLED_BACK, 11)
    assert abs(view.plan.prediction.at_tick - 11) <= 1
    assert view.within_prediction is True
    texts = [entry.text for entry in view.entries]
    assert texts[0] == "Drill errors-500 begins: HTTP 500"
    assert "Progressing → Failed" in texts
    assert texts[-1] == "Load stopped after 50 requests in 1 slice"


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (Sight(at(1), "lab", None, trouble="no answer"), "the cluster cannot be seen (no answer)"),
        (replace(sight(at(1)), context="prod"), "the context is prod"),
        (sight(at(1), phase="Waiting"), "it is Waiting"),
        (sight(at(1), lastAppliedSpec="b"), "the canary has another revision by now"),
        (replace(sight(at(1)), others=(Other(("test", "cart"), True),)), "a rollout of test/cart is under way"),
    ],
)
def test_the_guards_abort(seen: Sight, why: str) -> None:
    run = begun()
    run.see(seen)
    view = run.view()
    assert (view.stage, view.ending, view.by) == (DrillStage.ENDED, DrillEnding.ABORTED, "the guards")
    assert view.why.startswith(why)
    assert run.next_slice(seen.at) is None


def test_the_primary_suffering_twice_aborts() -> None:
    run = begun()
    bad = traffic(primary_failed=8.0)
    run.see(replace(sight(at(1)), traffic=bad))
    assert run.view().stage is DrillStage.RUNNING
    run.see(replace(sight(at(2)), traffic=bad))
    assert run.view().why.startswith("50.0 % of the requests of the primary's own users fail (allowed: 5.0 %)")


def test_a_primary_that_failed_before_is_no_reason() -> None:
    run = DrillRun(plan(), Limits())
    bad = traffic(primary_failed=8.0)
    run.start(replace(sight(), traffic=bad))
    for second in range(1, 6):
        run.see(replace(sight(at(second)), traffic=bad))
    assert run.view().stage is DrillStage.RUNNING


def test_load_that_cannot_be_sent_aborts() -> None:
    run = begun()
    assert run.next_slice(NOW) is not None
    run.slice_ended(1, at(1), None, "the load tester refused with 403")
    assert run.view().why == "load could not be sent (the load tester refused with 403)"
    other = begun()
    for number in (1, 2):
        other.see(sight(at(number * 2)))
        assert other.next_slice(at(number * 2)) is not None
        other.slice_ended(number, at(number * 2 + 1), Answers(errors={"connection refused": 50}))
    assert other.view().why == "its requests get no answer (connection refused)"


def test_the_first_reason_stays() -> None:
    run = begun()
    run.abort(at(1), "jane", "the abort key")
    run.abort(at(2), "the end", "something else")
    view = run.view()
    assert (view.by, view.why, view.ended) == ("jane", "the abort key", at(1))


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["see", "blind", "slice", "done", "fail", "abort", "failed", "wait"]), st.floats(0, 3)
    ),
    max_size=60,
)  # fmt: skip


@given(_STEPS)
def test_no_slice_without_a_fresh_look_and_none_after_the_end(steps: list[tuple[str, float]]) -> None:
    run, moment, seen, open_slices = begun(), NOW, NOW, []
    for what, seconds in steps:
        moment += timedelta(seconds=seconds)
        before = run.view().stage
        if what in ("see", "failed"):
            run.see(sight(moment, phase="Failed" if what == "failed" else "Progressing"))
            seen = moment
        elif what == "blind":
            run.see(Sight(moment, "lab", None, trouble="gone"))
        elif what == "slice":
            piece = run.next_slice(moment)
            if piece is not None:
                assert before is DrillStage.RUNNING
                assert moment - seen <= timedelta(seconds=1.5)
                open_slices.append(piece.number)
        elif what in ("done", "fail") and open_slices:
            answers = Answers({500: 1}) if what == "done" else None
            run.slice_ended(open_slices.pop(0), moment, answers, "" if answers else "no way")
        elif what == "abort":
            run.abort(moment, "jane", "enough")
        order = [DrillStage.PLANNED, DrillStage.RUNNING, DrillStage.STOPPING, DrillStage.ENDED]
        after = run.view()
        assert order.index(after.stage) >= order.index(before)
        assert after.under_way == len(open_slices)
        assert after.stage is not DrillStage.ENDED or not open_slices
        assert len(open_slices) <= 2


def seen_at(seconds: float, last_tick_s: float, *, halted: bool = False, **status: object) -> Sight:
    """A look at `seconds`, the controller's last tick having been seen at `last_tick_s`."""
    found = sight(at(seconds), **status)
    assert found.situation is not None
    return replace(found, situation=replace(found.situation, last_tick=at(last_tick_s), halted=halted))


@pytest.mark.parametrize("late_s", [0.0, 0.4, 0.9])
def test_ticks_are_counted_alike_before_and_after_the_decision(late_s: float) -> None:
    """The controller's ticks are at 6, 16, 26 … s, and each is seen a moment later."""
    run = begun()
    for number, (before_s, after_s) in enumerate([(5, 7), (15, 17), (25, 27)]):
        run.see(seen_at(before_s, before_s - 9 + late_s, failedChecks=number))
        assert run.view().ticks == number
        run.see(seen_at(after_s, after_s - 1 + late_s, failedChecks=number + 1))
        assert run.view().ticks == number + 1
    run.next_slice(at(27.1))
    run.see(seen_at(36 + late_s, 36 + late_s, phase="Failed"))
    assert (run.view().ticks, run.view().stage) == (4, DrillStage.STOPPING)
    for later_s in (46, 56):  # Flagger writes the status of a failed rollout at every tick
        run.see(seen_at(later_s + 1, later_s, phase="Failed"))
        assert run.view().ticks == 4


def test_the_state_is_the_lists_word_and_the_phase_kubectls() -> None:
    run = begun()
    run.see(seen_at(7, 6, halted=True, failedChecks=1))
    assert (run.view().phase, run.view().state) == ("Progressing", "Halted")


def test_a_failed_check_is_noted_with_the_reason_of_this_tick_only() -> None:
    run = begun()
    for seconds, warned_s, failed in ((7, 6, 1), (17, 6, 2)):
        look = seen_at(seconds, seconds - 1, halted=True, failedChecks=failed)
        assert look.situation is not None
        told = {"last_warning": "success rate 53.42% < 99%", "warned_at": at(warned_s)}
        run.see(replace(look, situation=replace(look.situation, **told)))
    said = [entry.text for entry in run.view().entries if entry.text.startswith("failed checks ")]
    assert said == ["failed checks 1/10: success rate 53.42% < 99%", "failed checks 2/10"]


def test_requests_of_a_slice_without_a_summary_are_not_left_out_unsaid() -> None:
    run = begun()
    for number in (1, 2):
        run.see(sight(at(number * 2)))
        assert run.next_slice(at(number * 2)) is not None
    run.slice_ended(1, at(5), Answers({500: 50}))
    run.slice_ended(2, at(6), None, "hey ended with -9 (no output)")
    last = run.view().entries[-1]
    assert last.text == "Load stopped after at least 50 requests in 2 slices (summaries of hey missing: 1)"
    assert last.id == "drill_run.load_stopped_at_least"

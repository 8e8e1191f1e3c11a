"""What a drill's timeline says is true of the looks and slices that it was fed with, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from drilled import NOW, plan, sight
from hypothesis import given, settings
from hypothesis import strategies as st
from replacing import replace

from canarytui.domain.sentences import drill_run as words
from canarytui.domain.sentences.catalogue import catalogue
from canarytui.drills.drill_plan import Sight
from canarytui.drills.drill_state import DrillRun
from canarytui.drills.guards import Limits
from canarytui.drills.hey_report import Answers
from canarytui.drills.run_view import DrillEntry, DrillStage

PLAN = plan()

statuses = st.fixed_dictionaries(
    {
        "phase": st.sampled_from(["Progressing"] * 6 + ["Failed", "Promoting", "Succeeded", "Waiting", ""]),
        "canaryWeight": st.integers(0, 100),
        "failedChecks": st.integers(0, 12),
        "lastAppliedSpec": st.sampled_from(["a"] * 9 + ["b"]),
    }
)
answers = st.one_of(
    st.none(), st.just(Answers()), st.integers(1, 50).map(lambda count: Answers({500: count})),
    st.just(Answers(errors={"connection refused": 9})),
)  # fmt: skip


def _at(second: int) -> datetime:
    return NOW + timedelta(seconds=second)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(statuses, answers), max_size=8))
def test_every_entry_is_true(steps: list[tuple[dict[str, Any], Answers | None]]) -> None:
    run, looks, reports = DrillRun(PLAN, Limits()), [sight()], []
    run.start(looks[0])
    for number, (status, answer) in enumerate(steps, 1):
        piece = run.next_slice(_at(2 * number - 2))
        if piece is not None:
            reports.append(answer)
            run.slice_ended(piece.number, _at(2 * number - 1), answer, "" if answer is not None else "no summary")
        if run.stage is DrillStage.ENDED:
            break
        looks.append(replace(sight(_at(2 * number), **status)))
        run.see(looks[-1])
    view = run.view()
    for entry in view.entries:
        fields = catalogue()[entry.id].read(entry.text)
        assert fields is not None, entry
        assert _is_true(entry, fields, looks, reports), (entry, looks[-1])
    assert (view.stage is DrillStage.ENDED) == any(
        entry.id in (words.LOAD_STOPPED.id, words.LOAD_STOPPED_AT_LEAST.id) for entry in view.entries
    )


def _is_true(entry: DrillEntry, fields: Mapping[str, str], looks: list[Sight], reports: list[Answers | None]) -> bool:
    pairs = [
        (before.situation.canary.status, now.situation.canary.status)
        for before, now in pairwise(looks)
        if before.situation is not None and now.situation is not None and now.at == entry.at
    ]
    last = looks[-1].situation
    assert last is not None
    sent = sum(report.sent for report in reports if report is not None)
    match entry.id:
        case words.BEGINS.id:
            return entry.at == NOW
        case words.PHASE.id:
            return any(
                (old.phase or "no phase", new.phase or "no phase") == (fields["before"], fields["now"])
                for old, new in pairs
            )
        case words.WEIGHT.id:
            return any(
                (str(old.canary_weight), str(new.canary_weight)) == (fields["before"], fields["now"])
                for old, new in pairs
            )
        case words.FAILED_CHECKS.id | words.FAILED_CHECKS_WHY.id:
            return any(old.failed_checks < new.failed_checks == int(fields["count"]) for old, new in pairs)
        case words.ROLLED_BACK.id:
            return last.phase == "Failed"
        case words.PROMOTED.id:
            return last.phase in ("Promoting", "Succeeded")
        case words.SLICE_NO_ANSWER.id | words.SLICE_FAILED.id:
            report = reports[int(fields["number"]) - 1]
            return report is None or (report.sent > 0 and report.answered == 0)
        case words.LOAD_STOPPED.id:
            return None not in reports and (int(fields["sent"]), int(fields["slices"])) == (sent, len(reports))
        case words.LOAD_STOPPED_AT_LEAST.id:
            return int(fields["missing"]) == reports.count(None) > 0 and int(fields["sent"]) == sent
        case words.ABORTED.id:
            return fields["by"] == words.BY_GUARDS.text()
    return False

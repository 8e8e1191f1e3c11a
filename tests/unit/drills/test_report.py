"""The report: prediction against outcome, answers, and nothing that a terminal or Markdown would obey."""

from __future__ import annotations

import json
from datetime import UTC, timedelta

from drilled import NOW, plan, sight
from replacing import replace

from canarytui.console.drill.end_words import report_text
from canarytui.console.drill.running_drill import RunningDrill
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.request_numbers import RequestCounts, RequestTotals
from canarytui.domain.rollout.rollout_comparison import compare_rollout
from canarytui.drills.drill_state import DrillRun
from canarytui.drills.guards import Limits
from canarytui.drills.hey_report import Answers
from canarytui.drills.report import as_json, as_markdown
from canarytui.drills.run_view import RunView


def view() -> RunView:
    run = DrillRun(plan(), Limits())
    run.start(sight())
    assert run.next_slice(NOW) is not None
    run.slice_ended(1, NOW + timedelta(seconds=2), Answers({500: 40, 200: 10}, {}, (10, 40, *[0] * 9), 2.0, 0.009))
    for tick in range(1, 11):
        moment = NOW + timedelta(seconds=10 * tick - 3)
        seen = sight(moment, failedChecks=tick)
        assert seen.situation is not None
        checks = tuple(replace(check, value=90.0 - tick) for check in seen.situation.checks)
        run.see(replace(seen, situation=replace(seen.situation, checks=checks)))
    end = NOW + timedelta(seconds=117)
    last = sight(end, phase="Failed", failedChecks=0, canaryWeight=0)
    assert last.situation is not None
    run.see(replace(last, situation=replace(last.situation, last_tick=end)))
    return run.view()


def test_markdown() -> None:
    text = as_markdown(view())
    for line in (
        "# Drill errors-500 on test/podinfo",
        "HTTP 500s: rolled back at tick 12.",
        "- the prediction held, to the tick",
        "| host | app.example.com (IngressRoute podinfo) |",
        "HTTP 200  10  ########",
        "HTTP 500  40  ##############################",
        "up to 10 ms  40  ##############################",
        "## Check request-success-rate",
        "10:01:37 ! failed checks 10/10",
    ):
        assert line in text
    assert "------" in text  # the bound in the plot
    assert "\x1b" not in text


def test_json() -> None:
    found = json.loads(as_json(view()))
    assert found["outcome"] == {"ticks": 12, "phase": "Failed", "failedChecks": 0, "withinPrediction": True}
    assert (found["prediction"]["outcome"], found["prediction"]["atTick"]) == ("rolled back", 12)
    assert found["answers"]["byCode"] == {"200": 10, "500": 40}
    assert found["answers"]["latency"][-1] == {"upToSeconds": None, "count": 0}
    assert {point["check"] for point in found["checks"]} == {"request-success-rate", "request-duration"}


def test_whether_the_canary_was_worse_than_the_primary() -> None:
    seen = sight().situation
    assert seen is not None
    totals = RequestTotals(NOW, NOW, RequestCounts({"500": 90, "200": 910}, 90), RequestCounts({"200": 20_000}))
    compared = compare_rollout(seen.canary, totals, None, 20)
    text = as_markdown(replace(view(), compared=compared))
    assert "## Canary against primary\n\n- worse than primary by " in text
    assert "- the canary served 1,000 requests, 90 failed, about 90 more than the primary would have failed" in text
    assert json.loads(as_json(replace(view(), compared=compared)))["comparison"]["verdict"] == "worse"
    assert json.loads(as_json(view()))["comparison"] is None
    assert "Canary against primary" not in as_markdown(view())


def test_what_shadow_checks_would_have_said_at_each_tick() -> None:
    measured: list[tuple[float | None, str]] = [(98.0, ""), (96.5, ""), (None, ""), (None, "no answer"), (99.5, "")]
    run = DrillRun(plan(), Limits())
    run.start(sight())
    for number, (value, problem) in enumerate(measured, 1):
        tick = NOW + timedelta(seconds=10 * number)
        tried = Check("tried", 97.0, None, "%", value=value, asked=True, problem=problem)
        silent = Check("never", None, 5.0, "ms")
        for later_s in (1, 2):  # looks are more frequent than ticks
            seen = sight(tick + timedelta(seconds=later_s))
            assert seen.situation is not None
            with_shadows = replace(seen.situation, last_tick=tick, shadow_checks=(tried, silent))
            run.see(replace(seen, situation=with_shadows))
    run.abort(NOW + timedelta(seconds=60), "jane", "enough")
    text = as_markdown(run.view())
    assert (
        "## Shadow checks (no effect on the rollout)\n\n"
        "- tried (≥ 97 %) would have failed at 2 of 4 measured ticks (without a value: 1): "
        "worst value 96.5, last 99.5\n"
        "- never (≤ 5 ms) had no verdict: it was not measured at any tick of the drill\n"
    ) in text
    tried_object, never = json.loads(as_json(run.view()))["shadowChecks"]
    assert {name: tried_object[name] for name in ("ticks", "failing", "withoutValue", "worst")} == {
        "ticks": 4, "failing": 2, "withoutValue": 1, "worst": 96.5,
    }  # fmt: skip
    assert [each["verdict"] for each in tried_object["verdicts"]] == ["passes", "fails", "no value", "passes"]
    assert tried_object["verdicts"][0]["at"] == "2026-05-04T10:00:10.000+00:00"
    assert (never["ticks"], never["verdicts"], never["worst"]) == (0, [], None)
    current = RunningDrill(run.plan, run.view(), over=True)
    assert "SHADOW" in report_text(current, 120, UTC).plain
    assert "Shadow checks" not in as_markdown(view())
    assert json.loads(as_json(view()))["shadowChecks"] == []


def test_an_aborted_drill_says_by_whom() -> None:
    run = DrillRun(plan(), Limits())
    run.start(sight())
    run.abort(NOW + timedelta(seconds=5), "jane", "`rm` | <script>\x1b[2J")
    text = as_markdown(run.view())
    assert r"happened: aborted by jane after 5 s: \`rm\` \| \<script\>" in text
    assert "prediction and outcome cannot be compared" in text
    assert "\x1b" not in text

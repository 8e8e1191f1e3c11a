"""Texts of the drill's screens: what they say, within their columns, whatever the cluster and the application say."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from replacing import replace

from canarytui.console.demo_fixture import NOW, FixtureExecutor, canary_object, fill, fixture_state
from canarytui.console.demo_fixture.drill import FixtureProbe, fixture_answers
from canarytui.console.detail.plots import draw
from canarytui.console.drill.curves import check_plot
from canarytui.console.drill.end_words import report_text, result_line
from canarytui.console.drill.live_words import answers_text, banner, head_text, timeline_text
from canarytui.console.drill.plan_words import drill_line, plan_text, proposal_text
from canarytui.console.drill.proposal import Proposal, Proposer
from canarytui.console.drill.running_drill import RunningDrill
from canarytui.console.drill.saved import Saved, save
from canarytui.domain.rollout.request_numbers import RequestCounts, RequestTotals
from canarytui.domain.rollout.rollout_comparison import compare_rollout
from canarytui.domain.sentences import drill_plan, drill_run
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import width
from canarytui.drills.drill_plan import DrillPlan, Origin, Sight
from canarytui.drills.drill_state import DrillRun
from canarytui.drills.guards import Limits
from canarytui.drills.library import load_drill
from canarytui.drills.run_view import DrillEnding, DrillEntry, DrillStage, RunView
from canarytui.errors import ConfigError

EVIL = "\x1b[2J\x1b]0;x\x07\x9b31m[red]a[/]\r\n\u202ecba\u200b" + "漢字🚀" * 40
COLUMNS = (24, 76, 196)


async def planned(name: str = "errors-500") -> tuple[DrillPlan, Sight]:
    cluster_state = fixture_state()
    fill(cluster_state)
    probe = FixtureProbe(cluster_state, ("test", "podinfo"), "canarytui-sandbox", [])
    return await probe.plan(load_drill(name), await probe.target()), await probe.look()


async def test_who_confirms_a_drill_knows_verdict_and_cost() -> None:
    cluster_state = fixture_state()
    fill(cluster_state)
    situation = cluster_state.situation(("test", "podinfo"))
    assert situation is not None
    plan, _ = await planned()
    totals = RequestTotals(NOW, NOW, RequestCounts({"500": 90, "200": 910}, 90), RequestCounts({"200": 20_000}))
    compared = compare_rollout(situation.canary, totals, None, 20)
    said = plan_text(plan, replace(situation, compared=compared), 300, NOW).plain
    assert "SO FAR  worse than primary by " in said
    assert "the canary served 1,000 requests, 90 failed" in said
    assert "SO FAR" not in plan_text(plan, replace(situation, compared=None), 300, NOW).plain


async def viewed(seconds: int = 20) -> RunView:
    plan, sight = await planned()
    run = DrillRun(plan, Limits())
    run.start(sight)
    run.see(replace(sight, at=NOW + timedelta(seconds=seconds)))
    return replace(run.view(), answers=fixture_answers(plan.drill, seconds), slices=seconds // 2)


def spoilt(view: RunView) -> RunView:
    """`view` with an enemy's words wherever words come from others."""
    plan = view.plan
    drill = replace(plan.drill, title=EVIL, source=EVIL)
    because = replace(plan.prediction, because=EVIL, caveats=(EVIL,))
    target = replace(plan.target, name=EVIL, namespace=EVIL, tester_url=EVIL)
    place = replace(plan.place, source=EVIL)
    made = replace(plan, drill=drill, prediction=because, target=target, place=place, context=EVIL, who=EVIL)
    return replace(
        view,
        plan=made,
        why=EVIL,
        by="the guards",
        phase=EVIL,
        answers=replace(view.answers, errors=MappingProxyType({EVIL: 3})),
        entries=(*view.entries, DrillEntry(NOW, EVIL, warning=True)),
    )


def assert_plain(text: str) -> None:
    lines = text.split("\n")
    assert all(letter.isprintable() for line in lines for letter in line), repr(text)[:300]


@pytest.mark.parametrize("columns", COLUMNS)
async def test_what_others_say_is_data_and_stays_within_its_columns(columns: int) -> None:
    view = spoilt(await viewed())
    one_line = [
        head_text(view, columns, NOW).plain,
        answers_text(view, columns, 12).plain,
        timeline_text(view, columns, 9, UTC).plain,
        drill_line(view.plan.drill, columns),
    ]
    for text in one_line:
        assert_plain(text)
        assert max(map(width, text.split("\n"))) <= max(columns, 40), text
    _, sight = await planned()
    current = RunningDrill(view.plan, replace(view, ending=DrillEnding.ABORTED), trouble=EVIL, over=True)
    for text in (
        plan_text(view.plan, sight.situation, columns, NOW).plain,
        proposal_text(Proposal(view.plan, f"Not possible: {'x ' * 80}"), columns, NOW).plain,
        report_text(current, columns, UTC).plain,
        banner(view),
        result_line(current),
    ):
        assert_plain(text)


async def test_the_question_says_who_gets_what_from_where_and_what_comes_of_it() -> None:
    plan, sight = await planned()
    text = plan_text(plan, sight.situation, 100, NOW).plain
    assert "THEN    rolled back at tick 12, 14:32:06 (in 114 s)" in text
    assert "HTTP 500: 25 requests a second by 5 workers for at most 5m, 2 s at a time" in text
    assert "app.example.com (IngressRoute podinfo) and no other host" in text
    assert "hey in the load tester at http://flagger-loadtester.test/" in text
    assert "70 % of these requests reach the primary" in text
    assert plan.command().split(" -host ")[0] in " ".join(text.split())
    here = plan_text(replace(plan, origin=Origin.HERE), sight.situation, 100, NOW).plain
    assert "here: hey as a child of this console" in here
    slow, _ = await planned("not-found")
    assert "ignore 4xx and load" in plan_text(slow, sight.situation, 100, NOW).plain


async def test_the_plot_holds_measured_predicted_threshold_and_where_they_will_cross() -> None:
    view = await viewed()
    plot = check_plot(view, [(NOW - timedelta(seconds=15), 100.0), (NOW - timedelta(hours=1), 1.0)])
    assert plot is not None
    assert plot.bound == 99
    assert [letter for _, letter in plot.events] == ["C", "B"]
    assert plot.points[0] == (NOW - timedelta(seconds=15), 100.0)
    assert plot.expected == tuple((tick.at, tick.values[0][1]) for tick in view.plan.prediction.ticks if tick.values)
    drawn = draw(plot, 80, 16, NOW, UTC, coloured=False).plain.split("\n")
    assert "•" in "".join(drawn[1:])
    assert "14:32:00" in drawn[-2]  # the times reach to the predicted rollback, six seconds later
    assert drawn[-1].rstrip().endswith("B")
    assert max(map(len, drawn)) <= 80


async def test_nothing_to_draw_is_no_plot() -> None:
    view = await viewed()
    assert check_plot(replace(view, began=None), []) is None
    nothing = replace(view.plan, prediction=replace(view.plan.prediction, crossing=None, ticks=()))
    assert check_plot(replace(view, plan=nothing, points=()), []) is None


async def test_the_report_tells_prediction_outcome_and_files() -> None:
    view = replace(await viewed(), stage=DrillStage.ENDED, ending=DrillEnding.ROLLED_BACK, ticks=12)
    saved = Saved(Path("/x/a.md"), Path("/x/a.json"))
    current = RunningDrill(view.plan, view, saved=saved, over=True)
    text = report_text(current, 100, UTC).plain
    assert "rolled back at tick 12" in text
    assert "the prediction held, to the tick." in text
    assert "/x/a.md" in text
    assert "/x/a.json" in text
    assert result_line(current).startswith("Drill on test/podinfo: rolled back at tick 12, ")
    refused = RunningDrill(view.plan, replace(view, began=None), trouble="The canary is gone.", over=True)
    assert result_line(refused) == "Drill on test/podinfo: nothing was sent. The canary is gone."


async def test_reports_are_their_owners_only_and_a_full_disk_is_told(tmp_path: Path) -> None:
    view = replace(await viewed(), stage=DrillStage.ENDED, ending=DrillEnding.COMPLETED)
    saved = await save(view, tmp_path / "drills")
    assert saved.markdown.read_text().startswith("# Drill errors-500 on test/podinfo")
    assert {path.stat().st_mode & 0o777 for path in (saved.markdown, saved.json)} == {0o600}
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        await save(view, tmp_path / "file")


async def test_at_the_yes_only_the_prediction_is_made_anew() -> None:
    cluster_state = fixture_state()
    fill(cluster_state)
    probe = FixtureProbe(cluster_state, ("test", "podinfo"), "canarytui-sandbox", [])
    proposer = Proposer(probe, Limits(), FixtureExecutor())
    plan, _ = await planned()
    changed = canary_object("test", "podinfo", "Progressing", weight=45, changed=NOW)
    changed["metadata"]["resourceVersion"] = "5000"
    cluster_state.canaries.put(changed)
    await asyncio.sleep(0)  # the store tells the cluster state at the loop's next turn
    fresh = await proposer.renewed(replace(plan, id="podinfo-ffffff"))
    assert fresh.prediction != plan.prediction
    assert replace(fresh, prediction=plan.prediction) == replace(plan, id="podinfo-ffffff")


async def test_what_stops_the_drill_and_who_feels_it_is_said_of_what_is_known() -> None:
    plan, sight = await planned()
    assert sight.situation is not None
    watched = " ".join(plan_text(plan, sight.situation, 100, NOW).plain.split())
    assert "when requests of the primary's own users fail" in watched
    blind = " ".join(plan_text(replace(plan, watches_users=False), sight.situation, 100, NOW).plain.split())
    assert drill_plan.STOPS_UNWATCHED.text() in blind
    assert "when requests of the primary's own users fail" not in blind
    assert drill_plan.RISK_UNKNOWN.text() in " ".join(plan_text(plan, None, 100, NOW).plain.split())
    obj = canary_object("test", "podinfo", "Progressing")
    obj["spec"]["analysis"] = {"interval": "10s", "threshold": 5, "iterations": 10,
                               "match": [{"headers": {"x-canary": {"exact": "yes"}}}]}  # fmt: skip
    matched = replace(sight.situation, canary=Canary.parse(obj))
    assert drill_plan.RISK_MATCHED.text() in " ".join(plan_text(plan, matched, 100, NOW).plain.split())


async def test_requests_are_those_of_slices_that_have_reported() -> None:
    view = replace(await viewed(), under_way=2)
    assert answers_text(view, 76, 9).plain.startswith(f"{view.answers.sent} requests in {view.slices - 2} slices")


async def test_the_letters_over_the_plot_are_of_what_happened_and_not_of_its_words() -> None:
    view = await viewed()
    entries = (
        DrillEntry(NOW, "whatever it is called", warning=True, id=drill_run.FAILED_CHECKS_WHY.id),
        DrillEntry(NOW, "and this", id=drill_run.ROLLED_BACK.id),
        DrillEntry(NOW, "failed checks 1/10", id=drill_run.SLICE_FAILED.id),
    )
    plot = check_plot(replace(view, entries=entries), ())
    assert plot is not None
    assert [letter for _, letter in plot.events if letter in "HR"] == ["H", "R"]

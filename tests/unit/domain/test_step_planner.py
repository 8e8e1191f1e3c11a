"""What steps can notice, held to simulation, and proposals that notice as much in less time."""

from __future__ import annotations

import itertools
import random

import pytest

from canarytui.domain.rollout.step_planner import NoProposal, PlannerInput, StepProposal, planned_steps, proposed_steps
from canarytui.domain.spec.canary import Canary
from canarytui.domain.statistics.always_valid import exceeds
from canarytui.domain.statistics.noticeable import ERRORS_ALPHA, smallest_noticeable
from canarytui.domain.statistics.proportions import Events
from canarytui.report.step_plan_text import StepPlanReport, step_plan_lines, step_plan_object


def _canary(**analysis):
    metric = {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}
    return Canary.parse(
        {
            "metadata": {"name": "cart", "namespace": "shop"},
            "spec": {
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
                "service": {"port": 80},
                "analysis": {"interval": "1m", "threshold": 5, "metrics": [metric], **analysis},
            },
        }
    )


@pytest.mark.parametrize(("requests", "times", "failing"), [(1600, 19, 0.01), (400, 3, 0.02), (3000, 1, 0.001)])
def test_what_is_called_noticeable_is_noticed_in_eighty_of_a_hundred(requests, times, failing):
    noticeable = smallest_noticeable(requests, requests * times, failing)
    random_ = random.Random(requests)
    seen = 0
    for _ in range(200):
        canary, primary = (
            sum(random_.random() < rate for _ in range(count))
            for rate, count in ((failing + noticeable, requests), (failing, requests))
        )
        seen += exceeds(Events(canary, requests), Events(primary * times, requests * times), ERRORS_ALPHA)
    # The primary's luck is multiplied here, which costs a little.
    assert 0.6 <= seen / 200 <= 0.93


def test_more_requests_notice_less_and_too_few_notice_nothing():
    found = [smallest_noticeable(each, each * 9, 0.01) for each in (3, 10, 100, 1000, 10_000)]
    assert found[0] is None or found[0] > 0.8
    assert all(before > after for before, after in itertools.pairwise(found[1:]))
    assert smallest_noticeable(1, 20, 0.01) is None
    assert smallest_noticeable(0, 20, 0.01) is None


def test_each_step_has_its_requests():
    steps = planned_steps(_canary(stepWeight=20, maxWeight=60), PlannerInput(10, 0.01))
    assert steps.stops == (20, 40, 60)
    assert [step.requests for step in steps.steps] == pytest.approx([120, 240, 360])
    assert [step.total for step in steps.steps] == pytest.approx([120, 360, 720])
    assert steps.duration_s == 180
    assert not any(step.sees_nothing for step in steps.steps)
    assert steps.steps[0].noticeable > steps.steps[1].noticeable > steps.noticeable


def test_steps_that_see_nothing_are_known():
    steps = planned_steps(_canary(stepWeight=5, maxWeight=15), PlannerInput(0.2, 0.01))
    assert [step.sees_nothing for step in steps.steps] == [True, True, False]
    assert steps.steps[0].in_window == pytest.approx(0.6)


def test_iterations_need_a_share():
    canary = _canary(iterations=4, match=[{"headers": {"x": {"exact": "1"}}}])
    assert not planned_steps(canary, PlannerInput(10, 0.01)).steps
    steps = planned_steps(canary, PlannerInput(10, 0.01, share=0.1))
    assert [step.requests for step in steps.steps] == pytest.approx([60] * 4)
    assert proposed_steps(canary, PlannerInput(10, 0.01, share=0.1)) == StepProposal(None, NoProposal.NO_WEIGHTS)


def test_a_proposal_notices_as_much_in_less_time_and_begins_and_ends_alike():
    canary, given = _canary(stepWeights=[1, 2, 3, 5, 10, 20, 50]), PlannerInput(20, 0.01)
    present, proposed = planned_steps(canary, given), proposed_steps(canary, given).steps
    assert proposed.duration_s <= 0.9 * present.duration_s
    assert proposed.noticeable <= present.noticeable * 1.0001
    assert proposed.steps[0].noticeable <= present.steps[0].noticeable * 1.0001
    assert (proposed.stops[0], proposed.stops[-1]) == (1, 50)
    assert all(after <= 3 * before + 0.5 for before, after in itertools.pairwise(proposed.stops))
    assert list(proposed.stops) == sorted(set(proposed.stops))


def test_a_named_regression_is_the_measure():
    canary, given = _canary(stepWeight=5, maxWeight=50), PlannerInput(20, 0.01)
    proposed = proposed_steps(canary, given, notice=0.02).steps
    assert proposed.noticeable <= 0.02
    assert proposed.duration_s < 600
    assert proposed_steps(canary, given, notice=0.0001) == StepProposal(None, NoProposal.NONE_AS_FAST)


@pytest.mark.parametrize(
    ("analysis", "per_s", "weights", "interval_s"),
    [
        # 275 % in ten steps of a minute at 20/s are 3,300 requests of the canary and 8,700 of the primary. 305 % in
        # eight steps of 65 s are 3,965 and 6,435: fewer in all, and nearer to half each.
        ({"stepWeight": 5, "maxWeight": 50}, 20, (5, 15, 45, 46, 47, 48, 49, 50), 65),
        ({"stepWeights": [1, 2, 3, 5, 10, 20, 50]}, 20, (1, 3, 9, 27, 50), 65),
        ({"stepWeight": 5, "maxWeight": 50, "interval": "5m"}, 20, (5, 15, 44, 45, 46, 47, 48, 49, 50), 300),
    ],
)
def test_usual_plans_have_a_quicker_one_that_notices_no_less(analysis, per_s, weights, interval_s):
    canary, given = _canary(**analysis), PlannerInput(per_s, 0.01)
    present, proposed = planned_steps(canary, given), proposed_steps(canary, given).steps
    assert (proposed.stops, proposed.interval_s) == (weights, interval_s)
    requests = per_s * interval_s * sum(weights) / 100
    assert proposed.steps[-1].total == pytest.approx(requests)
    assert proposed.noticeable <= present.noticeable * 1.0001
    assert proposed.duration_s <= 0.9 * present.duration_s


@pytest.mark.parametrize(
    ("analysis", "per_s", "why"),
    [
        ({"stepWeight": 10, "maxWeight": 50}, 20, NoProposal.HARDLY_FASTER),
        ({"stepWeights": [50]}, 20, NoProposal.ONE_STEP),
        ({"stepWeight": 5, "maxWeight": 15}, 0.05, NoProposal.NOTICES_NOTHING),
    ],
)
def test_where_there_is_no_quicker_one_the_reason_is_said(analysis, per_s, why):
    canary, given = _canary(**analysis), PlannerInput(per_s, 0.01)
    proposal = proposed_steps(canary, given)
    assert (proposal.steps, proposal.why_none) == (None, why)
    report = StepPlanReport("shop/cart", given, planned_steps(canary, given), proposal, 60.0)
    [said] = [line for line in step_plan_lines(report) if line.startswith("No steps proposed: ")]
    assert step_plan_object(report)["whyNone"] == {
        "reason": why.value,
        "sentence": said,
        "quickestSeconds": proposal.quickest_s,
    }
    if proposal.quickest_s is not None:
        assert 0.9 * 300 < proposal.quickest_s <= 300

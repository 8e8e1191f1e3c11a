"""Canary against primary in a rollout's totals: verdict, share, cost, and what the screen says of them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from replacing import replace

from canarytui.domain.rollout.comparison_object import comparison_object
from canarytui.domain.rollout.request_numbers import (
    LatencyBuckets,
    RequestCounts,
    RequestNumbers,
    RequestTotals,
    SideNumbers,
)
from canarytui.domain.rollout.rollout_comparison import compare_rollout, judge_settings
from canarytui.domain.rollout.rollout_cost import SLO_ANNOTATION, slo_of
from canarytui.domain.rollout.share_segments import ShareSegments, expected_share
from canarytui.domain.spec.canary import Canary
from canarytui.domain.statistics.verdict_kind import VerdictKind
from canarytui.report.comparison_text import comparison_lines

BEGAN = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
SUCCESS = {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}


def _canary(annotations=None, metrics=(SUCCESS,), **analysis):
    steps = analysis or {"stepWeight": 5, "maxWeight": 50}
    return Canary.parse(
        {
            "metadata": {"name": "cart", "namespace": "shop", "annotations": annotations or {}},
            "spec": {
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
                "service": {"port": 80},
                "analysis": {"interval": "1m", "threshold": 5, "metrics": list(metrics), **steps},
            },
        }
    )


def _counts(total, failed):
    return RequestCounts({"200": total - failed, "500": failed}, failed)


def _totals(canary, primary, *, over=False, slow=(0, 0)):
    buckets = [
        LatencyBuckets(((500.0, float(total - late)), (math.inf, float(total))))
        for (total, _), late in zip((canary, primary), slow, strict=True)
    ]
    until = BEGAN + timedelta(minutes=10) if over else None
    return RequestTotals(BEGAN, BEGAN, _counts(*canary), _counts(*primary), until, *buckets)


def _latest(canary_per_s, primary_per_s, failing=0.0):
    return RequestNumbers(*(SideNumbers(_counts(rate, rate * failing)) for rate in (canary_per_s, primary_per_s)))


def test_a_worse_version_is_urgent_and_its_cost_is_counted():
    compared = compare_rollout(_canary(), _totals((41_203, 612), (400_000, 1300)), _latest(10, 90, 0.02), 10)
    assert compared.verdict.kind is VerdictKind.WORSE
    assert compared.urgent.startswith("worse than primary by 0.86–1.6")
    assert compared.urgent.endswith("points (sure)")
    # 41,203 · 1300/400,000 = 134 would have failed; a month at 100/s allows 1 % of 259.2 million; 2 % fail now.
    assert compared.cost_text == (
        "the canary served 41,203 requests, 612 failed, about 478 more than the primary would have failed; "
        "0.024 % of a month's error budget (99 %), which at this rate is gone in 15 d"
    )
    assert compared.cost.burn == pytest.approx(2)
    assert compared.so_far == f"{compared.phrase}; {compared.cost_text}"
    assert compared.fixed is None


def test_when_the_primary_fails_too_it_is_urgent_to_know():
    compared = compare_rollout(_canary(), _totals((500, 290), (10_000, 5800)), _latest(1, 20, 0.58), 5)
    assert compared.urgent == "primary fails too (58 %): probably not the new version"


def test_ill_is_what_the_success_check_does_not_allow():
    assert judge_settings(_canary()).ill_from == pytest.approx(0.01)
    assert judge_settings(_canary(metrics=[{**SUCCESS, "thresholdRange": {"min": 90}}])).ill_from == pytest.approx(0.1)
    assert judge_settings(_canary(metrics=[])).ill_from == 0.05


def test_too_few_requests_name_the_time_and_the_weight():
    compared = compare_rollout(_canary(), _totals((60, 0), (1140, 11)), _latest(1, 19), 5)
    assert compared.verdict.kind is VerdictKind.TOO_FEW
    assert compared.phrase.text.startswith("not enough requests: about ")
    assert compared.phrase.text.endswith(" more min at 5 %")
    assert compared.urgent == ""


def test_the_classical_tests_stand_at_the_end():
    compared = compare_rollout(
        _canary(), _totals((4000, 40), (40_000, 400), over=True, slow=(400, 4000)), _latest(1, 10), 0
    )
    assert compared.fixed.difference.lower < 0 < compared.fixed.difference.upper
    assert compared.verdict.remaining_s is None
    lines = comparison_lines(compared)
    assert lines[1].split() == ["CANARY", "PRIMARY", "DIFFERENCE", "(POINTS)"]
    assert lines[2].startswith("failed        1 % of 4,000")
    assert lines[3].startswith("over 500 ms   10 % of 4,000")
    assert any("Newcombe" in line and "Mann-Whitney" in line for line in lines)
    assert lines[-1].startswith("The primary is warm and larger")


@pytest.mark.parametrize(("problem", "why"), [("asked in vain", "asked in vain"), ("", "not measured yet")])
def test_without_counts_there_is_no_verdict_and_a_reason(problem, why):
    compared = compare_rollout(_canary(), None, None, 0, problem=problem)
    assert compared.phrase.text == f"no verdict: {why}"
    assert (compared.urgent, compared.so_far, compared.cost) == ("", "", None)
    assert comparison_lines(compared) == [f"no verdict: {why}"]
    assert comparison_object(compared)["verdict"] is None


def test_without_the_primarys_counts_the_cost_is_known_all_the_same():
    totals = RequestTotals(BEGAN, BEGAN, _counts(100, 3))
    compared = compare_rollout(_canary(), totals, None, 0, problem="the primary's are not told apart")
    assert compared.verdict is None
    assert compared.cost_text == "the canary served 100 requests, 3 failed"


@pytest.mark.parametrize(
    ("annotation", "slo"), [("99.9", 0.999), ("99.5%", 0.995), ("many", 0.99), ("0", 0.99), ("nan", 0.99), ("", 0.99)]
)
def test_the_slo_is_the_annotations_else_the_success_checks(annotation, slo):
    assert slo_of(_canary({SLO_ANNOTATION: annotation})) == pytest.approx(slo)


def test_a_metrics_server_that_began_later_is_said_to_have():
    totals = _totals((1000, 9), (9000, 0))
    later = replace(totals, since=BEGAN + timedelta(minutes=5))
    compared = compare_rollout(_canary(), later, _latest(1, 9), 10)
    assert any(line.startswith("counted since 2026-11-26T14:05:00+00:00 only") for line in comparison_lines(compared))
    assert comparison_object(compared)["countedSince"] == "2026-11-26T14:05:00+00:00"
    assert comparison_object(compare_rollout(_canary(), totals, None, 10))["countedSince"] is None


def test_without_an_slo_there_is_no_budget():
    compared = compare_rollout(_canary(metrics=[]), _totals((1000, 9), (9000, 0)), _latest(1, 9), 10)
    assert compared.cost.budget is None
    assert "budget" not in compared.cost_text


@pytest.mark.parametrize(
    ("analysis", "weight", "share"),
    [
        ({"stepWeight": 5, "maxWeight": 50}, 15, 0.15),
        ({"stepWeight": 5, "maxWeight": 50, "mirror": True}, 0, 0.5),
        ({"stepWeight": 5, "maxWeight": 50, "mirror": True, "mirrorWeight": 25}, 0, 0.2),
        ({"iterations": 5}, 100, 1.0),
    ],
)
def test_the_share_that_a_canary_should_get(analysis, weight, share):
    assert expected_share(_canary(**analysis), weight) == pytest.approx(share)


@pytest.mark.parametrize(
    ("analysis", "id"),
    [
        ({"iterations": 5, "match": [{"headers": {"x": {"exact": "1"}}}]}, "judge.by_match"),
        ({"iterations": 5}, "judge.by_iterations"),
        ({"stepWeight": 5}, "judge.no_weight"),
    ],
)
def test_shares_that_no_weight_says_are_not_tested(analysis, id):
    assert expected_share(_canary(**analysis), 0).ids == (id,)


def test_a_share_that_affinity_skews_is_found_and_a_change_of_weight_is_not_one():
    shares, canary, primary = ShareSegments(), 0, 0
    for tick in range(20):
        weight = 10 if tick < 10 else 30
        shares.note(_totals((canary, 0), (primary, 0)), weight, _canary())
        # The gateway follows a change of weight one tick late.
        canary, primary = canary + (100 if tick < 11 else 300), primary + (900 if tick < 11 else 700)
    fair = compare_rollout(_canary(), _totals((canary, 0), (primary, 0)), None, 30, shares.segments())
    assert fair.ratio.requests == 16_000
    assert fair.ratio.observed == pytest.approx(fair.ratio.expected, abs=0.02)
    assert fair.urgent == ""
    for _ in range(10):
        canary, primary = canary + 20, primary + 980
        shares.note(_totals((canary, 0), (primary, 0)), 30, _canary())
    skewed = compare_rollout(_canary(), _totals((canary, 0), (primary, 0)), None, 30, shares.segments())
    assert skewed.urgent.startswith("the canary gets ")
    assert "session affinity" in skewed.urgent


def test_a_reset_counter_is_no_share():
    shares = ShareSegments()
    for canary in (10, 20, 30, 5):
        shares.note(_totals((canary, 0), (canary * 9, 0)), 10, _canary())
    assert [each.requests for each in shares.segments()] == [100]

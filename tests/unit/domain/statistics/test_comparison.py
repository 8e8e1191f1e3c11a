"""The verdict, its sentence, and how long until there is one."""

from __future__ import annotations

import math

import pytest
from oracle_answers import ANSWERS

from canarytui.domain.sentences import judge as words
from canarytui.domain.statistics.comparison import JudgeSettings, SideSample, compare
from canarytui.domain.statistics.fixed_sample import fixed_sample_tests
from canarytui.domain.statistics.proportions import Events
from canarytui.domain.statistics.sample_ratio import ShareSegment, sample_ratio
from canarytui.domain.statistics.verdict_kind import VerdictKind


def _side(failed, total, *buckets):
    return SideSample(Events(failed, total), (*buckets, (math.inf, float(total))) if buckets else ())


def test_a_worse_version_is_said_to_be_worse_with_both_bounds():
    verdict = compare(_side(60, 2000), _side(380, 38_000))
    assert verdict.kind is VerdictKind.WORSE
    phrase = words.verdict_phrase(verdict)
    assert phrase.ids == ("judge.worse",)
    low, high = (float(each) for each in phrase.text.split()[4].split("–"))
    assert 0 < low < 2 < high
    assert low <= verdict.errors.bounds.lower * 100
    assert high >= verdict.errors.bounds.upper * 100


def test_a_slower_version_is_named_by_the_bound_that_shows_it():
    canary = _side(20, 2000, (100.0, 1500.0), (500.0, 1700.0))
    primary = _side(200, 20_000, (100.0, 16_000.0), (500.0, 19_800.0))
    verdict = compare(canary, primary)
    assert verdict.kind is VerdictKind.WORSE
    assert verdict.deciding.slower_than_ms == 500.0
    assert "of its requests take over 500 ms (sure)" in words.verdict_phrase(verdict).text


def test_when_everything_is_ill_it_is_not_the_new_version():
    verdict = compare(_side(290, 500), _side(5800, 10_000))
    assert verdict.kind is VerdictKind.PRIMARY_FAILS_TOO
    text = words.verdict_phrase(verdict).text
    assert text == "primary fails too (58 %): probably not the new version"
    # A canary that is surely worse than an ill primary is worse all the same, and a well one is no culprit.
    assert compare(_side(480, 500), _side(5800, 10_000)).kind is VerdictKind.WORSE
    assert compare(_side(10, 500), _side(5800, 10_000)).kind is VerdictKind.BETTER


def test_no_difference_is_said_with_its_limit():
    verdict = compare(_side(100, 100_000), _side(1000, 1_000_000))
    assert verdict.kind is VerdictKind.ALIKE
    text = words.verdict_phrase(verdict).text
    assert text.startswith("no difference larger than 0.")
    assert float(text.split()[4]) >= max(-verdict.errors.bounds.lower, verdict.errors.bounds.upper) * 100


def test_too_few_requests_say_how_long_it_takes():
    canary, primary = _side(1, 100), _side(19, 1900)
    verdict = compare(canary, primary, canary_per_s=1.0, primary_per_s=19.0)
    assert verdict.kind is VerdictKind.TOO_FEW
    left = verdict.remaining_s
    assert left is not None
    text = words.verdict_phrase(verdict, 5).text
    assert text == f"not enough requests: about {math.ceil(left / 60)} more min at 5 %"
    # After that long, at the same rates, there is a verdict; a fifth earlier there was none.
    after, before = (
        compare(_side(1 + each * 0.01, 100 + each), _side(19 + each * 0.19, 1900 + each * 19))
        for each in (left, 0.8 * left)
    )
    assert after.kind is VerdictKind.ALIKE
    assert before.kind is VerdictKind.TOO_FEW
    twice = compare(canary, primary, canary_per_s=2.0, primary_per_s=38.0).remaining_s
    assert twice == pytest.approx(left / 2, rel=0.1)


@pytest.mark.parametrize("rates", [(0.0, 5.0), (5.0, 0.0), (1e-6, 1.0)])
def test_without_traffic_there_is_no_time(rates):
    verdict = compare(_side(0, 0), _side(0, 0), canary_per_s=rates[0], primary_per_s=rates[1])
    assert verdict.remaining_s is None
    assert words.verdict_phrase(verdict, 5).text == "not enough requests for a verdict"


def test_false_alarms_are_shared_out_over_all_comparisons():
    settings = JudgeSettings(alpha=0.01)
    buckets = [(100.0, 90.0), (500.0, 99.0)]
    verdict = compare(_side(1, 100, *buckets), _side(1, 100, *buckets), settings)
    assert verdict.errors.alpha + sum(each.alpha for each in verdict.slow) == pytest.approx(0.01)
    assert compare(_side(1, 100), _side(1, 100), settings).errors.alpha == 0.01


def test_points_never_claim_too_much():
    assert words.points(0.00417, up=False) == "0.41"
    assert words.points(0.00417) == "0.42"
    assert words.points(0.0213, up=False) == "2.1"
    assert words.points(0.0213) == "2.2"
    assert words.points(0.0001) == "0.01"


def test_classical_tests_are_said_in_one_line():
    tests = fixed_sample_tests(
        _side(60, 2000, (100.0, 1500.0), (500.0, 1900.0), (1000.0, 2000.0)),
        _side(20, 2000, (100.0, 1900.0), (500.0, 1995.0), (1000.0, 2000.0)),
    )
    text = words.fixed_phrase(tests).text
    assert "difference of failures +1." in text
    assert "Fisher P < 0.0001" in text
    assert "Mann-Whitney P < 0.0001" in text
    assert "P99 is 1–10 times the primary's" in text
    assert fixed_sample_tests(_side(900, 2000), _side(900, 2000)).fisher_p is None


def test_share_equals_the_oracle_and_a_mismatch_is_said():
    assert len(ANSWERS["ratios"]) >= 20
    for case in ANSWERS["ratios"]:
        ratio = sample_ratio([ShareSegment(case["requests"], case["canary"], case["expected"])])
        assert (ratio.z, ratio.p_value) == pytest.approx((case["z"], case["p"]), rel=1e-9), case
    off = sample_ratio([ShareSegment(10_000, 90, 0.05), ShareSegment(10_000, 300, 0.1)])
    assert off.mismatched
    assert off.z < 0
    assert words.share_phrase(off).text.startswith("the canary gets 1.95 % of the requests, not 7.5 %")
    assert not words.share_phrase(sample_ratio([ShareSegment(1000, 52, 0.05)]))
    assert not words.share_phrase(sample_ratio([ShareSegment(10**7, 505_000, 0.05)]))  # sure, and of no importance
    assert sample_ratio([]) is None
    assert sample_ratio([ShareSegment(100, 0, 1.0)]).mismatched

"""Quantiles of classic histograms."""

from __future__ import annotations

import math

import pytest
from promql import labels

from canarytui.sandbox.prometheus.evaluate.histogram import bucket_quantile, histogram_quantile
from canarytui.sandbox.prometheus.evaluate.values import VectorSample

BUCKETS = [(0.1, 50.0), (0.5, 90.0), (1.0, 100.0), (math.inf, 100.0)]


@pytest.mark.parametrize(
    ("q", "value"),
    [
        (0.25, 0.05),
        (0.5, 0.1),
        (0.7, 0.3),
        (0.9, 0.5),
        (0.99, 0.95),
        (1.0, 1.0),
        (-1.0, -math.inf),
        (2.0, math.inf),
        (math.nan, math.nan),
    ],
)
def test_interpolation_within_a_bucket(q: float, value: float) -> None:
    assert bucket_quantile(q, BUCKETS) == pytest.approx(value, nan_ok=True)
    assert bucket_quantile(q, BUCKETS[::-1]) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("buckets", [[], [(math.inf, 1.0)], [(1.0, 1.0), (2.0, 2.0)], [(1.0, 0.0), (math.inf, 0.0)]])
def test_without_a_whole_histogram_there_is_no_quantile(buckets: list[tuple[float, float]]) -> None:
    assert math.isnan(bucket_quantile(0.5, buckets))


def test_what_lies_beyond_the_last_bound_is_that_bound_and_counts_never_fall() -> None:
    assert bucket_quantile(0.99, [(1.0, 10.0), (math.inf, 100.0)]) == 1.0
    assert bucket_quantile(0.5, [(1.0, 10.0), (2.0, 5.0), (math.inf, 10.0)]) == 0.5


def test_groups_are_the_other_labels_and_bounds_that_are_none_are_left_out() -> None:
    samples = [
        VectorSample(labels("b", pod=pod, le=str(bound)), count) for pod in ("a", "b") for bound, count in BUCKETS
    ]
    samples += [VectorSample(labels("b", pod="a", le="wide"), 1.0), VectorSample(labels("b", pod="a"), 1.0)]
    assert histogram_quantile(0.9, samples) == [
        VectorSample(labels("", pod=pod), pytest.approx(0.5)) for pod in ("a", "b")
    ]

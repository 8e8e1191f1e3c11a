"""Samples in memory: what an instant sees, what a range holds, what is forgotten."""

from __future__ import annotations

import math

import pytest

from canarytui.sandbox.prometheus.storage import STALE, Matcher, SeriesStorage, StoredSeries, is_stale

A, B = (("__name__", "up"), ("app", "a")), (("__name__", "up"), ("app", "b"))


def test_an_instant_sees_the_last_sample_of_five_minutes() -> None:
    series = StoredSeries(A)
    for time_s, value in ((0, 1.0), (10, 2.0), (10, 9.0), (5, 9.0), (20, STALE)):
        series.append(time_s, value, 3600)
    assert [series.at(time_s) for time_s in (-1, 0, 9, 10, 19, 20, 25)] == [None, 1, 1, 2, 2, None, None]
    series.append(30, 3.0, 3600)
    assert (series.at(330), series.at(330.1), series.sample_time(40)) == (3, None, 30)
    assert series.between(0, 30) == [(0, 1), (10, 2), (30, 3)]


def test_old_samples_and_series_are_forgotten() -> None:
    storage = SeriesStorage(retention_s=100)
    for time_s in range(1000):
        storage.append(A, time_s, 0.0)
    storage.append(B, 0, 0.0)
    (series,) = storage.select([Matcher("app", "=", "a")])
    assert len(series.times) < 100 + 64 + 1
    assert len(storage) == 2
    storage.forget_old(999)
    assert [each.labels for each in storage] == [A]
    assert storage.select([Matcher("__name__", "=", "up")]) == [series]


@pytest.mark.parametrize(
    ("matcher", "found"),
    [
        (Matcher("app", "=", "a"), [A]),
        (Matcher("app", "!=", "a"), [B]),
        (Matcher("app", "=~", "a|c"), [A]),
        (Matcher("app", "=~", ""), []),
        (Matcher("app", "!~", "a|c"), [B]),
        (Matcher("missing", "=", ""), [A, B]),
    ],
)
def test_matchers(matcher: Matcher, found: list[object]) -> None:
    storage = SeriesStorage()
    storage.append(A, 1, 1.0)
    storage.append(B, 1, 1.0)
    name = Matcher("__name__", "=", "up")
    assert [series.labels for series in storage.select([name, matcher])] == found
    assert [series.labels for series in storage.select([matcher])] == found
    assert storage.select([Matcher("__name__", "=", "other"), matcher]) == []


def test_only_the_marker_is_stale() -> None:
    assert [is_stale(value) for value in (STALE, math.nan, 0.0)] == [True, False, False]

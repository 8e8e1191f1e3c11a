"""Prometheus' text format, as the embedded Prometheus reads it: what the official client writes, and what others do."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from canarytui.sandbox.prometheus.exposition import ExpositionError, make_labels, parse

_VALUES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(st.dictionaries(st.sampled_from(["zone", "path", "code"]), _VALUES, min_size=3), st.floats(allow_nan=False))
def test_what_the_official_client_writes_is_read_as_it_was_meant(labels: dict[str, str], value: float) -> None:
    registry = CollectorRegistry()
    Gauge("room", 'help with "quotes" and \\', sorted(labels), registry=registry).labels(**labels).set(value)
    text = generate_latest(registry).decode()
    assert list(parse(text)) == [(make_labels({"__name__": "room", **labels}), value, None)]
    (family,) = text_string_to_metric_families(text)
    assert family.samples[0].labels == labels, "as the official parser reads it"


def test_a_counter_keeps_the_name_that_it_has() -> None:
    text = '# TYPE envoy_cluster_upstream_rq counter\nenvoy_cluster_upstream_rq{code="200"} 7\n'
    assert [dict(labels)["__name__"] for labels, _, _ in parse(text)] == ["envoy_cluster_upstream_rq"]


def test_time_stamps_are_milliseconds_and_spaces_are_free() -> None:
    assert list(parse('\n  up { job = "x" ,} +Inf 1500 \n# a comment\n')) == [
        (make_labels({"__name__": "up", "job": "x"}), float("inf"), 1.5)
    ]


@pytest.mark.parametrize("line", ["up", "up{", 'up{job="x} 1', "up{job=x} 1", "up one", "1up 1", 'up{job="x"} 1 now'])
def test_what_is_no_sample_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ExpositionError, match="line 2: "):
        list(parse(f"up 1\n{line}\n"))


def test_reading_takes_time_in_proportion_to_what_is_read() -> None:
    """The official parser takes 16 times as long for a line with four times the labels."""

    def seconds(count: int) -> float:
        labels = ",".join(f'l{number}="x"' for number in range(count))
        began = time.process_time()
        assert len(list(parse(f"m{{{labels}}} 1\n"))) == 1
        return time.process_time() - began

    seconds(1000)
    assert seconds(80_000) < 12 * max(seconds(20_000), 0.01)

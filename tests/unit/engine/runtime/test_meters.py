"""The controller's ``/metrics``, as the official client's parser reads them."""

from __future__ import annotations

import threading

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from canarytui.engine.runtime.meters import DURATION, LATENESS, Meters

LABELS = {"name": "podinfo", "namespace": "test"}


def families(meters: Meters) -> dict[str, Metric]:
    text = meters.exposition().decode()
    assert "_created" not in text
    return {family.name: family for family in text_string_to_metric_families(text)}


def filled() -> Meters:
    meters = Meters()
    meters.set("flagger_info", 1, {"version": "1", "mesh_provider": "traefik"})
    meters.set_all("flagger_canary_total", "namespace", {"test": 1})
    meters.set("flagger_canary_status", 0, LABELS)
    meters.set("flagger_canary_weight", 95, {"workload": "podinfo-primary", "namespace": "test"})
    meters.set("flagger_canary_metric_analysis", float("nan"), {**LABELS, "metric": "errors"})
    for name in ("flagger_canary_successes_total", "flagger_canary_failures_total"):
        meters.add(name, 1, {**LABELS, "deployment_strategy": "canary", "analysis_status": "completed"})
    meters.observe(DURATION, 0.3, LABELS)
    meters.observe(LATENESS, 11.0, {})
    return meters


def test_names_and_types_are_flaggers() -> None:
    assert {name: family.type for name, family in families(filled()).items()} == {
        "flagger_info": "gauge",
        "flagger_canary_total": "gauge",
        "flagger_canary_status": "gauge",
        "flagger_canary_weight": "gauge",
        "flagger_canary_metric_analysis": "gauge",
        "flagger_canary_successes": "counter",
        "flagger_canary_failures": "counter",
        "flagger_canary_duration_seconds": "histogram",
        "canarytui_tick_lateness_seconds": "histogram",
    }
    lines = filled().exposition().decode().splitlines()
    assert "# TYPE flagger_canary_successes_total counter" in lines
    assert "# HELP flagger_canary_successes_total Rollouts that ended with a promotion." in lines
    assert 'flagger_canary_metric_analysis{metric="errors",name="podinfo",namespace="test"} NaN' in lines


def test_bounds_are_written_as_go_writes_them() -> None:
    samples = families(filled())["flagger_canary_duration_seconds"].samples
    buckets = [(sample.labels["le"], sample.value) for sample in samples if sample.name.endswith("_bucket")]
    assert [bound for bound, _ in buckets] == [
        "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf",
    ]  # fmt: skip
    assert [value for _, value in buckets] == [0.0] * 6 + [1.0] * 6
    late = {sample.name: sample.value for sample in families(filled())["canarytui_tick_lateness_seconds"].samples}
    assert late["canarytui_tick_lateness_seconds_sum"] == 11.0
    assert late["canarytui_tick_lateness_seconds_count"] == 1.0


def test_a_canary_that_has_gone_takes_its_series_along() -> None:
    meters = filled()
    meters.forget("other", "podinfo")
    assert "flagger_canary_status" in families(meters)
    meters.forget("test", "podinfo")
    assert set(families(meters)) == {"flagger_info", "flagger_canary_total", "canarytui_tick_lateness_seconds"}


def test_ticks_go_on_counting_while_it_is_read() -> None:
    meters, problems = filled(), []

    def read() -> None:
        try:
            for _ in range(50):
                meters.exposition()
        except RuntimeError as error:  # a dictionary that changed while it was read
            problems.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    number = 0
    while reader.is_alive():
        number += 1
        meters.observe(DURATION, 0.3, {"name": str(number % 40), "namespace": "test"})
        meters.set("flagger_canary_status", 1, {"name": str(number % 40), "namespace": "test"})
        if number % 40 == 0:
            for gone in range(40):
                meters.forget("test", str(gone))
    reader.join()
    assert problems == []

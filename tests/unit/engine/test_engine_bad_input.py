"""Canaries that cannot be meant, or whose surroundings are missing: one clear Warning, and no traffic moved."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from replacing import replace

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load

PROMOTE = load(Path(__file__).parents[2] / "recordings" / "promote.jsonl")


def with_spec(change: dict[str, Any], analysis: dict[str, Any] | None = None) -> Recording:
    canary = copy.deepcopy(PROMOTE.canary)
    canary["spec"] |= change
    canary["spec"]["analysis"] |= analysis or {}
    return replace(PROMOTE, canary=canary)


def messages(recording: Recording, *, strict: bool = False) -> list[str]:
    settings = ControllerSettings(strict=strict, metrics_server="http://prometheus:9090")
    return RecordingPlayer(recording, settings).play().texts


@pytest.mark.parametrize(
    ("change", "analysis", "text"),
    [
        ({"provider": "nosuch"}, {}, "has provider nosuch, of which this controller knows only"),
        (
            {"autoscalerRef": {"apiVersion": "autoscaling.k8s.io/v1", "kind": "VerticalPodAutoscaler", "name": "x"}},
            {},
            "spec.autoscalerRef.kind VerticalPodAutoscaler of canary promote.r1 is not HorizontalPodAutoscaler or",
        ),
        (
            {"targetRef": {"apiVersion": "v1", "kind": "Pod", "name": "promote"}},
            {},
            "spec.targetRef.kind Pod of canary promote.r1 is not one of Deployment",
        ),
        (
            {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"}},
            {},
            'deployment gone.r1 get query error: deployments.apps "gone" not found',
        ),
    ],
)
def test_what_cannot_be_run_is_said_and_nothing_is_routed(
    change: dict[str, Any], analysis: dict[str, Any], text: str
) -> None:
    recording = with_spec(change, analysis)
    played = RecordingPlayer(recording, ControllerSettings()).play()
    assert any(text in message for message in played.texts)
    assert all(weights == (("promote-primary", 100),) for weights in played.routes)


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ({"name": "m", "query": "up{a='{{ nope }}'}"}, 'function "nope" not defined'),
        ({"name": "m", "query": "up{{"}, "unclosed action"),
        ({"name": "m"}, "no usable metrics template and query were configured"),
    ],
)
def test_a_metric_that_cannot_be_asked_fails_its_check(metric: dict[str, Any], text: str) -> None:
    said = messages(with_spec({}, {"metrics": [metric]}))
    halts = [message for message in said if text in message]
    assert len(halts) == 3, "threshold 3"
    assert said[-2:] == [
        "Rolling back promote.r1 failed checks threshold reached 3",
        "Canary failed! Scaling down promote.r1",
    ]


def test_suspend_is_said_once_unless_strict() -> None:
    suspended = replace(with_spec({"suspend": True}), ticks=4)
    text = "skipping canary run as object is suspended"
    assert messages(suspended).count(text) == 1
    assert messages(suspended, strict=True).count(text) == 4


def test_stepped_promotion_ends() -> None:
    stepped = replace(with_spec({}, {"stepWeightPromotion": 20}), ticks=18)
    played = RecordingPlayer(stepped, ControllerSettings()).play()
    assert played.statuses[-1][0] == "Succeeded"
    assert [message for message in played.texts if "primary weight" in message] == [
        f"Advance promote.r1 primary weight {weight}" for weight in (70, 90, 100)
    ]
    assert all(sum(weight or 0 for _, weight in entries) == 100 for entries in played.routes)


NOTHING = "Halt advancement no values found for custom metric: m: no values found"


@pytest.mark.parametrize(
    ("metric", "answer", "text"),
    [
        ({"query": "up"}, None, "Halt advancement no values found for metric: m"),
        ({"query": "up"}, "ERR", "Prometheus query failed for m: error response: Status 500 Internal Server Error: "),
        ({"query": "up"}, 7, "Halt promote.r1 advancement m 7.00 > 5"),
        (
            {"templateRef": {"name": "t"}},
            None,
            NOTHING,
        ),
        ({"templateRef": {"name": "t"}}, "ERR", "Metric query failed for m: error response: Status 500 "),
        (
            {"templateRef": {"name": "t"}},
            "NaN",
            NOTHING,
        ),
        ({"templateRef": {"name": "t"}, "thresholdRange": {"min": 2.5}}, 2, "Halt promote.r1 advancement m 2.00 < 2.5"),
    ],
)
def test_custom_metrics_halt_in_flaggers_words(metric: dict[str, Any], answer: Any, text: str) -> None:
    analysis = {"metrics": [{"name": "m", "threshold": 5, "interval": "1m", **metric}]}
    recording = replace(with_spec({}, analysis), metric_answers={"template": [answer]})
    assert any(said.startswith(text) for said in messages(recording, strict=True))

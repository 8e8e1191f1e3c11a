"""Shadow checks: read from an annotation in the form of real ones, refused where they could be mistaken."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.console.demo_fixture import canary_object
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION, shadow_metrics
from canarytui.errors import InvalidObject


def canary(text: Any) -> Canary:
    made = canary_object("shop", "cart", "Progressing")
    made["metadata"]["annotations"] = {SHADOW_ANNOTATION: text}
    return Canary.parse(made)


def test_they_are_metrics_like_others() -> None:
    (found,) = shadow_metrics(canary("- name: queue\n  interval: 30s\n  query: up\n  thresholdRange: {max: 5}\n"))
    assert (found.name, found.interval, found.query, found.maximum) == ("queue", "30s", "up", 5)
    assert shadow_metrics(Canary.parse(canary_object("shop", "cart", "Progressing"))) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no list of up to 20 metrics"),
        ("name: x", "is no list of up to 20 metrics"),
        ("&a [*a", "is no list of up to 20 metrics"),
        ("[" * 3000, "is no list of up to 20 metrics"),
        (f"[{', '.join(['{name: a}'] * 21)}]", "is no list of up to 20 metrics"),
        ("- name: request-duration", "a check named request-duration, as another check is"),
        ("- name: a\n- name: a", "a check named a, as another check is"),
        ("- name: a\n  thresholdRange: {max: much}", "metadata.annotations[canarytui.io/shadow-checks].metrics[0]"),
        ("- just text", "metadata.annotations[canarytui.io/shadow-checks].metrics[0]"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, said: str) -> None:
    with pytest.raises(InvalidObject) as refused:
        shadow_metrics(canary(text))
    assert said in str(refused.value)

"""``-no-cross-namespace-refs``: canaries keep to their own namespace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.sandbox import manifests


class Nothing:
    def get(self, kind: str, namespace: str, name: str) -> None:
        return None


def first_words(patch: dict[str, Any], *, blocked: bool) -> str:
    """What a tick of an initialised canary says first."""
    obj = manifests.documents("seed/podinfo-canary.yaml")[0]
    obj["metadata"] |= {"uid": "u", "resourceVersion": "1"}
    obj["status"] = {"phase": "Initialized"}
    analysis = patch.pop("analysis", {})
    obj["spec"] |= patch
    obj["spec"]["analysis"] |= analysis
    settings = ControllerSettings(no_cross_namespace_refs=blocked)
    tick = Tick(Canary.parse(obj), Nothing(), settings, datetime(2026, 1, 1, tzinfo=UTC))
    said = [effect.message for effect in decide(tick) if isinstance(effect, fx.Say)]
    return said[0]


def metrics(namespace: str) -> dict[str, Any]:
    reference = {"name": "not-found", "namespace": namespace}
    return {"analysis": {"metrics": [{"name": "404s", "templateRef": reference, "thresholdRange": {"max": 5}}]}}


@pytest.mark.parametrize(
    ("patch", "what"),
    [
        (metrics("shared"), "metric template not-found.shared"),
        ({"analysis": {"alerts": [{"name": "a", "providerRef": {"name": "slack", "namespace": "shared"}}]}},
         "alert provider slack.shared"),
        ({"upstreamRef": {"name": "up", "namespace": "gloo-system"}}, "gloo upstream up.gloo-system"),
    ],
)  # fmt: skip
def test_a_reference_that_leads_elsewhere_is_refused_only_if_asked(patch: dict[str, Any], what: str) -> None:
    told = f"can't access {what}, cross-namespace references are blocked"
    assert first_words({**patch}, blocked=True) == told
    assert first_words({**patch}, blocked=False) != told


@pytest.mark.parametrize("namespace", ["", "test"])
def test_the_own_namespace_is_no_other(namespace: str) -> None:
    assert "blocked" not in first_words(metrics(namespace), blocked=True)

"""Objects as a cluster has them, and what must not be found."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from crd_fields import spec_of

from canarytui.lint.check import LintOptions
from canarytui.lint.run import findings_of
from canarytui.lint.schema.conformance import SCHEMAS

CANARY: dict[str, Any] = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "Canary",
    "metadata": {"name": "web", "namespace": "shop", "uid": "1", "managedFields": [{"manager": "kubectl"}]},
    "spec": {
        "provider": "gatewayapi:v1",
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "service": {"port": 80, "hosts": ["shop.example.com"], "gatewayRefs": [{"name": "public"}]},
        "analysis": {
            "interval": "1m",
            "threshold": 5,
            "stepWeight": 10,
            "maxWeight": 50,
            "metrics": [{"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}],
        },
    },
    "status": {"phase": "Succeeded", "canaryWeight": 0, "anything": {"else": 1}},
}
ROUTE = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "web", "namespace": "shop", "ownerReferences": [{"kind": "Canary", "name": "web"}]},
    "spec": {"rules": [{"backendRefs": [{"name": "web-primary", "port": 80, "weight": 100}]}]},
}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "shop", "ownerReferences": [{"kind": "Canary", "name": "web"}]},
    "spec": {"selector": {"app": "web-primary"}},
}


def changed(**spec: Any) -> dict[str, Any]:
    canary = copy.deepcopy(CANARY)
    analysis = spec.pop("analysis", {})
    canary["spec"].update(spec)
    canary["spec"]["analysis"].update(analysis)
    return canary


def ids(*objects: dict[str, Any], options: LintOptions = LintOptions()) -> list[str]:  # noqa: B008  # it is frozen
    return [finding.rule.id for finding in findings_of(objects, options)]


def test_live_objects_with_what_the_controller_made_have_no_finding() -> None:
    assert findings_of([CANARY, ROUTE, SERVICE]) == []


def test_a_finding_names_object_namespace_field_and_remedy() -> None:
    (found,) = findings_of([changed(suspend=True)])
    assert (found.object, found.namespace, found.field) == ("canary/web", "shop", "spec.suspend")
    assert found.message.startswith("suspend is true")
    assert found.remedy


@pytest.mark.parametrize("kind", ["Canary", "MetricTemplate", "AlertProvider"])
def test_the_fields_are_those_of_the_definition(kind: str) -> None:
    plural = {"Canary": "canary", "MetricTemplate": "metrictemplate", "AlertProvider": "alertprovider"}[kind]
    assert spec_of(plural) == SCHEMAS[kind]


def test_without_a_provider_nothing_is_claimed_of_one() -> None:
    matching = changed(provider=None, analysis={"match": [{"headers": {"a": {"exact": "b"}}}], "mirror": True})
    assert ids(matching) == []
    assert ids(matching, options=LintOptions(mesh_provider="traefik")) == ["match-ignored", "mirror-ignored"]


def test_the_strategy_decides_what_happens_to_a_match() -> None:
    match = [{"headers": {"a": {"exact": "b"}}}]
    weighted = changed(provider="contour", analysis={"match": match})
    assert "match-ignored" not in ids(weighted)
    (found,) = findings_of([changed(provider="traefik", analysis={"match": match})])
    assert "it has no effect" in found.message


def test_references_are_looked_up_only_where_there_are_some() -> None:
    alerting = changed(analysis={"alerts": [{"name": "a", "severity": "warn", "providerRef": {"name": "slack"}}]})
    provider = {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "AlertProvider",
        "metadata": {"name": "slack", "namespace": "shop"},
        "spec": {"type": "slack", "secretRef": {"name": "url"}},
    }
    assert ids(alerting) == []
    assert ids(alerting, provider) == []
    elsewhere = {**provider, "metadata": {"name": "slack", "namespace": "ops"}}
    assert ids(alerting, elsewhere) == ["alert-provider-not-found"]
    undecided = {**provider, "metadata": {"name": "slack"}}
    assert ids(alerting, undecided) == []


@pytest.mark.parametrize(
    ("rate", "found"), [(None, []), (500.0, []), (1.0, ["step-too-small"]), (0.0, ["step-too-small"])]
)
def test_a_small_step_needs_a_rate(rate: float | None, found: list[str]) -> None:
    assert ids(CANARY, options=LintOptions(requests_per_second=rate)) == found


@pytest.mark.parametrize(
    "value", [[], "text", 7, None, {"analysis": []}, {"targetRef": "web", "analysis": {"metrics": {}}}]
)
def test_any_spec_is_read(value: object) -> None:
    broken = {**CANARY, "spec": value}
    assert findings_of([broken])
    assert findings_of([{"kind": kind, "apiVersion": version, "metadata": value, "spec": value}
                        for kind in ("Deployment", "HTTPRoute", "IngressRoute", "Ingress", "Service", "ScaledObject")
                        for version in ("v1", "apps/v1", "traefik.io/v1alpha1")]) == []  # fmt: skip


def test_a_spec_that_is_no_object_is_not_called_missing() -> None:
    said = [each.message for each in findings_of([{**CANARY, "spec": 7}])]
    assert said == ["spec must be an object, not 7: the API server rejects the object."]


@pytest.mark.parametrize(("weights", "said"), [
    ([10, 5, 50], "gets no further than 10"),
    ([10, 50, 20], "is promoted at 50"),
    ([10, 10], "is promoted at 10"),
    ([5, 5, 50], "gets no further than 5"),
])  # fmt: skip
def test_falling_steps_end_where_flagger_ends_them(weights: list[int], said: str) -> None:
    canary = changed(analysis={"stepWeights": weights})
    for name in ("stepWeight", "maxWeight"):
        del canary["spec"]["analysis"][name]
    (found,) = findings_of([canary])
    assert said in found.message

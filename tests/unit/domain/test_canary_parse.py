"""Canary objects read with Flagger's defaults, and refused in one sentence where they cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.conditions import conditions_for
from canarytui.domain.spec.phases import Phase
from canarytui.domain.spec.revision import attempt_checksum, config_checksum, go_hash, is_foreign, spec_hash
from canarytui.domain.text.durations import format_duration, parse_duration
from canarytui.errors import InvalidObject


def canary(**spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "podinfo", "namespace": "test", "resourceVersion": "7"},
        "spec": {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"},
            "service": {"port": 80},
            "analysis": {"interval": "10s", "threshold": 3, "stepWeight": 5},
            **spec,
        },
    }


def test_defaults_are_flaggers() -> None:
    parsed = Canary.parse(canary(analysis={"metrics": [{"name": "x"}], "webhooks": [{"name": "h", "url": "u"}]}))
    analysis = parsed.spec.analysis
    assert (analysis.interval_s, analysis.threshold, analysis.max_weight) == (60.0, 1, 0)
    assert (analysis.webhooks[0].type, analysis.webhooks[0].timeout_s) == ("rollout", 10.0)
    assert (parsed.spec.progress_deadline_s, parsed.spec.service.target_port) == (600, 80)
    assert (parsed.apex_name, parsed.primary_name) == ("podinfo", "podinfo-primary")
    assert parsed.status.phase is Phase.NONE


def test_services_follow_service_name_but_the_primary_workload_does_not() -> None:
    parsed = Canary.parse(canary(service={"port": 80, "name": "web", "targetPort": "http"}))
    assert parsed.canary_service_name == "web-canary"
    assert parsed.primary_name == "podinfo-primary"


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"analysis": None}, "spec.analysis is missing"),
        ({"analysis": {"stepWeight": 2.5}}, "spec.analysis.stepWeight must be a whole number, not 2.5"),
        ({"analysis": {"metrics": {}}}, None),
        ({"analysis": {"metrics": "x"}}, "spec.analysis.metrics must be a list"),
        ({"targetRef": {"kind": "Deployment"}}, "spec.targetRef.name is missing"),
        ({"suspend": "yes"}, "spec.suspend must be true or false"),
    ],
)
def test_a_field_that_cannot_be_meant_is_named(spec: dict[str, Any], sentence: str | None) -> None:
    if sentence is None:
        assert Canary.parse(canary(**spec)).spec.analysis.metrics == ()
        return
    with pytest.raises(InvalidObject) as caught:
        Canary.parse(canary(**spec))
    assert str(caught.value).startswith("Canary test/podinfo: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds", "printed"),
    [
        ("10s", 10, "10s"),
        ("1m30s", 90, "1m30s"),
        ("98ms", 0.098, "98ms"),
        ("1.5s", 1.5, "1.5s"),
        ("2h", 7200, "2h0m0s"),
        ("0", 0, "0s"),
    ],
)
def test_durations_are_gos(text: str, seconds: float, printed: str) -> None:
    assert parse_duration(text) == pytest.approx(seconds)
    assert format_duration(seconds) == printed


@pytest.mark.parametrize("text", ["", "s", "10", "1x", "1m x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        parse_duration(text)


def test_attempt_checksums_equal_flaggers() -> None:
    assert go_hash("(string)podinfo-00001") == "5498f4fcd6"
    assert attempt_checksum(None, "4cb74184589") == "7c9d467496"
    assert attempt_checksum({}, "6c9dbdd48d") == "bbf76cd8d"
    one, two = {"configmap/a": "1", "secret/b": "2"}, {"secret/b": "2", "configmap/a": "1"}
    assert attempt_checksum(one, "x") == attempt_checksum(two, "x") != attempt_checksum(one, "y")


def test_config_checksums_equal_flaggers() -> None:
    assert config_checksum({"color": "red"}) == "241889ca0604e333"
    assert config_checksum(None) == "74234e98afe7498f"
    assert config_checksum({}) == "44136fa355b3678a"
    assert config_checksum({"apiKey": "dGVzdA=="}) == "3930f0692c2295eb"


def test_revisions_know_their_own_hashes() -> None:
    assert spec_hash({"a": 1, "b": 2}) == spec_hash({"b": 2, "a": 1})
    assert not is_foreign(spec_hash({}))
    assert is_foreign("6949f5d487")


def test_the_condition_moves_only_with_status_and_reason() -> None:
    first = conditions_for(Phase.PROGRESSING, "Deployment", [], "t1")
    assert first[0]["message"] == "New revision detected, progressing canary analysis."
    assert conditions_for(Phase.PROGRESSING, "Deployment", first, "t2") == first
    second = conditions_for(Phase.PROMOTING, "Deployment", first, "t3")[0]
    assert (second["status"], second["lastTransitionTime"], second["lastUpdateTime"]) == (
        "Unknown",
        "t1",
        "t3",
    )
    failed = conditions_for(Phase.FAILED, "Deployment", [second], "t4")[0]
    assert (failed["status"], failed["lastTransitionTime"]) == ("False", "t4")
    assert failed["message"] == "Canary analysis failed, Deployment scaled to zero."

"""The Gateway API's records: both versions read alike, each by its own resource."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import gatewayapi

RECORDS = [gatewayapi.V1, gatewayapi.V1BETA1]


def rule(**weights: int | None) -> dict[str, Any]:
    backends = [
        {"name": f"cart-{side}", **({} if weight is None else {"weight": weight})} for side, weight in weights.items()
    ]
    return {"backendRefs": backends}


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize(
    ("rules", "percent"),
    [
        ([rule(primary=75, canary=25)], 25),
        ([rule(primary=0, canary=100), rule(primary=90, canary=10)], 10),
        ([rule(primary=0, canary=100), rule(primary=100)], 100),
        ([rule(primary=None, canary=None)], 50),
        ([rule(primary=100)], None),
        ("none", None),
    ],
)
def test_the_canarys_part_of_the_weights(record: Any, rules: Any, percent: int | None) -> None:
    assert record.split.canary_percent({"spec": {"rules": rules}}, canary()) == percent


def test_who_gets_how_much_as_a_phrase() -> None:
    split = gatewayapi.V1.split
    assert split is not None
    assert split.shares({"spec": {"rules": [{}, rule(primary=75, canary=25)]}}) == "cart-primary 75, cart-canary 25"


def test_each_version_has_its_resource() -> None:
    assert [record.split.object.resource.api_version for record in RECORDS if record.split] == [
        "gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1",
    ]  # fmt: skip
    assert {record.family for record in RECORDS} == {"gatewayapi"}


@pytest.mark.parametrize("record", RECORDS)
def test_hostnames_of_a_route_that_leads_here(record: Any) -> None:
    [entrance] = record.entrances
    spec = {"hostnames": ["a.example"], "rules": [rule(canary=1)]}
    assert [each.host for each in entrance.read(spec, NAMES)] == ["a.example"]
    assert entrance.read(spec, frozenset({"other"})) == []

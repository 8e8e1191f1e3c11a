"""Traefik's record: weights, the phrase, what a person may edit, and the hosts of IngressRoutes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import traefik

SPLIT = traefik.PROVIDER.split
assert SPLIT is not None


def router(*services: Any) -> dict[str, Any]:
    return {"spec": {"weighted": {"services": list(services)}}}


def entry(side: str, **weight: Any) -> dict[str, Any]:
    return {"name": f"cart-{side}", "port": 80, **weight}


@pytest.mark.parametrize(
    ("services", "percent"),
    [
        ([entry("primary", weight=80), entry("canary", weight=20)], 20),
        ([entry("primary", weight=100)], 0),
        ([entry("primary"), entry("canary")], 50),
        ([entry("primary", weight=0), entry("canary", weight=0)], 0),
        ([entry("primary", weight=1), entry("canary", weight=2)], 67),
        ([entry("canary", weight=20)], None),
        ([entry("primary", weight=float("inf"))], None),
        ([None, 3, {"name": 7}], None),
        ([], None),
    ],
)
def test_the_canarys_part_of_the_weights(services: list[Any], percent: int | None) -> None:
    assert SPLIT.canary_percent(router(*services), canary()) == percent


def test_who_gets_how_much_as_a_phrase() -> None:
    assert SPLIT.shares(router(entry("primary", weight=80), entry("canary"))) == "cart-primary 80, cart-canary 1"
    assert SPLIT.shares(router({"weight": "\x1b[2J9"})) == "unnamed 9"
    assert SPLIT.shares({"spec": "none"}) == ""


def test_its_name_and_both_of_its_groups() -> None:
    assert SPLIT.place(canary()) == ("shop", "cart")
    assert [each.group for each in SPLIT.resources] == ["traefik.io", "traefik.containo.us"]


def test_edited_weights_keep_the_rest_of_an_entry() -> None:
    entries = entry("primary", weight=80, sticky={"cookie": {}}), entry("canary", weight=20), entry("third")
    live = router(*entries)
    before = copy.deepcopy(live)
    edited = entry("primary", weight=60, sticky={"cookie": {}}), entry("canary", weight=40), entry("third")
    assert SPLIT.reweighted(live, canary(), 60, 40) == {"spec": router(*edited)["spec"]}
    assert live == before, "they are copies"
    assert SPLIT.reweighted(router(*entries[:1]), canary(), 60, 40) is None


def test_hosts_of_the_rules_that_lead_here() -> None:
    [entrance] = traefik.PROVIDER.entrances
    routes = [
        {"match": "Host(`a.example`, `b.example`) && PathPrefix(`/api/`)", "services": [{"name": "cart"}]},
        {"match": "Host(`other.example`)", "services": [{"name": "other"}]},
        {"match": "HostRegexp(`.*`)", "services": [{"name": "cart"}]},
        {"match": None, "services": [{"name": "cart"}]},
    ]
    found = entrance.read({"routes": routes, "tls": {}}, NAMES)
    assert [(each.host, each.prefix, each.tls) for each in found] == [
        ("a.example", "/api", True), ("b.example", "/api", True),
    ]  # fmt: skip

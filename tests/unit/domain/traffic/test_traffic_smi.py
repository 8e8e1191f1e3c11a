"""SMI's records, with Linkerd's and OSM's: weights of every form, the phrase, names, and the host of a TrafficSplit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from traffic_canary import NAMES, canary

from canarytui.domain.traffic import ingresses, linkerd, osm, registry, smi
from canarytui.domain.traffic.provider import TrafficProvider

RECORDS = {
    linkerd.PROVIDER: "v1alpha1",
    osm.PROVIDER: "v1alpha2",
    smi.V1ALPHA1: "v1alpha1",
    smi.V1ALPHA2: "v1alpha2",
    smi.V1ALPHA3: "v1alpha3",
}


def router(*weights: Any, **spec: Any) -> dict[str, Any]:
    sides = ("canary", "primary", "third")
    backends = [{"service": f"cart-{side}", "weight": weight} for side, weight in zip(sides, weights, strict=False)]
    return {"spec": {"service": "cart", "backends": backends, **spec}}


@pytest.mark.parametrize(
    ("written", "weight"),
    [
        (20, 20), (0, 0), (12.5, "12.5"), ("20", 20), ("+20", 20), ("500m", "0.5"), ("1500m", "1.5"), ("2k", 2000),
        (".5", "0.5"), ("5.", 5), ("1e2", 100), ("1E2", 100), ("5e-1", "0.5"), ("1Ki", 1024), ("1Mi", 1024**2),
        ("1E", 10**18), ("1Ei", 1024**6), ("100u", "0.0001"), ("1n", "0.000000001"),
        ("", None), ("x", None), ("-1", None), (-1, None), ("1 ", None), ("1kg", None), ("0x10", None), (None, None),
        (True, None), ([20], None), (float("nan"), None), (float("inf"), None), ("9" * 400, None), ("1e999", None),
    ],
)  # fmt: skip
def test_a_weight_is_a_number_or_a_quantity(written: object, weight: Any) -> None:
    assert smi.weight(written) == (None if weight is None else Decimal(weight))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_the_canarys_part_of_the_weights(record: TrafficProvider) -> None:
    assert record.split is not None
    for weights, percent in (
        ((20, 80), 20),
        (("20", "80"), 20),
        (("500m", "1500m"), 25),
        ((0, 100), 0),
        ((100, 0), 100),
        ((0, 0), 0),
        ((10, 40, 50), 10),
        (("x", 100), None),
        ((None, 100), None),
        ((100,), None),
        ((), None),
    ):
        assert record.split.canary_percent(router(*weights), canary()) == percent, weights
    for spec in (None, "none", {"backends": "none"}, {"backends": [None, 3]}):
        assert record.split.canary_percent({"spec": spec}, canary()) is None


@pytest.mark.parametrize(("record", "version"), RECORDS.items(), ids=lambda each: str(getattr(each, "name", each)))
def test_each_has_its_version_and_is_labelled_as_retired(record: TrafficProvider, version: str) -> None:
    assert record.split is not None
    assert [each.api_version for each in record.split.resources] == [f"split.smi-spec.io/{version}"]
    assert record.split.place(canary(service={"name": "shop"})) == ("shop", "shop")
    assert not record.upstream.alive
    assert (record.splits, record.matches, record.mirrors, record.keeps_sessions) == (True, False, False, False)
    assert record.any_mesh == record.name.startswith("smi:")
    live = {"kind": "TrafficSplit", "apiVersion": f"split.smi-spec.io/{version}", **router("20", "80")}
    assert registry.shares(live) == "cart-canary 20, cart-primary 80"


def test_who_gets_how_much_as_a_phrase() -> None:
    assert smi.V1ALPHA1.split is not None
    assert smi.V1ALPHA1.split.shares(router("\x1b[2J9", "500m")) == "cart-canary 9, cart-primary 500m"
    assert smi.V1ALPHA1.split.shares({"spec": "none"}) == ""


@pytest.mark.parametrize(
    ("spec", "hosts"),
    [
        (router(20, 80, service="app.example.com"), ["app.example.com"]),
        (router(20, 80), []),
        ({"spec": {"service": "app.example.com", "backends": [{"service": "other"}]}}, []),
        ({"spec": {"service": 7, "backends": None}}, []),
    ],
)
def test_a_root_service_that_is_a_host_leads_here(spec: dict[str, Any], hosts: list[str]) -> None:
    assert [each.host for each in smi.ENTRANCE.read(spec["spec"], NAMES)] == hosts
    for record in RECORDS:
        assert smi.ENTRANCE in record.entrances
    assert ingresses.ENTRANCE in linkerd.PROVIDER.entrances, "the usual way into a mesh"

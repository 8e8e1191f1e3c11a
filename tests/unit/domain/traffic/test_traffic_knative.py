"""How the split is read from a Service of Knative's."""

from __future__ import annotations

from typing import Any

import pytest
from knative_service import FIRST, SECOND, entry, knative_service, split_service
from traffic_canary import canary

from canarytui.domain.traffic import registry
from canarytui.domain.traffic.knative import PROVIDER, latest_revision, primary_revision

SPLIT = PROVIDER.split
assert SPLIT is not None


def test_it_is_the_target_whatever_the_services_name() -> None:
    assert SPLIT.place(canary(service={"name": "shop", "port": 80})) == ("shop", "cart")


@pytest.mark.parametrize("percent", [0, 20, 100])
def test_the_canarys_share_is_that_of_the_latest_revision(percent: int) -> None:
    service = split_service(percent)
    assert SPLIT.canary_percent(service, canary()) == percent
    assert registry.shares(service) == f"{SECOND} {percent}, {FIRST} {100 - percent}"
    assert (latest_revision(service), primary_revision(service)) == (SECOND, FIRST)


def test_the_status_counts_and_tags_have_no_share() -> None:
    service = knative_service(
        SECOND,
        FIRST,
        [{"latestRevision": True, "percent": 60}],
        [entry(20, SECOND, latest=True), entry(80, FIRST), {"tag": "old", "revisionName": "podinfo-00000"}],
    )
    assert SPLIT.canary_percent(service, canary()) == 20
    assert registry.shares(service) == f"{SECOND} 20, {FIRST} 80"


def test_without_a_primary_there_is_no_canary() -> None:
    assert SPLIT.canary_percent(knative_service(primary=""), canary()) is None


def test_the_primarys_revision_is_no_canary_though_it_be_the_latest() -> None:
    everything = [entry(100, FIRST, latest=True)]
    assert SPLIT.canary_percent(knative_service(status=everything), canary()) == 0
    both = [entry(60, FIRST, latest=True), entry(40, FIRST)]
    assert SPLIT.canary_percent(knative_service(status=both), canary()) == 0
    promoting = split_service(60, primary=SECOND)
    assert SPLIT.canary_percent(promoting, canary()) == 60, "its predecessor still serves the rest"


@pytest.mark.parametrize(
    ("status", "percent"),
    [
        (None, None),
        ("", None),
        ({"traffic": None}, None),
        ({"traffic": "all"}, None),
        ({"traffic": [7, None]}, None),
        ({"traffic": [{"latestRevision": True, "percent": "20"}]}, 0),
        ({"traffic": [{"latestRevision": "yes", "percent": 20}]}, 0),
        ({"traffic": [{"latestRevision": True, "percent": 900}]}, 100),
    ],
)
def test_what_is_odd_is_never_an_error(status: Any, percent: int | None) -> None:
    service = {**knative_service(), "status": status}
    assert SPLIT.canary_percent(service, canary()) == percent
    assert isinstance(SPLIT.shares(service), str)
    assert latest_revision(service) == ""
    assert primary_revision({"metadata": {"annotations": [1]}}) == ""


def test_kubernetes_own_service_is_not_read() -> None:
    assert registry.splits_of({"apiVersion": "v1", "kind": "Service"}) == ()

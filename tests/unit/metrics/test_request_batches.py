"""Joined queries of every provider: how many canaries fit, and whose series are whose."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest

from canarytui.domain.rollout.request_numbers import Side
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.metrics.promql import parsed
from canarytui.metrics.providers.prometheus_vector import Sample
from canarytui.metrics.request_batches import BatchMember, RequestBatch, batch_member, request_batches
from canarytui.metrics.request_queries import LENGTH_MOST, PART, request_queries


def member(provider: str, namespace: str, name: str) -> BatchMember | None:
    spec = {
        "provider": provider,
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "ingressRef": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": name},
        "service": {"port": 80},
        "analysis": {},
    }
    canary = Canary.parse({"metadata": {"name": name, "namespace": namespace}, "spec": spec})
    queries = request_queries(canary, provider)
    return batch_member(queries) if queries is not None else None


JOINED = sorted(each.name for each in registry.providers() if member(each.name, "shop", "cart") is not None)


def test_most_providers_requests_can_be_joined() -> None:
    assert len(JOINED) >= 12


@pytest.mark.parametrize("provider", JOINED)
def test_a_hundred_canaries_take_few_short_queries(provider: str) -> None:
    names = [(f"team-{number % 7}", f"payment-service-{number:03}") for number in range(100)]
    members = [found for each in names if (found := member(provider, *each)) is not None]
    assert len({each.shape for each in members}) == 1
    batches = [RequestBatch(tuple(members[at] for at in places)) for places in request_batches(tuple(members), 100)]
    assert sum(len(each.members) for each in batches) == 100
    queries = [query for batch in batches for query in batch.queries(60)]
    assert all(len(quote_plus(query)) <= LENGTH_MOST for query in queries)
    assert all(parsed(query) is not None for query in queries)
    assert len(queries) <= 10


def test_each_sample_goes_to_the_canary_whose_selector_has_it() -> None:
    names = [("a", "cart"), ("b", "web"), ("b", "cart-x")]
    members = [found for each in names if (found := member("istio", *each)) is not None]
    batch = RequestBatch(tuple(members))

    def sample(namespace: str, workload: str, code: str, value: float) -> Sample:
        labels = {"destination_workload_namespace": namespace, "destination_workload": workload}
        return Sample({PART: "counts", **labels, "response_code": code}, value)

    found = batch.split(
        [
            sample("a", "cart", "200", 5),
            sample("a", "cart", "503", 2),
            sample("b", "cart", "200", 99),  # matched by the joined selector, and nobody's
            sample("b", "web-primary", "200", 7),
            sample("b", "cart-x", "200", float("nan")),
        ]
    )
    counts = [tuple(each.counts(side, one.queries) for side in Side) for each, one in zip(found, members, strict=True)]
    assert [(canary.total, canary.failed, primary.total) for canary, primary in counts] == [
        (7, 2, 0),
        (0, 0, 7),
        (0, 0, 0),
    ]


@pytest.mark.parametrize("name", ["c(a+)+", "a|b", 'a"b', "a\\b"])
def test_a_name_that_is_no_plain_one_is_not_joined(name: str) -> None:
    assert member("traefik", "shop", name) is None

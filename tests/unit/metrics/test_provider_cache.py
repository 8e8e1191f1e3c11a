"""Providers are kept between queries, one for each configuration, and not without bound."""

from __future__ import annotations

import pytest

from canarytui.cluster.client import Cluster
from canarytui.metrics import provider_cache
from canarytui.metrics.provider_cache import ProviderCache
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.prometheus import PrometheusProvider
from canarytui.metrics.providers.prometheus_batching import BatchedPrometheus


def spec(number: int = 0, **more: str) -> ProviderSpec:
    return ProviderSpec(
        "prometheus", f"http://p{number}.test", headers={name: (value,) for name, value in more.items()}
    )


async def test_equal_configurations_share_a_provider(lone_cluster: Cluster) -> None:
    cache = ProviderCache(lone_cluster)
    first = cache.get(spec())
    assert isinstance(first, PrometheusProvider)
    assert cache.get(spec()) is first
    assert cache.get(spec(tenant="shop")) is not first
    assert ProviderCache(lone_cluster).get(spec()) is not first


async def test_who_asks_for_many_gets_a_provider_that_joins_queries(lone_cluster: Cluster) -> None:
    assert isinstance(ProviderCache(lone_cluster, batched=True).get(spec()), BatchedPrometheus)


async def test_the_one_not_used_for_longest_goes(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_cache, "MOST", 3)
    cache = ProviderCache(lone_cluster)
    made = [cache.get(spec(number)) for number in range(3)]
    assert cache.get(spec(0)) is made[0]
    cache.get(spec(3))
    assert cache.get(spec(0)) is made[0]
    assert cache.get(spec(2)) is made[2]
    assert cache.get(spec(1)) is not made[1]


async def test_an_unknown_type_is_a_key_error(lone_cluster: Cluster) -> None:
    with pytest.raises(KeyError, match="nobody"):
        ProviderCache(lone_cluster).get(ProviderSpec("nobody"))

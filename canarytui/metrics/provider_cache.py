"""Providers that are kept between queries, so that what they hold (a client, queries that wait to be joined) is shared.

The engine's interpreter and the console's poller have one each.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import MetricProvider
from canarytui.metrics.providers.registry import open_provider

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster

MOST = 500
"""A credential that is rotated makes a new provider: the one that was not used for longest goes."""


class ProviderCache:
    """`batched`: many canaries ask at once, as in the controller."""

    def __init__(self, cluster: Cluster, *, batched: bool = False) -> None:
        self._cluster = cluster
        self._batched = batched
        self._kept: dict[Hashable, MetricProvider] = {}

    def get(self, spec: ProviderSpec) -> MetricProvider:
        """The provider of `spec`, a new one when there is none yet.

        Raises:
            KeyError: its type is not known.
        """
        identity = spec.identity
        found = self._kept.pop(identity, None)
        if found is None:
            found = open_provider(self._cluster, spec)
            found = found.batched() if self._batched else found
        self._kept[identity] = found
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
        return found

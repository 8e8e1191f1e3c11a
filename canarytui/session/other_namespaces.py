"""Where else there are canaries: for a list that is empty in the one namespace that is watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES
from canarytui.domain.values import as_mapping, as_mappings
from canarytui.errors import CanarytuiError

_MOST = "500"
"""Canaries that are counted: it is a hint, no inventory."""


async def canaries_elsewhere(cluster: Cluster, scope: str) -> Mapping[str, int]:
    """How many canaries each namespace but `scope` has; none if `scope` is "" (all are watched), or where they may not
    be listed."""
    if not scope:
        return {}
    try:
        page = await cluster.request("GET", CANARIES.path(), query={"limit": _MOST})
    except CanarytuiError:
        return {}
    namespaces = (as_mapping(obj.get("metadata")).get("namespace") for obj in as_mappings(page.get("items")))
    counts = Counter(str(namespace) for namespace in namespaces if namespace and namespace != scope)
    return dict(sorted(counts.items()))

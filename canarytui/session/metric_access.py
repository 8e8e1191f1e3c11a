"""What past values are read with: a cluster, and a person's own Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster


class MetricAccess(Struct, frozen=True):
    """`prometheus` is the person's own address, "" for the controller's."""

    cluster: Cluster
    prometheus: str

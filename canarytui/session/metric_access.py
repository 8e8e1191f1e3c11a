"""What past values are read with: a cluster, and a person's own Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster


@dataclass(frozen=True, slots=True)
class MetricAccess:
    """`prometheus` is the person's own address, "" for the controller's."""

    cluster: Cluster
    prometheus: str

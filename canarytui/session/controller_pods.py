"""The controller's pods, by its Deployment's own selector: their logs say what it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import DEPLOYMENTS, PODS
from canarytui.domain.values import as_mapping


async def controller_pods(cluster: Cluster, namespace: str, deployment: str) -> list[Mapping[str, Any]]:
    """Pods of a Deployment; none where it selects by anything but labels.

    Raises:
        CanarytuiError: the Deployment or its pods cannot be read.
    """
    found = await cluster.request("GET", DEPLOYMENTS.path(namespace, deployment))
    labels = as_mapping(as_mapping(as_mapping(found.get("spec")).get("selector")).get("matchLabels"))
    selector = ",".join(f"{name}={value}" for name, value in labels.items())
    return await selected_pods(cluster, namespace, selector) if selector else []


async def selected_pods(cluster: Cluster, namespace: str, selector: str) -> list[Mapping[str, Any]]:
    """Pods with these labels (``app=flagger``).

    Raises:
        CanarytuiError: they cannot be read.
    """
    page = await cluster.request("GET", PODS.path(namespace), query={"labelSelector": selector})
    items = page.get("items")
    return [pod for pod in items if isinstance(pod, Mapping)] if isinstance(items, list) else []

"""Prometheus' scrape targets, kept in a file in its file_sd format.

Prometheus in a cluster discovers pods itself. Here pod IPs are only names, so the data plane writes where each
annotated pod really listens, with the labels that Flagger's Prometheus gives to pods.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from canarytui.sandbox.backends import pod_address
from canarytui.sandbox.client.object_store import WatchedStore
from canarytui.sandbox.values import ReadOnlyObject

_NOT_LABEL = re.compile(r"[^a-zA-Z0-9_]")
_PREFIX = "prometheus.io/"


def scrape_targets(pods: Iterable[ReadOnlyObject]) -> list[dict[str, Any]]:
    """One target group per pod annotated ``prometheus.io/scrape: "true"`` that listens at its scrape port."""
    groups = []
    for pod in pods:
        metadata = pod["metadata"]
        annotations = metadata.get("annotations") or {}
        if annotations.get(f"{_PREFIX}scrape") != "true" or metadata.get("deletionTimestamp"):
            continue
        port = str(annotations.get(f"{_PREFIX}port") or _first_port(pod))
        address = pod_address(pod, port)
        if address is None:
            continue
        labels = {_label(name): str(value) for name, value in (metadata.get("labels") or {}).items()}
        labels["kubernetes_namespace"] = str(metadata.get("namespace") or "")
        labels["kubernetes_pod_name"] = str(metadata["name"])
        labels["instance"] = f"{(pod.get('status') or {}).get('podIP', '')}:{port}"
        labels["__metrics_path__"] = str(annotations.get(f"{_PREFIX}path") or "/metrics")
        labels["__scheme__"] = str(annotations.get(f"{_PREFIX}scheme") or "http")
        groups.append({"targets": [address], "labels": labels})
    return sorted(groups, key=lambda group: str(group["labels"]["instance"]))


class TargetsFile:
    """Keeps the file up to date with the pods."""

    def __init__(self, pods: WatchedStore, path: Path) -> None:
        self._pods = pods
        self._path = path
        self._written = ""
        self._write()
        pods.subscribe(lambda keys: self._write())

    def _write(self) -> None:
        text = json.dumps(scrape_targets(self._pods.objects()), indent=1)
        if text == self._written:
            return
        fresh = self._path.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self._path)  # a reader sees the old file or the new one, never half of one
        self._written = text


def _first_port(pod: ReadOnlyObject) -> str:
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            return str(port["containerPort"])
    return ""


def _label(name: str) -> str:
    return _NOT_LABEL.sub("_", name)

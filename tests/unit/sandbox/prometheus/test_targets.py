"""Scrape targets from annotated pods, in Prometheus' file_sd format."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from canarytui.sandbox.client.object_store import WatchedStore
from canarytui.sandbox.client.resources import PODS
from canarytui.sandbox.constants import LISTEN_ANNOTATION
from canarytui.sandbox.prometheus.targets import TargetsFile, scrape_targets


def pod(name: str = "p", **annotations: str) -> dict[str, Any]:
    listens = {LISTEN_ANNOTATION: json.dumps({"9898": "127.0.0.1:4000", "9797": "127.0.0.1:4001"})}
    notes = {f"prometheus.io/{key}": value for key, value in annotations.items()}
    return {
        "metadata": {
            "name": name,
            "namespace": "test",
            "labels": {"app.kubernetes.io/name": "x"},
            "annotations": notes | listens,
        },
        "spec": {"containers": [{"ports": [{"containerPort": 9898}]}]},
        "status": {"podIP": "10.42.0.2"},
    }


def test_an_annotated_pod_is_a_target_where_it_really_listens() -> None:
    assert scrape_targets([pod(scrape="true", port="9797", path="/m")]) == [
        {
            "targets": ["127.0.0.1:4001"],
            "labels": {
                "app_kubernetes_io_name": "x",
                "kubernetes_namespace": "test",
                "kubernetes_pod_name": "p",
                "instance": "10.42.0.2:9797",
                "__metrics_path__": "/m",
                "__scheme__": "http",
            },
        }
    ]


@pytest.mark.parametrize(
    ("annotations", "addresses"),
    [
        ({"scrape": "true"}, ["127.0.0.1:4000"]),
        ({}, []),
        ({"scrape": "false"}, []),
        ({"scrape": "true", "port": "1"}, []),
    ],
)
def test_which_pods_are_scraped(annotations: dict[str, str], addresses: list[str]) -> None:
    assert [target for group in scrape_targets([pod(**annotations)]) for target in group["targets"]] == addresses


def test_a_pod_that_ends_is_no_target() -> None:
    ending = pod(scrape="true")
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert scrape_targets([ending]) == []


async def test_the_file_follows_the_pods(tmp_path: Path) -> None:
    path, pods = tmp_path / "targets.json", WatchedStore(PODS)
    TargetsFile(pods, path)
    assert json.loads(path.read_text()) == []
    pods.put(pod(scrape="true"))
    await asyncio.sleep(0)
    assert len(json.loads(path.read_text())) == 1
    assert not path.with_suffix(".new").exists()

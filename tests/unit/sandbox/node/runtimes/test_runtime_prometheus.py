"""The Prometheus pod: its configuration, its port, its interval."""

from __future__ import annotations

import json
from pathlib import Path

import aiohttp
import pytest
from dataplane_rig import launch_of

from canarytui.sandbox.constants import EMBEDDED_ENV
from canarytui.sandbox.node.runtimes.prometheus import PrometheusPlace, scrape_interval_s, start_prometheus
from canarytui.sandbox.servers import bind, port_of


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [
        (["--sandbox.scrape-interval=1s"], 1),
        (["--x", "--sandbox.scrape-interval=250ms"], 0.25),
        ([], 5),
        (["--sandbox.scrape-interval=soon"], 5),
    ],
)
def test_the_interval_of_its_arguments(arguments: list[str], seconds: float) -> None:
    assert scrape_interval_s(arguments) == seconds


async def test_it_scrapes_the_targets_of_the_file_on_the_port_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EMBEDDED_ENV, "1")
    with bind(0) as free:
        port = port_of(free)
    targets = tmp_path / "targets.json"
    targets.write_text(json.dumps([{"targets": ["127.0.0.1:1"], "labels": {"app": "x"}}]))
    launch = launch_of("prom/prometheus", args=["--sandbox.scrape-interval=100ms"], ports=[{"containerPort": 9090}])
    instance = await start_prometheus(launch, PrometheusPlace(tmp_path, targets, port))
    assert instance.listens == {9090: f"127.0.0.1:{port}"}
    url = f"http://127.0.0.1:{port}/api/v1/query"
    found: list[dict[str, object]] = []
    async with aiohttp.ClientSession() as client:
        while not found:
            try:
                async with client.get(url, params={"query": 'up{app="x"}'}) as answer:
                    found = (await answer.json())["data"]["result"]
            except aiohttp.ClientConnectionError:
                continue
    assert found[0]["value"][1] == "0"  # type: ignore[index]
    await instance.stop(5)

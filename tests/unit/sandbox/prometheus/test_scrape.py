"""Scraping: configuration and targets, samples and their end, targets that answer without end."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from dataplane_rig import until

from canarytui.sandbox.errors import UnusableConfig
from canarytui.sandbox.prometheus.scrape import Job, Scraper, ScrapeTarget, read_config
from canarytui.sandbox.prometheus.storage import SeriesStorage
from canarytui.sandbox.servers import HttpServers, plain_server

MIB = 1 << 20


@pytest.mark.parametrize("coding", ["", "gzip"])
async def test_an_endless_target_is_down_and_takes_no_memory(coding: str) -> None:
    sent = 0
    piece = b"# " + b"a" * MIB + b"\n"
    bomb = gzip.compress(piece * 64) if coding else b""

    async def metrics(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Encoding": coding} if coding else {})
        await response.prepare(request)
        for _ in range(256):
            await response.write(bomb or piece)
            sent += 1
        return response

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    storage = SeriesStorage()
    try:
        async with aiohttp.ClientSession() as session:
            scraper = Scraper(storage, session)
            target: Any = ScrapeTarget("http://{}:{}/metrics".format(*runner.addresses[0][:2]), (("job", "x"),))
            tracemalloc.start()
            try:
                await scraper._scrape(target, 20.0)
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            assert scraper.health[target] == "body size limit exceeded"
            assert peak < 40 * MIB
            assert sent < 100
    finally:
        await runner.cleanup()


def job_of(tmp_path: Path, text: str) -> Job:
    path = tmp_path / "prometheus.yml"
    path.write_text(text)
    (job,) = read_config(path)
    return job


def test_a_configuration_is_read_with_its_defaults(tmp_path: Path) -> None:
    job = job_of(
        tmp_path,
        "global: {scrape_interval: 1m30s}\n"
        "scrape_configs: [{job_name: j, static_configs: [{targets: ['a:1', 'b:2'], labels: {x: y}}]}]",
    )
    assert (job.interval_s, job.timeout_s) == (90, 10)
    assert [(target.url, dict(target.labels)) for target in job.targets()] == [
        (f"http://{address}/metrics", {"job": "j", "instance": address, "x": "y"}) for address in ("a:1", "b:2")
    ]


def test_targets_of_a_file_are_read_anew_and_a_broken_file_lists_none(tmp_path: Path) -> None:
    job = job_of(tmp_path, "scrape_configs: [{job_name: j, file_sd_configs: [{files: [targets.json]}]}]")
    assert job.targets() == []
    labels = {"__metrics_path__": "/m", "__scheme__": "https", "instance": "pod"}
    (tmp_path / "targets.json").write_text(json.dumps([{"targets": ["a:1"], "labels": labels}]))
    assert [(target.url, dict(target.labels)) for target in job.targets()] == [
        ("https://a:1/m", {"job": "j", "instance": "pod"})
    ]
    (tmp_path / "targets.json").write_text("[{")
    assert job.targets() == []


@pytest.mark.parametrize("text", ["[", "scrape_configs: [{}]", "- 1", "scrape_configs: 7"])
def test_a_file_that_is_no_configuration_is_named(text: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableConfig, match="is no configuration that can be used"):
        job_of(tmp_path, text)


async def test_a_target_is_scraped_and_its_series_end_when_it_is_gone(tmp_path: Path) -> None:
    text = 'a 1\nb{job="own"} 2\n'

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=text)

    servers = HttpServers(lambda port: plain_server(serve))
    await servers.start([80])
    files = tmp_path / "targets.json"
    files.write_text(json.dumps([{"targets": [servers.listens[80]], "labels": {"instance": "i"}}]))
    job = Job("j", 0.02, 5, (), (files,))
    storage = SeriesStorage()

    def values() -> dict[str, float | None]:
        now = time.time()
        return {str(dict(series.labels)["__name__"]): series.at(now) for series in storage}

    async with aiohttp.ClientSession() as session:
        running = asyncio.create_task(Scraper(storage, session).run(job))
        await until(lambda: values().get("b") == 2)
        assert values()["up"] == 1
        (b,) = (series.labels for series in storage if dict(series.labels)["__name__"] == "b")
        assert dict(b) == {"__name__": "b", "job": "j", "exported_job": "own", "instance": "i"}
        text = "a 3\n"
        await until(lambda: values()["a"] == 3)
        assert values()["b"] is None
        text = "not a metric"
        await until(lambda: values()["up"] == 0)
        assert values()["a"] is None
        files.write_text("[]")
        await until(lambda: values()["up"] is None)
        running.cancel()
    await servers.abort()

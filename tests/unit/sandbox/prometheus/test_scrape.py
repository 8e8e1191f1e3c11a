"""A target of the embedded Prometheus that answers without end, or with a gzip bomb."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from canarytui.sandbox.prometheus.scrape import Scraper, Target
from canarytui.sandbox.prometheus.storage import Storage

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
    storage = Storage()
    try:
        async with aiohttp.ClientSession() as session:
            scraper = Scraper(storage, session)
            target: Any = Target("http://{}:{}/metrics".format(*runner.addresses[0][:2]), (("job", "x"),))
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

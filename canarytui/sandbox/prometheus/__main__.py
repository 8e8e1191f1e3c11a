"""``python -m canarytui.sandbox.prometheus``: takes the flags with which the sandbox starts the real binary."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

import aiohttp
from aiohttp import web

from canarytui.sandbox.background import in_background
from canarytui.sandbox.errors import PortInUse, SandboxError
from canarytui.sandbox.output import CommandParser, complain, prepare
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.scrape import Scraper, read_config
from canarytui.sandbox.prometheus.storage import SeriesStorage


async def run(config: Path, listen: str) -> None:
    """Serve and scrape until told to end; raises SandboxError when that cannot begin."""
    jobs = read_config(config)
    storage = SeriesStorage()
    host, _, port = listen.rpartition(":")
    async with aiohttp.ClientSession() as session:
        scraper = Scraper(storage, session)
        runner = web.AppRunner(PrometheusApi(storage, scraper).make_app(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, host or "127.0.0.1", int(port)).start()
        except OSError as error:
            await runner.cleanup()
            raise PortInUse(f"{listen} cannot be listened on: {error.strerror}. Choose another address.") from error
        tasks = [in_background(scraper.run(job), "scraper") for job in jobs]
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        await runner.cleanup()


def main() -> int:
    """Parse the command line and run."""
    prepare()
    parser = CommandParser(prog="python -m canarytui.sandbox.prometheus")
    parser.add_argument("--config.file", dest="config", type=Path, required=True)
    parser.add_argument("--web.listen-address", dest="listen", default="127.0.0.1:9090")
    options = parser.parse_args()
    try:
        asyncio.run(run(options.config, options.listen))
    except SandboxError as error:
        complain(error, "prometheus")
        return error.exit_code
    return 0


sys.exit(main())

"""``/healthz`` and ``/metrics``, as Flagger serves them, and when the former says no."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from aiohttp import web

from canarytui.cluster.store import ObjectStore
from canarytui.engine.runtime.meters import CONTENT_TYPE, Meters
from canarytui.errors import PortTaken

STALE_S = 180.0
"""How long a watch may be down: longer than an API server takes to restart."""
LATE_S = 120.0
"""A canary that waits for longer than any interval's worth of other canaries' ticks should take."""


def problem(stores: Iterable[ObjectStore], lateness_s: float, now: datetime | None = None) -> str:
    """Why the process should be restarted, in a sentence; "" when it should not.

    Kinds that could never be listed do not count: the canaries that need them have a warning.
    """
    moment = now or datetime.now(UTC)
    for store in stores:
        if store.synced and store.stale_since is not None:
            down_s = (moment - store.stale_since).total_seconds()
            if down_s > STALE_S:
                return f"the watch on {store.resource.full_name} has been down for {down_s:.0f} s: {store.error}"
    if lateness_s > LATE_S:
        return f"a canary has been due for {lateness_s:.0f} s and no worker was free: raise -threadiness"
    return ""


async def serve_health(meters: Meters, host: str, port: int, ask: Callable[[], str]) -> web.AppRunner:
    """Start listening; call the runner's ``cleanup`` to stop. `ask` returns what is wrong, "" for nothing.

    Raises:
        PortTaken: another process listens there.
    """

    async def healthz(request: web.Request) -> web.Response:
        wrong = ask()
        return web.Response(text=wrong or "OK", status=503 if wrong else 200)

    async def metrics(request: web.Request) -> web.Response:
        # A thousand canaries take a sixth of a second, in which ticks go on.
        return web.Response(body=await asyncio.to_thread(meters.exposition), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise PortTaken(f"{host}:{port} cannot be listened on ({error.strerror}): choose another -port.") from error
    return runner

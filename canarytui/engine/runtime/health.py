"""``/healthz`` and ``/metrics``, as Flagger serves them."""

from __future__ import annotations

import errno

from aiohttp import web

from canarytui.engine.runtime.meters import Meters
from canarytui.errors import PortTaken


async def serve_health(meters: Meters, host: str, port: int) -> web.AppRunner:
    """Listen; clean the runner up to end it.

    Raises:
        PortTaken: another process listens there.
    """

    async def healthz(request: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(text=meters.text(), content_type="text/plain")

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

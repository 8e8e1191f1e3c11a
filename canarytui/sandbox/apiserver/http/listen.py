"""A loopback socket for an application, with or without TLS."""

from __future__ import annotations

import errno
import socket
import ssl

from aiohttp import web

from canarytui.sandbox.errors import PortInUse

_SHUTDOWN_S = 1.0


async def listen(
    app: web.Application, port: int = 0, *, tls: ssl.SSLContext | None = None, what: str = "The API server"
) -> tuple[web.AppRunner, int]:
    """Serve `app` on 127.0.0.1; port 0 takes a free one. Returns the runner (clean it up) and the port.

    Requests are cancelled when their client disconnects: an idle watch must not outlive its reader.

    Raises:
        PortInUse: the port is in use, or needs privileges.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise PortInUse(
            f"{what} cannot listen on 127.0.0.1:{port}: {getattr(error, 'strerror', None) or error}. "
            "Stop what uses the port, or choose another one."
        ) from error
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    site = web.SockSite(runner, listening, ssl_context=tls, backlog=512)
    await site.start()
    return runner, int(listening.getsockname()[1])

"""Why contact with the API server is lost, in the few words that fit a title bar; the error has the full sentence."""

from __future__ import annotations

import asyncio
import ssl

from canarytui.domain.sentences import answers as words
from canarytui.errors import ApiStatusError, CanarytuiError

_STATUS = {401: "Unauthorized", 403: "Forbidden", 404: "not served", 410: "Gone", 429: words.TOO_MANY_REQUESTS.text()}


def why_stale(error: CanarytuiError) -> str:
    """``Unauthorized``, ``Forbidden``, ``no answer``, ``connection refused``, ``unreachable`` …"""
    if isinstance(error, ApiStatusError):
        return _STATUS.get(error.code) or f"HTTP {error.code}"
    cause: BaseException | None = error.__cause__
    while cause is not None:
        if isinstance(cause, asyncio.TimeoutError):
            return "no answer"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, ssl.SSLError):
            return "TLS failed"
        cause = getattr(cause, "os_error", None) or cause.__cause__
    return "unreachable"

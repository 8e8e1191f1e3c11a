"""The channels of Kubernetes' remote commands over one WebSocket: stdin, stdout, stderr, error, resize.

Each message begins with a byte that names its channel. ``v5.channel.k8s.io`` adds a message that closes a
channel, so that a command can see the end of its standard input; ``v4`` lacks it. Used by exec and attach.
"""

from __future__ import annotations

import json
from typing import Any

from canarytui.sandbox.nesting import load_json

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
CLOSE = 255
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
PROTOCOLS = (V5, V4)


def success() -> bytes:
    """The error channel's message for exit code 0."""
    return _encode({"metadata": {}, "status": "Success"})


def exit_status(code: int) -> bytes:
    """The error channel's message for `code`."""
    if code == 0:
        return success()
    return _encode(
        {
            "metadata": {},
            "status": "Failure",
            "message": f"command terminated with non-zero exit code: exit status {code}",
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
        }
    )


def window_size(payload: bytes) -> tuple[int, int] | None:
    """(columns, rows) of a resize message; None when it is malformed."""
    try:
        size = load_json(payload)
        return int(size["Width"]), int(size["Height"])
    except (ValueError, KeyError, TypeError):
        return None


def _encode(status: dict[str, Any]) -> bytes:
    return json.dumps(status).encode()

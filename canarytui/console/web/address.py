"""The address that the wall is served at: loopback, and nothing else."""

from __future__ import annotations

import ipaddress

from msgspec import Struct

from canarytui.domain.sentences import browser_wall as words
from canarytui.domain.text.plain import clean
from canarytui.errors import UsageError
from canarytui.whole_number import whole_number

_MOST_PORT = 65535


class LoopbackAddress(Struct, frozen=True):
    """`host` is an address, not a name; `port` 0 lets the system choose one."""

    host: str
    port: int

    def authority(self, port: int) -> str:
        """``127.0.0.1:8000``, ``[::1]:8000``: as in a URL."""
        return f"[{self.host}]:{port}" if ":" in self.host else f"{self.host}:{port}"


def loopback_address(text: str) -> LoopbackAddress:
    """The address in ``127.0.0.1:8000``.

    Raises:
        UsageError: it is none, or not loopback.
    """
    host, separator, last = text.rpartition(":")
    port = whole_number(last)
    if not separator or not host or port is None or not 0 <= port <= _MOST_PORT:
        raise UsageError(words.NO_ADDRESS.text(given=repr(clean(text, 100))))
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if bare.lower() == "localhost":
        return LoopbackAddress("127.0.0.1", port)
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        raise UsageError(words.NOT_LOOPBACK.text(host=clean(host, 100))) from None
    if not address.is_loopback:
        raise UsageError(words.NOT_LOOPBACK.text(host=clean(host, 100)))
    return LoopbackAddress(str(address), port)

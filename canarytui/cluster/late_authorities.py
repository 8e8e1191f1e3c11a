"""The system's certificate authorities, read when a connection needs them.

aiohttp makes a TLS context of them as it is imported: up to 50 ms and some MiB, which every console paid before its
first list, though its cluster's authority is usually in the kubeconfig.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class LateContext(ssl.SSLContext):
    """A context whose default authorities are loaded before its first connection."""

    _purpose: ssl.Purpose | None

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        self._load()
        return super().wrap_bio(*args, **options)

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        self._load()
        return super().wrap_socket(*args, **options)

    def _load(self) -> None:
        purpose, self._purpose = self._purpose, None
        if purpose is not None:
            self.load_default_certs(purpose)


@contextmanager
def authorities_later() -> Iterator[None]:
    """Have contexts that are made meanwhile load the default authorities when they are used."""

    def put_off(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        if type(context) is ssl.SSLContext:
            object.__setattr__(context, "__class__", LateContext)
            vars(context)["_purpose"] = purpose
        else:
            genuine(context, purpose)

    genuine = ssl.SSLContext.load_default_certs
    ssl.SSLContext.load_default_certs = put_off  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        ssl.SSLContext.load_default_certs = genuine  # type: ignore[method-assign]

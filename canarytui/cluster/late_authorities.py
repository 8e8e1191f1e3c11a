"""The system's certificate authorities, read when a connection needs them.

aiohttp makes two TLS contexts as it is imported, one that verifies and one that does not, and both read the
authorities: up to 100 ms and some MiB, which every console paid before its first list, though its cluster's authority
is usually in the kubeconfig.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class LateContext(ssl.SSLContext):
    """A context whose default authorities are loaded before its first connection."""

    _due: list[Callable[[ssl.SSLContext], None]]

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        self._load()
        return super().wrap_bio(*args, **options)

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        self._load()
        return super().wrap_socket(*args, **options)

    def _load(self) -> None:
        due, self._due = self._due, []
        for load in due:
            load(self)


@contextmanager
def authorities_later() -> Iterator[None]:
    """Have contexts that are made meanwhile load the default authorities when they are used."""

    def put_off(context: ssl.SSLContext, load: Callable[[ssl.SSLContext], None]) -> None:
        if type(context) is ssl.SSLContext:
            object.__setattr__(context, "__class__", LateContext)
            vars(context)["_due"] = []
        if isinstance(context, LateContext):
            context._due.append(load)
        else:
            load(context)

    def load_default_certs(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        put_off(context, lambda late: genuine_certs(late, purpose))

    def set_default_verify_paths(context: ssl.SSLContext) -> None:
        put_off(context, genuine_paths)

    genuine_certs = ssl.SSLContext.load_default_certs
    genuine_paths = ssl.SSLContext.set_default_verify_paths
    ssl.SSLContext.load_default_certs = load_default_certs  # type: ignore[method-assign, assignment]
    ssl.SSLContext.set_default_verify_paths = set_default_verify_paths  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        ssl.SSLContext.load_default_certs = genuine_certs  # type: ignore[method-assign]
        ssl.SSLContext.set_default_verify_paths = genuine_paths  # type: ignore[method-assign]

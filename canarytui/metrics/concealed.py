"""Texts of others without our credentials: a service may send back what it was sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

_HIDDEN = "…"


def concealed(text: str, credentials: Iterable[str]) -> str:
    """`text` with an ellipsis for each credential, as it is or as in a URL; to be asked before `text` is cut."""
    plain = {credential.strip() for credential in credentials}
    shapes = plain | {quote(credential, safe="") for credential in plain}
    for shape in sorted(shapes, key=len, reverse=True):  # one may be part of another
        text = text.replace(shape, _HIDDEN) if shape else text
    return text

"""The part of a URL that may be shown: webhook and alert URLs carry passwords and tokens in their userinfo, query and
often in their path. Pure; for logs, Events, errors, the audit log and screens.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):/{2,})?([^/?#\\]*)([^?#]*)(\?[^#]*)?", re.DOTALL)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:@\[\]]+)(:\d{0,5})?\Z")
_VALUE = re.compile(r"(?<=[?&;])(?:([^=&;]*=)[^&;]*|[^&;]+)")
_IN_TEXT = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]+:/{2,}[^\s'\"<>()]+", re.IGNORECASE)
_HIDDEN = "…"


def public_url(url: str) -> str:
    """Scheme, host and port: ``https://hooks.slack.com/…``, with an ellipsis for the rest."""
    scheme, host, path, query = _split(url)
    if not host:
        return scheme + _HIDDEN
    return f"{scheme}{host}{path if path in ('', '/') and not query else '/' + _HIDDEN}"


def place_url(url: str) -> str:
    """Scheme, host, port and path, where the path matters: opening a gate."""
    scheme, host, path, query = _split(url)
    if not host:
        return scheme + _HIDDEN
    return f"{scheme}{host}{path}{'?' + _HIDDEN if query else ''}"


def redacted_url(url: str) -> str:
    """The URL with userinfo and query values replaced by ``xxxxx``, as Go redacts passwords.

    For messages that other programs parse.
    """
    scheme, host, path, query = _split(url)
    if not host:
        return scheme + _HIDDEN
    return f"{scheme}{host}{path}{_VALUE.sub(_without_value, query)}"


def without_secrets(text: str, shown: Callable[[str], str] = public_url) -> str:
    """`text` with every URL in it as `shown` shows it. Call it before cutting `text`: a cut may split a URL."""
    return _IN_TEXT.sub(lambda found: shown(found[0]), text)


def _without_value(found: re.Match[str]) -> str:
    return f"{found[1] or ''}xxxxx"


def _split(url: str) -> tuple[str, str, str, str]:
    """(scheme with its slashes, host and port, path, query with its mark); host "" if it cannot be determined."""
    url = url.strip()
    parts = _PARTS.match(url)
    assert parts is not None  # every part may be empty
    scheme = f"{parts[1]}://" if parts[1] else ""
    host = parts[2].rpartition("@")[2]
    path, query = parts[3], parts[4] or ""
    # A password with a slash, ? or # ends what looks like the host: such a URL is not shown at all.
    if not _HOST.match(host) or "@" in url[parts.end(2) :]:
        return scheme, "", "", ""
    return scheme, host, path, query if query != "?" else ""

"""What may be shown of a URL from an object, a Secret or a flag: addresses of webhooks and alerts bear passwords and
tokens in their userinfo, their query and often their path. Pure; for logs, Events, errors, the audit log and screens.
"""

from __future__ import annotations

import re

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):/{2,})?([^/?#\\]*)([^?#]*)(\?[^#]*)?", re.DOTALL)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:@\[\]]+)(:\d{0,5})?\Z")
_VALUE = re.compile(r"(?<=[?&;])(?:([^=&;]*=)[^&;]*|[^&;]+)")
_IN_TEXT = re.compile(r"https?:/{2,}[^\s'\"<>()]+", re.IGNORECASE)
_HIDDEN = "…"


def public_url(url: str) -> str:
    """Scheme, host and port: ``https://hooks.slack.com/…``. What is left out shows as an ellipsis."""
    scheme, host, path, query = _split(url)
    if not host:
        return scheme + _HIDDEN
    return f"{scheme}{host}{path if path in ('', '/') and not query else '/' + _HIDDEN}"


def place_url(url: str) -> str:
    """Scheme, host, port and path, for where the path is what matters: a gate that is opened."""
    scheme, host, path, query = _split(url)
    if not host:
        return scheme + _HIDDEN
    return f"{scheme}{host}{path}{'?' + _HIDDEN if query else ''}"


def redacted_url(url: str) -> str:
    """All but userinfo and the values of the query, which show as ``xxxxx``: Go's word for a password in a URL.

    For messages that other programs know word for word.
    """
    scheme, host, path, query = _split(url)
    if not host:
        return scheme + _HIDDEN
    return f"{scheme}{host}{path}{_VALUE.sub(_without_value, query)}"


def without_secrets(text: str) -> str:
    """`text` with every http and https URL in it as :func:`public_url` shows it."""
    return _IN_TEXT.sub(lambda found: public_url(found[0]), text)


def _without_value(found: re.Match[str]) -> str:
    return f"{found[1] or ''}xxxxx"


def _split(url: str) -> tuple[str, str, str, str]:
    """(scheme with its slashes, host and port, path, query with its mark); host "" where it cannot be told apart."""
    url = url.strip()
    parts = _PARTS.match(url)
    assert parts is not None  # every part may be empty
    scheme = f"{parts[1]}://" if parts[1] else ""
    host = parts[2].rpartition("@")[2]
    path, query = parts[3], parts[4] or ""
    # A password with a slash, ? or # in it ends what looks like the host: nothing of such a URL is shown.
    if not _HOST.match(host) or "@" in url[parts.end(2) :]:
        return scheme, "", "", ""
    return scheme, host, path, query if query != "?" else ""

"""Cross-site requests: what a foreign web page makes a browser send to our loopback ports.

Loopback keeps other machines out, but not web pages: any page may POST a form, or ``text/plain``, to 127.0.0.1, and
a name that its owner points there (DNS rebinding) makes it the same site. Browsers say where a request comes from
(``Origin``, ``Sec-Fetch-*``); other programs do not and are let in. Pure.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_CLUSTER_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL}\.svc(?:\.cluster\.local)?)?")
"""``name``, ``name.namespace.svc`` and ``name.namespace.svc.cluster.local``: nobody can own such a name."""
_FOREIGN = frozenset({"cross-site", "same-site"})
"""``same-site`` is another port of this machine: another program's page."""


def browsers_errand(method: str, headers: Mapping[str, str]) -> str:
    """Why a request is refused as a foreign page's, unless a person follows a link; "" when it may pass. For servers
    that people open in a browser: pods, the gateway, Prometheus."""
    site = headers.get("Sec-Fetch-Site", "").lower()
    if site not in _FOREIGN:
        return ""
    opened = tuple(headers.get(f"Sec-Fetch-{name}", "").lower() for name in ("Mode", "Dest", "User"))
    if method in ("GET", "HEAD") and opened == ("navigate", "document", "?1"):  # a person follows a link
        return ""
    return f"a page of another site sent it (Sec-Fetch-Site: {site})"


def not_for_browsers(method: str, headers: Mapping[str, str], namespace: str) -> str:
    """Why a request is refused by a server that is not for browsers; "" when it may pass.

    ``Host`` must be an address or a name of the cluster (the short ``name.namespace`` for the server's own `namespace`
    only), ``Origin`` the server's own, and what a browser sends as a body must be JSON, which a page of another site
    cannot send without asking first.
    """
    host = headers.get("Host", "")
    if not _host_is_ours(host, namespace):
        return "its Host is neither an address nor a name of this cluster"
    origin = headers.get("Origin")
    if origin is not None and not _is_own_origin(origin, host):
        return "its Origin is another site"
    if refusal := browsers_errand(method, headers):
        return refusal
    from_browser = origin is not None or any(name.lower().startswith("sec-fetch-") for name in headers)
    if from_browser and method not in ("GET", "HEAD"):
        kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return "a browser sent it and its Content-Type is not application/json"
    return ""


def is_loopback(host: str) -> bool:
    """Whether `host` is a loopback address or ``localhost``, and not a name that begins like one."""
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _host_is_ours(authority: str, namespace: str) -> bool:
    """An address leads nowhere else; a name may, unless it is the cluster's."""
    host = _host_of(authority)
    if host is None:
        return False
    name, _, space = host.rstrip(".").partition(".")
    short = name if space == namespace else host.rstrip(".")
    return _address(host) is not None or _CLUSTER_NAME.fullmatch(short) is not None


def _is_own_origin(origin: str, authority: str) -> bool:
    """Only pages from loopback are ours: anybody may point a name here."""
    scheme, _, rest = origin.partition("://")
    host = _host_of(rest)
    return scheme == "http" and host is not None and is_loopback(host) and rest.lower() == authority.lower()


def _host_of(authority: str) -> str | None:
    """The host of ``host[:port]`` in lower case; None when that cannot be read."""
    try:
        parts = urlsplit(f"//{authority}")
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        return None
    plain = authority and not parts.path and not parts.query and not parts.fragment and "@" not in authority
    return parts.hostname if plain else None

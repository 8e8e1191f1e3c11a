"""Which HTTP proxy a request uses, by the rules of Go's ``net/http``, which kubectl and Flagger follow.

Used for the API server, Prometheus, webhooks and alerts. Loopback never uses a proxy of the environment. ``NO_PROXY``
lists hosts (with their subdomains), ``.suffixes``, addresses and CIDRs, each with an optional port, or ``*``. Pure: the
environment is passed in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from canarytui.domain.sentences import unreachable as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url
from canarytui.errors import ConfigError

_PORTS = {"http": 80, "https": 443}


class _Exception(Struct, frozen=True):
    """One element of ``NO_PROXY``: a network, or a ``.suffix`` (the host itself, too, when `exact`)."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    suffix: str = ""
    exact: bool = False
    port: str = ""

    def covers(self, host: str, port: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
        if self.port and self.port != port:
            return False
        if self.network is not None:
            return address is not None and address.version == self.network.version and address in self.network
        return host.endswith(self.suffix) or (self.exact and host == self.suffix[1:])


class ProxyRules(Struct, frozen=True):
    """The environment's proxies. `in_cgi`: we answer for a web server, whose clients can set ``HTTP_PROXY``."""

    http: str = ""
    https: str = ""
    never: bool = False
    exceptions: tuple[_Exception, ...] = ()
    in_cgi: bool = False

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> ProxyRules:
        """The rules in `environment`; upper-case names win."""

        def said(name: str) -> str:
            return environment.get(name) or environment.get(name.lower()) or ""

        elements = [element.strip().lower() for element in said("NO_PROXY").split(",")]
        return cls(
            _with_scheme(said("HTTP_PROXY")),
            _with_scheme(said("HTTPS_PROXY")),
            "*" in elements,
            tuple(exception for element in elements if (exception := _exception(element)) is not None),
            bool(environment.get("REQUEST_METHOD")),
        )

    def proxy_for(self, url: str) -> str | None:
        """The proxy for `url`; None for a direct connection.

        Raises:
            ConfigError: a proxy that cannot be used.
        """
        parts = urlsplit(url)
        try:
            host, port = (parts.hostname or "").lower(), str(parts.port or _PORTS.get(parts.scheme) or "")
        except ValueError:
            return None  # the request reports what is wrong with it
        proxy = self.https if parts.scheme == "https" else self.http if parts.scheme == "http" else ""
        if not proxy or not host:
            return None
        if parts.scheme == "http" and self.in_cgi:
            raise ConfigError(words.CGI.text())
        if not self._applies(host, port):
            return None
        return checked_proxy(proxy, "HTTPS_PROXY" if parts.scheme == "https" else "HTTP_PROXY")

    def _applies(self, host: str, port: str) -> bool:
        address = _address(host)
        if host == "localhost" or (address is not None and address.is_loopback):
            return False
        return not self.never and not any(each.covers(host, port, address) for each in self.exceptions)


def checked_proxy(proxy: str, where: str) -> str:
    """`proxy`, if it can be used; `where` is the field or variable that names it.

    Raises:
        ConfigError: no URL, or neither http nor https.
    """
    shown = clean(place_url(proxy), 200)
    try:
        parts = urlsplit(proxy)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable, parts = False, urlsplit("")
    if parts.scheme in ("socks5", "socks5h"):
        raise ConfigError(words.SOCKS.text(where=where, proxy=shown))
    if not usable or parts.scheme not in _PORTS:
        raise ConfigError(words.NO_PROXY_URL.text(where=where, proxy=shown))
    return proxy


def _with_scheme(proxy: str) -> str:
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _exception(element: str) -> _Exception | None:
    if "/" in element:
        try:
            return _Exception(network=ipaddress.ip_network(element, strict=False))
        except ValueError:
            pass
    host, port = _split_port(element)
    address = _address(host)
    if address is not None:
        return _Exception(network=ipaddress.ip_network(address), port=port)
    if host in ("", "*"):
        return None
    host = host.removeprefix("*") if host.startswith("*.") else host
    exact = not host.startswith(".")
    return _Exception(suffix=f".{host}" if exact else host, exact=exact, port=port)


def _split_port(element: str) -> tuple[str, str]:
    host, colon, port = element.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        return element.strip("[]"), ""
    return host.strip("[]"), port


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None

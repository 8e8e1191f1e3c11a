"""What ingress-nginx's annotations become: a field of the Canary, or a sentence on what to do without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.traffic.nginx import ANNOTATIONS

_AUTH = "the Gateway API has no authentication: use a policy of your Gateway (Envoy Gateway: SecurityPolicy)"
_SNIPPET = (
    "raw configuration has no counterpart: see what it does, and use spec.service.headers or a policy of your Gateway"
)
_LIMIT = "no rate limit in the Gateway API: use a policy of your Gateway"
_BACKEND = "no field of an HTTPRoute: use a policy of your Gateway for the backends"
_RETRY = "Flagger writes no retries into an HTTPRoute: use a policy of your Gateway"
_REDIRECT = "Flagger writes no redirect: make an HTTPRoute of your own with a RequestRedirect filter"
_ADDRESS = "no list of addresses in the Gateway API: use a policy of your Gateway, or the load balancer's source ranges"
_ERRORS = "error pages have no counterpart"
_BODY = "no limit of the body's size in the Gateway API: use a policy of your Gateway"

_LOST: Mapping[str, str] = {
    "affinity-mode": "stickiness to one pod has no counterpart in what Flagger writes: use a policy of your Gateway",
    "app-root": _REDIRECT,
    "auth-realm": _AUTH,
    "auth-secret": _AUTH,
    "auth-signin": _AUTH,
    "auth-snippet": _SNIPPET,
    "auth-type": _AUTH,
    "auth-url": _AUTH,
    "configuration-snippet": _SNIPPET,
    "custom-http-errors": _ERRORS,
    "default-backend": _ERRORS,
    "denylist-source-range": _ADDRESS,
    "from-to-www-redirect": _REDIRECT,
    "limit-connections": _LIMIT,
    "limit-rpm": _LIMIT,
    "limit-rps": _LIMIT,
    "load-balance": _BACKEND,
    "permanent-redirect": _REDIRECT,
    "proxy-body-size": _BODY,
    "proxy-buffering": "buffering has no counterpart",
    "proxy-connect-timeout": "an HTTPRoute bounds the whole request only: use a policy of your Gateway",
    "proxy-next-upstream": _RETRY,
    "proxy-next-upstream-timeout": _RETRY,
    "proxy-next-upstream-tries": _RETRY,
    "proxy-send-timeout": "an HTTPRoute bounds the whole request only: use a policy of your Gateway",
    "server-snippet": _SNIPPET,
    "stream-snippet": _SNIPPET,
    "temporal-redirect": _REDIRECT,
    "upstream-hash-by": _BACKEND,
    "whitelist-source-range": _ADDRESS,
}
_BEGINNINGS: Mapping[str, str] = {
    "auth-tls-": "client certificates are the Gateway's: its listener's tls.frontendValidation, or a policy",
    "auth-": _AUTH,
    "enable-modsecurity": "a web application firewall has no counterpart",
    "modsecurity-": "a web application firewall has no counterpart",
    "limit-": _LIMIT,
    "mirror-": "mirrors to a Service are spec.service.mirror of the Canary; to another host there are none",
    "proxy-ssl-": "TLS to the backend is a BackendTLSPolicy for the Services primary and canary",
    "session-cookie-": "a cookie's attribute that Flagger's session affinity does not have",
}
_UNKNOWN = "has no counterpart that canarytui knows of"

CARRIED = frozenset(
    [
        "affinity",
        "affinity-canary-behavior",
        "backend-protocol",
        "cors-allow-credentials",
        "cors-allow-headers",
        "cors-allow-methods",
        "cors-allow-origin",
        "cors-expose-headers",
        "cors-max-age",
        "enable-cors",
        "force-ssl-redirect",
        "proxy-read-timeout",
        "rewrite-target",
        "server-alias",
        "service-upstream",
        "session-cookie-max-age",
        "session-cookie-name",
        "session-cookie-path",
        "session-cookie-samesite",
        "session-cookie-secure",
        "ssl-redirect",
        "upstream-vhost",
        "use-regex",
    ]
)
"""Annotations that the new objects take up, or need no more."""

_COOKIE = "INGRESSCOOKIE"
_DAY_S = 86400


def short_names(annotations: Mapping[str, str]) -> dict[str, str]:
    """ingress-nginx's annotations without their prefix."""
    return {
        key.removeprefix(f"{ANNOTATIONS}/"): value
        for key, value in annotations.items()
        if key.startswith(f"{ANNOTATIONS}/")
    }


def lost(name: str) -> str:
    """What to do without an annotation, by its short name; "" for one that is carried over."""
    if name in CARRIED:
        return ""
    if name in _LOST:
        return _LOST[name]
    return next((text for start, text in _BEGINNINGS.items() if name.startswith(start)), _UNKNOWN)


def cors_policy(given: Mapping[str, str]) -> dict[str, Any] | None:
    """``service.corsPolicy``, with ingress-nginx's defaults; None where CORS is off."""
    if given.get("enable-cors") != "true":
        return None
    made: dict[str, Any] = {
        "allowOrigins": [{"exact": each} for each in _listed(given.get("cors-allow-origin", "*"))],
        "allowMethods": _listed(given.get("cors-allow-methods", "GET, PUT, POST, DELETE, PATCH, OPTIONS")),
        "allowHeaders": _listed(
            given.get(
                "cors-allow-headers",
                "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,"
                "Authorization",
            )
        ),
        "allowCredentials": given.get("cors-allow-credentials", "true") == "true",
        "maxAge": f"{given.get('cors-max-age', '1728000')}s",
    }
    if exposed := _listed(given.get("cors-expose-headers", "")):
        made["exposeHeaders"] = exposed
    return made


def session_affinity(given: Mapping[str, str]) -> dict[str, Any] | None:
    """``analysis.sessionAffinity`` for a cookie that keeps users on their version; None where there is none."""
    if given.get("affinity") != "cookie" or given.get("affinity-canary-behavior") == "legacy":
        return None
    age = given.get("session-cookie-max-age", "")
    made: dict[str, Any] = {"cookieName": f"{given.get('session-cookie-name') or _COOKIE}-canary"}
    made["maxAge"] = int(age) if age.isdecimal() and len(age) < 10 else _DAY_S
    for name, field in (("session-cookie-path", "path"), ("session-cookie-samesite", "sameSite")):
        if given.get(name):
            made[field] = given[name]
    if given.get("session-cookie-secure") == "true":
        made["secure"] = True
    return made


def read_timeout(given: Mapping[str, str]) -> str:
    """``proxy-read-timeout``, in seconds, as a duration; "" without it."""
    text = given.get("proxy-read-timeout", "").removesuffix("s")
    return f"{text}s" if text.isdecimal() and 0 < len(text) <= 5 and int(text) else ""


def redirects_to_tls(given: Mapping[str, str], *, secured: bool) -> bool:
    """Whether requests by plain HTTP are redirected: by default where the Ingress has a certificate for the host."""
    return given.get("force-ssl-redirect") == "true" or (secured and given.get("ssl-redirect", "true") == "true")


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]

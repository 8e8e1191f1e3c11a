"""HTTP to services with a cluster name (Prometheus, webhooks, the load tester), wherever we run.

Inside a pod a cluster name resolves. Outside, the API server's service proxy reaches it with the kubeconfig's
credentials, so that nobody needs a port-forward. Any other URL is requested directly. :func:`route` decides, without
IO.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
from msgspec import Struct

from canarytui.cluster import bounded_responses as bounded
from canarytui.cluster.client import Cluster
from canarytui.cluster.redirects import without_credentials_elsewhere
from canarytui.domain.sentences import unreachable as words
from canarytui.domain.text.public_url import place_url, public_url, without_secrets
from canarytui.errors import AnswerTooLarge, CanarytuiError, ClusterUnreachable, ConfigError

BYTES_MOST = 16 * bounded.MIB
"""Bytes that are read of an answer by default."""
_CAUSE_CHARS_MOST = 200
"""A cause may quote the other side; this much of it is kept."""
_CLUSTER_SUFFIXES = (".svc.cluster.local", ".svc")


class ProviderUnreachable(CanarytuiError):
    """A metrics server, webhook or load tester gave no answer."""


class Route(Struct, frozen=True):
    """How a URL is reached: at `path` on the API server if `via_api_server`, else at `url` itself."""

    via_api_server: bool
    url: str
    path: str = ""
    query: str = ""


def route(url: str, *, in_cluster: bool) -> Route:
    """Decide how to reach `url`; cluster names are ``name.namespace[.svc[.cluster.local]]``.

    Raises:
        ProviderUnreachable: the URL has no host or is not http(s).
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        parts, port, host = urlsplit(""), None, None
    if parts.scheme not in ("http", "https") or not host:
        raise ProviderUnreachable(words.BAD_ADDRESS.text(url=public_url(url)))
    service = _service(host)
    if in_cluster or service is None:
        return Route(via_api_server=False, url=url)
    name, namespace = service
    scheme = "https:" if parts.scheme == "https" else ""
    number = port or (443 if scheme else 80)
    path = f"/api/v1/namespaces/{namespace}/services/{scheme}{name}:{number}/proxy{parts.path or '/'}"
    return Route(via_api_server=True, url=url, path=path, query=parts.query)


def service_of(url: str) -> tuple[str, str, int] | None:
    """Name, namespace and port of the Service that `url` names; None for any other host."""
    try:
        parts = urlsplit(url)
        place, port = _service(parts.hostname or ""), parts.port
    except ValueError:
        return None
    return (*place, port or (443 if parts.scheme == "https" else 80)) if place is not None else None


def _service(host: str) -> tuple[str, str] | None:
    for suffix in _CLUSTER_SUFFIXES:
        if host.endswith(suffix):
            labels = host.removesuffix(suffix).split(".")
            return (labels[0], labels[1]) if len(labels) == 2 else None
    labels = host.split(".")
    # Two labels are a Service and its namespace: Flagger's own documentation writes addresses so.
    # A public host of two labels (example.com) is recognised by its top-level domain.
    if len(labels) == 2 and not labels[1].isdigit() and labels[1] not in _TOP_LEVEL:
        return labels[0], labels[1]
    return None


_TOP_LEVEL = frozenset({"com", "org", "net", "io", "dev", "cloud", "app", "local", "localhost", "eu", "de", "uk", "cn"})


async def fetch(
    cluster: Cluster,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_s: float = 5.0,
    verify_tls: bool = True,
    most: int = BYTES_MOST,
    keep: int | None = None,
    until: re.Pattern[bytes] | None = None,
) -> tuple[int, bytes]:
    """Send one request to `url` the way :func:`route` says; returns (status, body).

    The answer may have `most` bytes, of which the first `keep` are returned; a stream is read `until` that matches.
    Redirects are followed, but `headers` are sent to no other server. Errors name scheme and host only: the rest of a
    URL may be a secret.

    Raises:
        ProviderUnreachable: no answer, with the way that was tried, or one of more than `most` bytes.
    """
    way = route(url, in_cluster=cluster.in_cluster)
    if way.via_api_server:
        return await _through_api_server(cluster, method, way, headers, body, timeout_s, most, keep, until)
    sent = cluster.requests.begin(method, place_url(url), body, (headers or {}).get("Content-Type"))
    failure = ""
    try:
        async with cluster.session(keep_alive=method == "GET").request(
            method,
            url,
            headers=headers,
            data=body,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
            proxy=cluster.proxy_for(url),
            ssl=verify_tls,
            middlewares=[without_credentials_elsewhere(url, headers)] if headers else None,
        ) as response:
            sent.answered(response.status)
            data = await bounded.read_body(response, most, keep=keep, pause_s=bounded.PAUSE_S, until=until)
            sent.received(len(data))
            return response.status, data
    except bounded.AnswerRefused as error:
        failure = str(error)
        raise ProviderUnreachable(words.ANSWERED_BADLY.text(url=public_url(url), what=error)) from error
    except ConfigError as error:
        raise ProviderUnreachable(words.NO_ANSWER.text(url=public_url(url), why=error)) from error
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        failure = _cause(error)
        raise ProviderUnreachable(words.NO_ANSWER.text(url=public_url(url), why=failure)) from error
    finally:
        cluster.requests.end(sent, failure)


async def _through_api_server(
    cluster: Cluster,
    method: str,
    way: Route,
    headers: Mapping[str, str] | None,
    body: bytes | None,
    timeout_s: float,
    most: int,
    keep: int | None,
    until: re.Pattern[bytes] | None,
) -> tuple[int, bytes]:
    others = {key.lower(): value for key, value in (headers or {}).items()}
    if "authorization" in others:  # which would stand where our own for the API server does
        raise ProviderUnreachable(words.NO_CREDENTIALS_THROUGH.text(url=public_url(way.url)))
    content_type = others.pop("content-type", None)
    path = f"{way.path}?{way.query}" if way.query else way.path
    try:
        status, data, _ = await cluster.request_raw(
            method,
            path,
            body=body,
            content_type=content_type,
            headers=others,
            timeout_s=timeout_s,
            most=most,
            keep=keep,
            until=until,
        )
    except AnswerTooLarge as error:
        raise ProviderUnreachable(
            words.TOO_LARGE.text(url=public_url(way.url), what=error.__cause__ or words.TOO_MUCH.text())
        ) from error
    except ClusterUnreachable as error:
        raise ProviderUnreachable(words.NO_ANSWER_THROUGH.text(url=public_url(way.url), why=error)) from error
    return status, data


def _cause(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return words.TIMED_OUT.text()
    if isinstance(error, aiohttp.InvalidURL):  # which quotes it
        return words.BAD_URL.text()
    said = " ".join(without_secrets(str(error)).split())  # some errors quote the URL
    return said[:_CAUSE_CHARS_MOST] or type(error).__name__

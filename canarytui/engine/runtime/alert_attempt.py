"""One attempt to deliver an alert: the request, and what is to be said of its outcome."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urljoin, urlsplit

import aiohttp
from msgspec import Struct

from canarytui.cluster import bounded_responses as bounded
from canarytui.cluster.client import Cluster
from canarytui.cluster.proxies import checked_proxy
from canarytui.domain.text.public_url import public_url, redacted_url, without_secrets
from canarytui.engine.alerts.post import Post
from canarytui.engine.alerts.service import Service
from canarytui.engine.runtime.go_transport import go_transport_error
from canarytui.errors import ConfigError

_BODY_BYTES_MOST = bounded.MIB
_BODY_BYTES_KEPT = 4 * bounded.KIB
_BODY_CHARS_MOST = 200
_SECRET_CHARS_LEAST = 4
"""Shorter ones would be found everywhere."""
_ID = re.compile(r"(?=.*\d).{6,}|.{12,}")
"""What a part of a path looks like that is no word."""
_TOO_MANY, _NOT_IMPLEMENTED = 429, 501


class Attempt(Struct, frozen=True):
    """`problem` is why nothing was delivered, "" for a delivery; `may_retry`: another attempt may be one.
    `retry_after_s` is when the system asks for it, None where it does not say."""

    problem: str = ""
    may_retry: bool = False
    retry_after_s: float | None = None


async def deliver(cluster: Cluster, post: Post, service: Service, timeout_s: float) -> Attempt:
    """POST once. A redirect is not followed: it would be asked without the message. Nothing that is said holds more of
    an address than its host."""
    try:
        status, headers, body = await _request(cluster, post, timeout_s, follow=False)
    except TimeoutError:
        return Attempt(f"no answer within {timeout_s:g} s")  # it may have arrived: twice is worse than once
    except ConfigError as error:
        return Attempt(without_secrets(str(error)))
    except aiohttp.ClientConnectorError as error:
        return Attempt(f"it cannot be reached ({type(error).__name__})", may_retry=True)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Attempt(f"the connection failed ({type(error).__name__})")
    if 200 <= status < 300:
        said = service.rejection(body)
        return Attempt(f"it answered {status}: {_shown(said, post)}") if said else Attempt()
    problem = f"it answered {status}"
    if 300 <= status < 400 and (moved := headers.get("Location")):
        return Attempt(f"{problem}, a redirect to {_place(post.url, moved)}: set the address to where it leads")
    if shown := _shown(body, post):
        problem += f": {shown}"
    may_retry = status == _TOO_MANY or (status >= 500 and status != _NOT_IMPLEMENTED)
    return Attempt(problem, may_retry, retry_after_s(headers.get("Retry-After", ""), datetime.now(UTC)))


async def deliver_as_flagger(cluster: Cluster, post: Post, timeout_s: float) -> Attempt:
    """POST once, following redirects as Go does: after a 302 by a GET without the message, which then counts as sent.
    The problem is in Flagger's words."""
    said = "postMessage failed: sending notification "
    try:
        status, _, body = await _request(cluster, post, timeout_s, follow=True)
    except (ConfigError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        told = go_transport_error("POST", post.url, error, proxy=post.proxy, by_client=False)
        return Attempt(f"{said}failed to send: {told}")
    if 200 <= status < 300:
        return Attempt()
    return Attempt(f"{said}bad response {status}: {without_secrets(body, redacted_url)}")


async def _request(
    cluster: Cluster, post: Post, timeout_s: float, *, follow: bool
) -> tuple[int, Mapping[str, str], str]:
    headers = {"Authorization": f"Bearer {post.token}"} if post.token else {}
    proxy = checked_proxy(post.proxy, "spec.proxy") if post.proxy else cluster.proxy_for(post.url)
    async with cluster.session(keep_alive=False).post(
        post.url,
        json=post.body,
        headers=headers,
        proxy=proxy,
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        allow_redirects=follow,
    ) as response:
        try:
            data = await bounded.read_body(response, _BODY_BYTES_MOST, keep=_BODY_BYTES_KEPT)
        except (bounded.AnswerRefused, aiohttp.ClientError, TimeoutError, OSError):
            data = b""  # the status counts
        return response.status, response.headers, data.decode(errors="replace")


def _place(address: str, moved: str) -> str:
    """Scheme and host of where a redirect leads."""
    try:
        return public_url(urljoin(address, moved))
    except ValueError:  # such as http://[
        return public_url("")


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds of a ``Retry-After``, which may be a number or a date; None for neither."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (email.utils.parsedate_to_datetime(value).astimezone(UTC) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if seconds == seconds else None


def _shown(body: str, post: Post) -> str:
    """What an answer says, in one line, without what it repeats of the address and the token."""
    text = " ".join(without_secrets(body).split())
    for secret in sorted(_secrets(post), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text if len(text) <= _BODY_CHARS_MOST else text[: _BODY_CHARS_MOST - 1] + "…"


def _secrets(post: Post) -> set[str]:
    parts = urlsplit(post.url)
    found = {post.token, str(post.body.get("routing_key") or ""), parts.username or "", parts.password or ""}
    found |= {parts.path, parts.query, *(value for _, value in parse_qsl(parts.query))}
    found |= {each for each in parts.path.split("/") if _ID.fullmatch(each)}
    return {each for each in found if len(each) >= _SECRET_CHARS_LEAST}

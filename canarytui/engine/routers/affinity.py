"""Session affinity: the cookies that keep a user on the version that answered first (``analysis.sessionAffinity``).

Used by routers whose provider can match cookies. A cookie is kept in the status as ``name=value``; a router that
changes one puts it into :attr:`Tick.affinity`, to be included in the next status write.
"""

from __future__ import annotations

import hashlib
import string

from msgspec import Struct

from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.workloads.base import flagger_id

_LENGTH = 10
_DEFAULT_MAX_AGE_S = 86400


class AffinityCookies(Struct, frozen=True):
    """``name=value`` each, "" for none.

    `canary` is set by the canary's responses while it has traffic, `primary` by the primary's if it has a name of
    its own; `expired` belongs to a finished rollout.
    """

    canary: str
    primary: str
    expired: str


def cookies_for(tick: Tick, weights: Weights) -> AffinityCookies:
    """The cookies that routes with `weights` need; noted for the status.

    A cookie's value is derived from the rollout, so that a restarted controller makes the same one.
    """
    wanted = tick.canary.spec.analysis.session_affinity
    status = {**(tick.canary.raw.get("status") or {}), **tick.affinity}
    canary, primary, expired = (
        str(status.get(name) or "")
        for name in ("sessionAffinityCookie", "primarySessionAffinityCookie", "previousSessionAffinityCookie")
    )
    if weights.canary > 0:
        canary = canary or f"{wanted.get('cookieName', '')}={_letters(tick, 'canary')}"
        primary = primary or f"{wanted.get('primaryCookieName', '')}={_letters(tick, 'primary')}"
        tick.affinity |= {"sessionAffinityCookie": canary, "primarySessionAffinityCookie": primary}
        return AffinityCookies(canary, primary if wanted.get("primaryCookieName") else "", "")
    if canary:
        expired = canary
        tick.affinity |= {"sessionAffinityCookie": None, "previousSessionAffinityCookie": expired}
    return AffinityCookies("", "", expired)


def set_cookie(tick: Tick, cookie: str) -> str:
    """The ``Set-Cookie`` header of the canary's responses, with the attributes in the spec."""
    wanted = tick.canary.spec.analysis.session_affinity
    parts = [cookie, f"Max-Age={int(wanted.get('maxAge') or _DEFAULT_MAX_AGE_S)}"]
    for name, flag in (
        ("domain", "Domain"), ("httpOnly", "HttpOnly"), ("partitioned", "Partitioned"),
        ("path", "Path"), ("sameSite", "SameSite"), ("secure", "Secure"),
    ):  # fmt: skip
        value = wanted.get(name)
        if value is True:
            parts.append(flag)
        elif value:
            parts.append(f"{flag}={value}")
    return "; ".join(parts)


def set_primary_cookie(tick: Tick, cookie: str) -> str:
    """The ``Set-Cookie`` header of the primary's responses: valid for one step, ``analysis.interval``."""
    interval_s = max(tick.canary.spec.analysis.interval_s, tick.settings.interval_floor_s)
    return f"{cookie}; Max-Age={int(interval_s)}"


def expire(cookie: str) -> str:
    """The ``Set-Cookie`` header that makes a browser forget `cookie`."""
    return f"{cookie}; Max-Age=-1"


def pattern(cookie: str) -> str:
    """The regular expression for ``Cookie`` headers that contain `cookie`."""
    name, _, value = cookie.partition("=")
    return f".*{name}.*{value}.*"


def _letters(tick: Tick, whose: str) -> str:
    digest = hashlib.sha256(f"{flagger_id(tick)}/{whose}".encode()).digest()
    return "".join(string.ascii_letters[byte % len(string.ascii_letters)] for byte in digest[:_LENGTH])

"""The cookies of session affinity: made while the canary has traffic, expired afterwards, noted for the status."""

from __future__ import annotations

from typing import Any

from router_rig import RouterRig

from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers import affinity

WANTED = {"cookieName": "version", "primaryCookieName": "stable"}
HALF = Weights(50, 50)


def rig(status: dict[str, Any] | None = None, **wanted: Any) -> RouterRig:
    made = RouterRig({"analysis": {"sessionAffinity": {**WANTED, **wanted}}})
    made.change("Canary", {"status": status or {}})
    return made


def test_cookies_are_made_once_and_follow_from_the_rollout() -> None:
    tick, again = rig().tick, rig().tick
    cookies = affinity.cookies_for(tick, HALF)
    assert cookies.canary.startswith("version=")
    assert cookies.primary.startswith("stable=")
    assert len(cookies.canary) == len("version=") + 10
    assert cookies.canary.partition("=")[2] != cookies.primary.partition("=")[2]
    assert affinity.cookies_for(again, HALF) == cookies, "a controller that was killed makes the same"
    assert tick.affinity == {
        "sessionAffinityCookie": cookies.canary,
        "primarySessionAffinityCookie": cookies.primary,
    }
    assert affinity.cookies_for(tick, Weights(10, 90)) == cookies


def test_a_cookie_in_the_status_stays() -> None:
    cookies = affinity.cookies_for(rig({"sessionAffinityCookie": "version=kept"}).tick, HALF)
    assert cookies.canary == "version=kept"


def test_without_a_name_of_its_own_the_primary_sets_none() -> None:
    assert affinity.cookies_for(rig(primaryCookieName=None).tick, HALF).primary == ""


def test_after_the_rollout_the_cookie_expires() -> None:
    tick = rig({"sessionAffinityCookie": "version=old"}).tick
    assert affinity.cookies_for(tick, ALL_TO_PRIMARY) == affinity.AffinityCookies("", "", "version=old")
    assert tick.affinity == {"sessionAffinityCookie": None, "previousSessionAffinityCookie": "version=old"}
    assert affinity.expire("version=old") == "version=old; Max-Age=-1"


def test_headers_bear_the_attributes_that_are_asked_for() -> None:
    tick = rig(maxAge=60, domain="example.com", secure=True, httpOnly=False, sameSite="Lax").tick
    header = affinity.set_cookie(tick, "version=a")
    assert header == "version=a; Max-Age=60; Domain=example.com; SameSite=Lax; Secure"
    assert affinity.set_cookie(rig().tick, "version=a") == "version=a; Max-Age=86400"
    assert affinity.set_primary_cookie(tick, "stable=b") == "stable=b; Max-Age=10", "for one step"


def test_the_pattern_finds_the_cookie_among_others() -> None:
    assert affinity.pattern("version=abc") == ".*version.*abc.*"

"""Which pod gets a request: turns, stickiness, mirrors, and what a change elsewhere leaves alone."""

from __future__ import annotations

from collections import Counter

from canarytui.sandbox.gateway.configuration import Configuration, GatewayRoute, Mirrored, Servers, Sticky, Weighted
from canarytui.sandbox.gateway.rules import GatewayRequest, parse
from canarytui.sandbox.gateway.selection import BackendSelector, cookie_value, set_cookie

A, B = Servers(("127.0.0.1:1",)), Servers(("127.0.0.1:2",))
SPLIT = Weighted((("a", 3.0), ("b", 1.0)))
STICKY = Sticky("session", max_age_s=60, http_only=True, same_site="lax")


def selector(**services: object) -> BackendSelector:
    made = BackendSelector()
    made.apply(Configuration(services=services))  # type: ignore[arg-type]
    return made


def chosen(made: BackendSelector, service: str, count: int) -> Counter[str]:
    return Counter(choice.service for _ in range(count) if (choice := made.choose(service, {})) is not None)


def test_weights_are_kept_through_a_change_of_another_service() -> None:
    made = selector(a=A, b=B, split=SPLIT)
    before = chosen(made, "split", 2)
    made.apply(Configuration(services={"a": A, "b": B, "split": SPLIT, "other": B}))
    assert before + chosen(made, "split", 2) == {"a": 3, "b": 1}


def test_a_service_that_is_unknown_or_has_no_server_gives_no_choice() -> None:
    made = selector(none=Servers(()), split=Weighted((("none", 1.0),)), off=Weighted((("none", 0.0),)))
    assert [made.choose(name, {}) for name in ("absent", "none", "split", "off")] == [None] * 4


def test_a_sticky_client_stays_until_its_choice_has_no_weight() -> None:
    split = Weighted((("a", 1.0), ("b", 1.0)), STICKY)
    made = selector(a=A, b=B, split=split)
    first = made.choose("split", {})
    assert first is not None
    assert first.cookies == [set_cookie(STICKY, cookie_value(first.service))]
    cookies = {"session": cookie_value(first.service)}
    again = [made.choose("split", cookies) for _ in range(5)]
    assert {each.service for each in again if each} == {first.service}
    assert not any(each.cookies for each in again if each)
    other = "b" if first.service == "a" else "a"
    made.apply(
        Configuration(services={"a": A, "b": B, "split": Weighted(((first.service, 0.0), (other, 1.0)), STICKY)})
    )
    moved = made.choose("split", cookies)
    assert moved is not None
    assert (moved.service, len(moved.cookies)) == (other, 1)


def test_mirrors_get_their_percentage_of_all_requests() -> None:
    made = selector(a=A, b=B, mirrored=Mirrored("a", (("b", 25),), body=False, max_body=9))
    choices = [made.choose("mirrored", {}) for _ in range(100)]
    assert sum(len(each.mirrors) for each in choices if each) == 25
    assert choices[0] is not None
    assert (choices[0].service, choices[0].mirror_body, choices[0].mirror_max_body) == ("a", False, 9)


def test_the_first_router_of_the_entry_point_whose_rule_matches() -> None:
    rule = parse("Host(`x`)")
    routers = (
        GatewayRoute("r1", ("secure",), rule, 9, "a"),
        GatewayRoute("r2", (), rule, 8, "b"),
        GatewayRoute("r3", ("web",), rule, 7, "a"),
    )
    made = BackendSelector()
    made.apply(Configuration(routers=routers))
    found = {entry: made.find(entry, GatewayRequest("x", "/")) for entry in ("web", "secure")}
    assert {entry: router.name for entry, router in found.items() if router} == {"web": "r2", "secure": "r1"}
    assert made.find("web", GatewayRequest("y", "/")) is None


def test_a_cookie_has_all_its_attributes() -> None:
    made = set_cookie(Sticky("s", "/p", "d", True, True, "strict", 0), "v")
    assert made == "s=v; Path=/p; Domain=d; Max-Age=0; HttpOnly; Secure; SameSite=Strict"

"""Canary Ingresses: which upstream they share, and which requests they get."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from dataplane_fakes import Object, ingress, ingress_class

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.ingress_table import CanaryShare
from canarytui.sandbox.gateway.ingresses.provider import build
from canarytui.sandbox.gateway.ingresses.selection import UpstreamSelector, find_location, is_for_canary
from canarytui.sandbox.gateway.rules import GatewayRequest

MAIN = ingress("podinfo", ("/", "Prefix", "podinfo"))
ALWAYS = {"canary": "true", "canary_weight": "100"}


def built(*ingresses: Object, pods: dict[str, list[str]] | None = None) -> Configuration:
    known = {"podinfo": ["main:1", "main:2"], "podinfo-canary": ["canary:1"], **(pods or {})}
    return build([ingress_class()], ingresses, lambda _, name, __: known.get(name, [f"{name}:1"]), "")


def shares(
    configuration: Configuration, count: int = 1, path: str = "/", host: str = "app.example.com"
) -> Counter[str]:
    """The first address of each choice."""
    draw = random.Random(7)
    selector = UpstreamSelector(lambda most: draw.randint(1, most))
    request = GatewayRequest(host, path)
    location = find_location(configuration.ingresses, request)
    assert location is not None
    chosen = [selector.choose(configuration.ingresses, location, request, {}) for _ in range(count)]
    return Counter("none" if each is None else each.addresses[0] for each in chosen)


def canary(*paths: tuple[str, str, str], name: str = "podinfo-canary", **annotations: str) -> Object:
    return ingress(name, *(paths or (("/", "Prefix", "podinfo-canary"),)), **{"canary": "true", **annotations})


def test_a_weight_is_of_a_hundred_or_of_its_total() -> None:
    few = shares(built(MAIN, canary(canary_weight="5")), 2000)
    assert 60 <= few["canary:1"] <= 140
    assert abs(few["main:1"] - few["main:2"]) <= 1
    tenth = shares(built(MAIN, canary(canary_weight="5", canary_weight_total="1000")), 2000)
    assert 2 <= tenth["canary:1"] <= 25
    assert shares(built(MAIN, canary(canary_weight="50", canary_weight_total="10")), 2000)["canary:1"] > 800
    assert not shares(built(MAIN, canary(canary_weight="0")), 500)["canary:1"]
    assert shares(built(MAIN, canary(**ALWAYS)), 500) == {"canary:1": 500}
    assert not shares(built(MAIN, canary(canary="false", canary_weight="100")), 50)["canary:1"]


def test_the_order_of_objects_does_not_matter() -> None:
    assert shares(built(canary(**ALWAYS), MAIN)) == {"canary:1": 1}


def test_a_canary_without_ready_pods_gets_nothing_and_a_main_one_is_unavailable() -> None:
    assert shares(built(MAIN, canary(**ALWAYS), pods={"podinfo-canary": []}), 4) == {"main:1": 2, "main:2": 2}
    assert shares(built(MAIN, canary(**ALWAYS), pods={"podinfo": []})) == {"none": 1}


@pytest.mark.parametrize(
    "other",
    [
        canary(("/", "Exact", "podinfo-canary"), **ALWAYS),
        canary(("/api", "Prefix", "podinfo-canary"), **ALWAYS),
        {**canary(**ALWAYS), "spec": ingress("x", ("/", "Prefix", "podinfo-canary"), host="b.example")["spec"]},
    ],
)
def test_a_canary_needs_another_ingress_with_its_host_path_and_type(other: Object) -> None:
    configuration = built(MAIN, other)
    assert shares(configuration)["main:1"] == 1
    (notice,) = configuration.notices
    assert (notice.reason, notice.name) == ("CanaryIgnored", "podinfo-canary")
    assert "the canary has no effect there" in notice.text


def test_only_one_canary_of_a_rule_counts() -> None:
    second = canary(("/", "Prefix", "third"), name="z", **ALWAYS)
    configuration = built(MAIN, canary(canary_weight="0"), second)
    assert not shares(configuration, 50)["third:1"]
    (notice,) = configuration.notices
    assert (notice.reason, notice.name) == ("CanaryIgnored", "z")
    assert "has a canary already, Ingress test/podinfo-canary" in notice.text


def test_locations_with_the_same_service_share_its_canary() -> None:
    both = ingress("podinfo", ("/", "Prefix", "podinfo"), ("/api", "Prefix", "podinfo"))
    assert shares(built(both, canary(**ALWAYS)), path="/api") == {"canary:1": 1}


def test_what_a_canary_inherits_from_its_main_ingress_is_not_complained_of_twice() -> None:
    configuration = built(MAIN, canary(auth_url="http://x", canary_weight="many"))
    assert [each.text for each in configuration.notices] == [
        "Annotation canary-weight is 'many', not a whole number: it has no effect."
    ]


HEADER = {"header": "X-Canary"}
VALUE = {**HEADER, "header_value": "insider"}
PATTERN = {**HEADER, "header_pattern": "^in.*r$"}
COOKIE = {"cookie": "canary"}
ALL = {"weight": 100}


@pytest.mark.parametrize(
    ("share", "header", "cookie", "wanted"),
    [
        (HEADER, "always", "", True),
        ({**HEADER, **ALL}, "never", "", False),
        ({**HEADER, **ALL}, "maybe", "", True),
        (HEADER, "maybe", "", False),
        ({**HEADER, **ALL}, None, "", True),
        (VALUE, "insider", "", True),
        (VALUE, "always", "", False),
        ({**VALUE, **ALL}, "never", "", True),
        ({**VALUE, "header_pattern": "other"}, "other", "", False),
        (PATTERN, "insider", "", True),
        (PATTERN, "outsider", "", False),
        ({**PATTERN, **ALL}, "outsider", "", True),
        ({**HEADER, "header_pattern": "(", **ALL}, "x", "", False),
        (COOKIE, None, "always", True),
        ({**COOKIE, **ALL}, None, "never", False),
        ({**COOKIE, **ALL}, None, "maybe", True),
        ({**HEADER, **COOKIE}, "always", "never", True),
        ({**HEADER, **COOKIE, **ALL}, "never", "always", False),
        ({**VALUE, **COOKIE}, "other", "always", True),
        ({"header_value": "insider"}, "insider", "", False),
    ],
)
def test_header_before_cookie_before_weight(
    share: dict[str, object], header: str | None, cookie: str, wanted: bool
) -> None:
    headers = {} if header is None else {"X-Canary": header}
    request = GatewayRequest("app.example.com", "/", headers=headers)
    cookies = {"canary": cookie} if cookie else {}
    assert is_for_canary(CanaryShare(**share), request, cookies, lambda _: 50) is wanted  # type: ignore[arg-type]

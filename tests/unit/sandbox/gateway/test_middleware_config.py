"""Middleware objects read: chains, refusals in Traefik's words, notices of what is not played."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.gateway import middlewares as played
from canarytui.sandbox.gateway.middleware_config import MiddlewareError, Middlewares


def known(**specs: dict[str, Any]) -> Middlewares:
    return Middlewares(
        {("test", name): {"kind": "Middleware", "metadata": {"name": name, "namespace": "test"}, "spec": spec}
         for name, spec in specs.items()}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "middleware"),
    [
        ({"stripPrefix": {"prefixes": ["/a"]}}, played.StripPrefix(("/a",))),
        ({"addPrefix": {"prefix": "/a"}}, played.AddPrefix("/a")),
        ({"replacePath": {"path": "/x"}}, played.ReplacePath("/x")),
        ({"replacePathRegex": {"regex": " ^/(.*) ", "replacement": " /$1 "}}, played.ReplacePathRegex("^/(.*)", "/$1")),
        ({"headers": {"customRequestHeaders": {"A": "b\nc"}}}, played.Headers((("A", "b c"),), ())),
        (
            {"redirectScheme": {"scheme": "https", "permanent": True}},
            played.RedirectScheme("https", "", permanent=True),
        ),
    ],
)
def test_each_kind_is_read(spec: dict[str, Any], middleware: played.Middleware) -> None:
    assert known(m=spec).resolve([{"name": "m"}], "test") == (middleware,)


def test_chains_are_taken_apart_in_order() -> None:
    found = known(
        outer={"chain": {"middlewares": [{"name": "one"}, {"name": "inner"}]}},
        inner={"chain": {"middlewares": [{"name": "two"}]}},
        one={"replacePath": {"path": "/1"}},
        two={"replacePath": {"path": "/2"}},
    ).resolve([{"name": "outer"}, {"name": "one"}], "test")
    assert found == (played.ReplacePath("/1"), played.ReplacePath("/2"), played.ReplacePath("/1"))


@pytest.mark.parametrize(
    ("spec", "reference", "said"),
    [
        ({}, {"name": "other"}, 'middleware "test-other@kubernetescrd" does not exist'),
        ({}, {"name": "m", "namespace": "x"}, "middleware x/m is not in the IngressRoute namespace test"),
        ({}, {"name": "m"}, "it is empty"),
        ({"replacePath": {}, "addPrefix": {}}, {"name": "m"}, "multi-types middleware not supported"),
        ({"addPrefix": {}}, {"name": "m"}, "prefix cannot be empty"),
        ({"redirectScheme": {}}, {"name": "m"}, "you must provide a target scheme"),
        ({"replacePathRegex": {"regex": "("}}, {"name": "m"}, 'middleware "test-m@kubernetescrd": '),
        (
            {"chain": {"middlewares": [{"name": "m"}]}},
            {"name": "m"},
            "recursion detected in test-m@kubernetescrd->test-m",
        ),
    ],
)
def test_what_traefik_refuses(spec: dict[str, Any], reference: dict[str, str], said: str) -> None:
    with pytest.raises(MiddlewareError) as found:
        known(m=spec).resolve([reference], "test")
    assert said in str(found.value)


def test_what_is_not_played_is_told_once() -> None:
    made = known(m={"rateLimit": {"average": 1}}, h={"headers": {"stsSeconds": 1, "customRequestHeaders": {}}})
    for _ in range(2):
        assert made.resolve([{"name": "m"}, {"name": "h"}], "test") == (played.Headers((), ()),)
    assert [(each.name, each.reason, each.text.partition(" play ")[2].partition(":")[0]) for each in made.notices] == [
        ("m", "NotPlayed", "rateLimit"),
        ("h", "NotPlayed", "headers.stsSeconds"),
    ]

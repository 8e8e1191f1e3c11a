"""What a request that goes on to a pod means: its container, and the target of a proxy."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.http.connect import chosen_container, split_target


def pod(*names: str, init: tuple[str, ...] = (), default: str = "") -> dict[str, Any]:
    annotations = {"kubectl.kubernetes.io/default-container": default} if default else {}
    return {
        "metadata": {"name": "p", "annotations": annotations},
        "spec": {"containers": [{"name": n} for n in names], "initContainers": [{"name": n} for n in init]},
    }


def test_the_only_the_default_or_the_named_container_is_meant() -> None:
    assert chosen_container(pod("a"), "") == "a"
    assert chosen_container(pod("a", "b", default="b"), "") == "b"
    assert chosen_container(pod("a", "b"), "b") == "b"
    assert chosen_container(pod("a", init=("i",)), "i") == "i"


@pytest.mark.parametrize(
    ("of", "asked", "words"),
    [
        (pod("a"), "x", "container x is not valid for pod p"),
        (pod("a", "b"), "", "a container name must be specified for pod p, choose one of: [a b]"),
        (
            pod("a", "b", init=("i",)),
            "",
            "a container name must be specified for pod p, choose one of: [a b] or one of the init containers: [i]",
        ),
    ],
)
def test_an_unclear_container_is_refused(of: dict[str, Any], asked: str, words: str) -> None:
    with pytest.raises(StatusError) as refused:
        chosen_container(of, asked)
    assert (refused.value.code, refused.value.message) == (400, words)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("web", ("http", "web", "")),
        ("web:80", ("http", "web", "80")),
        ("https:web:443", ("https", "web", "443")),
        (":web:http", ("http", "web", "http")),
        ("http:web:", ("http", "web", "")),
    ],
)
def test_a_proxy_target_has_scheme_name_and_port(name: str, parts: tuple[str, str, str]) -> None:
    assert split_target(name, "service") == parts


@pytest.mark.parametrize("name", ["ftp:web:80", "a:b:c:d", ":80"])
def test_a_malformed_target_is_refused(name: str) -> None:
    with pytest.raises(StatusError) as refused:
        split_target(name, "service")
    assert (refused.value.code, refused.value.message) == (400, f'invalid service request "{name}"')

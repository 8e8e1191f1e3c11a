"""Whom a MetricTemplate's query goes to, or which of three things keeps it from being asked."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.template_provider import ProviderProblem, Unusable, template_provider

Object = dict[str, Any]
TOKEN = {"data": {"token": base64.b64encode(b"letmein").decode()}}


def template(**provider: Any) -> Object:
    return {
        "metadata": {"name": "t", "namespace": "shop"},
        "spec": {"provider": {"address": "http://p.test", **provider}},
    }


def reads(secret: Mapping[str, Any] | None) -> Any:
    def read(namespace: str, name: str) -> Mapping[str, Any] | None:
        assert (namespace, name) == ("shop", "keys"), "the template's namespace, not the canary's"
        return secret

    return read


def unread(namespace: str, name: str) -> Mapping[str, Any] | None:
    raise AssertionError(f"nobody needs Secret {name}")


KEYS = {"secretRef": {"name": "keys"}}


@pytest.mark.parametrize(
    ("provider", "secrets", "problem"),
    [
        ({"type": "nobody"}, unread, ProviderProblem(Unusable.UNKNOWN_TYPE, "nobody")),
        ({"type": "nobody", **KEYS}, unread, ProviderProblem(Unusable.UNKNOWN_TYPE, "nobody")),
        (KEYS, reads(None), ProviderProblem(Unusable.SECRET_MISSING, "prometheus", "keys")),
        (
            KEYS,
            reads({"data": {"other": "eA=="}}),
            ProviderProblem(
                Unusable.MISCONFIGURED,
                "prometheus",
                "prometheus credentials does not contain a token, or username and password",
            ),
        ),
        (
            {"address": ""},
            unread,
            ProviderProblem(Unusable.MISCONFIGURED, "prometheus", "prometheus endpoint  is not a valid URL"),
        ),
    ],
)
def test_what_keeps_a_provider_from_being_asked(provider: Object, secrets: Any, problem: ProviderProblem) -> None:
    assert template_provider(template(**provider), secrets=secrets) == problem


def test_the_provider_of_a_template() -> None:
    found = template_provider(template(**KEYS), secrets=reads(TOKEN), interval="30s", strict=True)
    expected = ProviderSpec("prometheus", "http://p.test", credentials={"token": "letmein"}, strict=True)
    assert found == expected, "without the interval, so that checks of several intervals share their requests"


@pytest.mark.parametrize("address", ["http://p.test", ""])
@pytest.mark.parametrize("more", [{}, KEYS])
def test_a_persons_own_prometheus_is_asked_instead_without_the_templates_credentials(
    address: str, more: Object
) -> None:
    found = template_provider(template(address=address, **more), secrets=unread, prometheus="http://mine.test")
    assert found == ProviderSpec("prometheus", "http://mine.test")

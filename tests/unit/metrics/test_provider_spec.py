"""A MetricTemplate's provider as a value, whatever stands in the template and its Secret."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from replacing import replace

from canarytui.metrics.provider_spec import ProviderSpec, provider_spec, provider_type, secret_name


def template(**provider: Any) -> dict[str, Any]:
    return {"metadata": {"name": "t", "namespace": "shop"}, "spec": {"provider": provider}}


def encoded(text: bytes) -> str:
    return base64.b64encode(text).decode()


def test_every_field_of_the_provider_is_there() -> None:
    made = template(
        type="cloudwatch",
        address="https://a.test",
        region="eu-north-1",
        insecureSkipVerify=True,
        headers={"X-Scope-OrgID": ["shop", "other"], "Empty": []},
        secretRef={"name": "keys"},
    )
    secret = {"data": {"token": encoded(b"letmein"), "blob": encoded(b"\xff\xfe"), "bad": "=x"}}
    assert secret_name(made) == "keys"
    assert provider_spec(made, secret, interval="30s", strict=True) == ProviderSpec(
        type="cloudwatch",
        address="https://a.test",
        headers={"X-Scope-OrgID": "shop, other"},
        verify_tls=False,
        region="eu-north-1",
        credentials={"token": "letmein"},
        interval="30s",
        strict=True,
    )


@pytest.mark.parametrize(
    "broken", [{}, {"spec": None}, {"spec": {"provider": "x"}}, {"spec": {"provider": {"headers": 1}}}]
)
def test_a_template_that_says_nothing_is_a_prometheus_without_address(broken: dict[str, Any]) -> None:
    assert provider_type(broken) == "prometheus"
    assert secret_name(broken) == ""
    assert provider_spec(broken, None) == ProviderSpec("prometheus")


def test_no_secret_and_an_empty_one_are_told_apart() -> None:
    assert provider_spec(template(), None).credentials is None
    assert provider_spec(template(), {}).credentials == {}


def test_identity_tells_apart_what_differs() -> None:
    spec = ProviderSpec("prometheus", "http://a.test", {"A": "1", "B": "2"}, credentials={"token": "x"})
    same = ProviderSpec("prometheus", "http://a.test", {"B": "2", "A": "1"}, credentials={"token": "x"})
    assert spec.identity == same.identity
    others = [
        replace(spec, **{field: value})
        for field, value in {
            "type": "datadog", "address": "http://b.test", "headers": {}, "verify_tls": False, "region": "r",
            "credentials": None, "interval": "1m", "strict": True,
        }.items()
    ]  # fmt: skip
    assert len({spec.identity, *(other.identity for other in others)}) == len(others) + 1


def test_credentials_do_not_show() -> None:
    shown = repr(ProviderSpec("prometheus", headers={"Authorization": "letmein"}, credentials={"token": "letmein"}))
    assert "letmein" not in shown

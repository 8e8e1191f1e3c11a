"""Which provider a MetricTemplate's query goes to, or why none can be asked. Pure; for engine and console alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from typing import Any

from msgspec import Struct

from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec, provider_spec, provider_type, secret_name
from canarytui.metrics.providers.registry import is_known, provider_class

SecretReader = Callable[[str, str], Mapping[str, Any] | None]
"""The Secret of a namespace and name, None when there is none."""


class Unusable(Enum):
    """Why a template's provider cannot be asked."""

    UNKNOWN_TYPE = auto()
    SECRET_MISSING = auto()
    MISCONFIGURED = auto()


class ProviderProblem(Struct, frozen=True):
    """`type` is the provider's. `detail` is the Secret's name, or what is wrong in Flagger's words."""

    why: Unusable
    type: str
    detail: str = ""


def template_provider(
    template: Mapping[str, Any],
    *,
    secrets: SecretReader,
    interval: str = "",
    strict: bool = False,
    prometheus: str = "",
) -> ProviderSpec | ProviderProblem:
    """The provider of a MetricTemplate for a check with `interval`.

    `prometheus` is an address to ask instead of a Prometheus provider's own; the template's credentials are not for it.
    """
    type_ = provider_type(template)
    if not is_known(type_):
        return ProviderProblem(Unusable.UNKNOWN_TYPE, type_)
    replaced = bool(prometheus) and type_ == PROMETHEUS
    name, secret = secret_name(template), None
    if name and not replaced:
        secret = secrets(str(template["metadata"]["namespace"]), name)
        if secret is None:
            return ProviderProblem(Unusable.SECRET_MISSING, type_, name)
    server = provider_class(type_)
    spec = provider_spec(template, secret, interval=interval if server.takes_interval else "", strict=strict)
    if replaced:
        spec = replace(spec, address=prometheus)
    error = server.configuration_error(spec)
    return ProviderProblem(Unusable.MISCONFIGURED, type_, error) if error else spec

"""A MetricTemplate's ``spec.provider`` as a value: which metric service is asked, where, and with which credentials.

Pure. The engine's core and the console build it; :mod:`canarytui.metrics.providers` turns it into requests.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from canarytui.domain.values import as_mapping

PROMETHEUS = "prometheus"
"""The type of a provider that names none, and the one that answers built-in and inline queries."""


@dataclass(frozen=True, slots=True)
class ProviderSpec:
    """Everything that a provider is built from.

    `credentials` are the decoded values of the Secret that ``secretRef`` names, None without a ``secretRef``.
    `interval` is the check's (``1m``), from which some services take their time window. `strict` asks for Flagger's
    reading of an answer even where that is a fault.
    """

    type: str
    address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify_tls: bool = True
    region: str = ""
    credentials: Mapping[str, str] | None = field(default=None, repr=False)
    interval: str = ""
    strict: bool = False

    @property
    def identity(self) -> Hashable:
        """Equal for specs that are equal."""
        credentials = None if self.credentials is None else tuple(sorted(self.credentials.items()))
        headers = tuple(sorted(self.headers.items()))
        where = (self.type, self.address, self.region, self.verify_tls)
        return (*where, headers, credentials, self.interval, self.strict)


def provider_type(template: Mapping[str, Any]) -> str:
    """The ``spec.provider.type`` of a MetricTemplate."""
    return str(_provider(template).get("type") or PROMETHEUS)


def secret_name(template: Mapping[str, Any]) -> str:
    """The Secret with the provider's credentials, in the template's namespace; "" when it needs none."""
    return str(as_mapping(_provider(template).get("secretRef")).get("name") or "")


def provider_spec(
    template: Mapping[str, Any], secret: Mapping[str, Any] | None, *, interval: str = "", strict: bool = False
) -> ProviderSpec:
    """The provider of a MetricTemplate; `secret` is the Secret of :func:`secret_name`, None when it needs none."""
    provider = _provider(template)
    headers = as_mapping(provider.get("headers"))
    return ProviderSpec(
        type=provider_type(template),
        address=str(provider.get("address") or ""),
        headers={str(name): _joined(values) for name, values in headers.items() if values},
        verify_tls=not provider.get("insecureSkipVerify"),
        region=str(provider.get("region") or ""),
        credentials=None if secret is None else _texts(as_mapping(secret.get("data"))),
        interval=interval,
        strict=strict,
    )


def _joined(values: object) -> str:
    """Several values of a header in one line, which means the same as a line for each."""
    return ", ".join(map(str, values)) if isinstance(values, list) else ""


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    """The values of a Secret that are text; no credential is anything else."""
    found = {}
    for key, value in data.items():
        try:
            found[str(key)] = base64.b64decode(str(value)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _provider(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_mapping(as_mapping(template.get("spec")).get("provider"))

"""Who gets an alert: the AlertProviders that the canary names, else the one notifier of the controller's flags."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from canarytui.domain import analysis
from canarytui.engine.decide.effects import Object
from canarytui.engine.decide.tick import Settings, Tick

USERNAME, CHANNEL = "flagger", "general"
_LEVELS = {"info": 0, "warn": 1, "error": 2}
_UNSET = "info"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A channel of a chat service. `name` is what the log calls it; `service` is an AlertProvider's ``type``.

    The address of a webhook is a secret as its token is: neither may be logged.
    """

    name: str
    service: str
    address: str = field(repr=False)
    token: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)
    username: str = USERNAME
    channel: str = CHANNEL


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An alert that cannot be sent, and why, as a line for the log."""

    why: str


def receivers(tick: Tick, severity: str, everyone: Receiver | None) -> list[Receiver | Unreachable]:
    """Who gets an alert of this severity: `everyone` gets all, but only of canaries that name no provider."""
    alerts = tick.canary.spec.analysis.alerts
    if not alerts:
        return [] if everyone is None else [everyone]
    return [_receiver(tick, alert) for alert in alerts if _wants(alert, severity, tick.settings)]


def is_address(text: str) -> bool:
    """Whether `text` is an absolute http or https URL."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))


def _wants(alert: analysis.Alert, severity: str, settings: Settings) -> bool:
    """Flagger sends nothing when the severity is unset, although its documentation says info."""
    least = alert.severity or ("" if settings.strict else _UNSET)
    return least in _LEVELS and _LEVELS[severity] >= _LEVELS[least]


def _receiver(tick: Tick, alert: analysis.Alert) -> Receiver | Unreachable:
    namespace = alert.provider_namespace or tick.canary.namespace
    name = f"alert provider {alert.provider_name}.{namespace}"
    provider = tick.world.get("AlertProvider", namespace, alert.provider_name)
    if provider is None:
        return Unreachable(f'{name} error: alertproviders.flagger.app "{alert.provider_name}" not found')
    spec = _mapping(provider.get("spec"))
    address, token = str(spec.get("address") or ""), ""
    secret_name = _mapping(spec.get("secretRef")).get("name")
    if secret_name:
        secret = tick.world.get("Secret", namespace, str(secret_name))
        if secret is None:
            return Unreachable(f'{name} secretRef error: secrets "{secret_name}" not found')
        address, token = _decoded(secret, "address"), _decoded(secret, "token")
        if not address:
            return Unreachable(f"{name} secret {secret_name} does not contain an address")
    if not address:
        return Unreachable(f"{name} error: it has no address")
    if not is_address(address):
        return Unreachable(f"{name} error: its address is not an http:// or https:// URL")
    return Receiver(
        name,
        str(spec.get("type") or ""),
        address,
        token,
        str(spec.get("proxy") or ""),
        str(spec.get("username") or USERNAME),
        str(spec.get("channel") or CHANNEL),
    )


def _decoded(secret: Object, key: str) -> str:
    """A key of a Secret; "" when it is not there or is no text. A trailing newline is dropped."""
    try:
        return base64.b64decode(str(_mapping(secret.get("data")).get(key) or ""), validate=True).decode().strip()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

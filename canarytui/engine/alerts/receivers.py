"""Who gets an alert: the AlertProviders that the canary names, else the one notifier of the controller's flags."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from canarytui.domain.spec import analysis
from canarytui.domain.text.public_url import redacted_url
from canarytui.domain.values import KubernetesObject, as_mapping
from canarytui.engine.alerts.receiver import CHANNEL, USERNAME, Receiver, Unreachable, is_address
from canarytui.engine.alerts.service import Service
from canarytui.engine.alerts.services import service_of
from canarytui.engine.decide.effects import SendAlert
from canarytui.engine.decide.tick import ControllerSettings, Tick

Known = tuple[Receiver, Service]

_LEVELS = {"info": 0, "warn": 1, "error": 2}
_UNSET = "info"


def receivers(tick: Tick, alert: SendAlert, everyone: Receiver | None) -> list[Known | Unreachable]:
    """Who gets this alert, in the order in which the canary names them: `everyone` gets all, but only of canaries that
    name no provider."""
    named = tick.canary.spec.analysis.alerts
    if named:
        found = (_wanted(tick, each, alert) for each in named)
        return [each for each in found if each is not None]
    if everyone is None:
        return []
    service = service_of(everyone.service, everyone.address, strict=tick.settings.strict)
    if service is None:
        return [Unreachable(f"{everyone.name} error: provider {everyone.service} not supported")]
    return [_checked(everyone, service)]


def _wanted(tick: Tick, named: analysis.AlertTarget, alert: SendAlert) -> Known | Unreachable | None:
    """The receiver of an alert; None where it does not want this one, or where Flagger is silent."""
    wants = _wants(named, alert.severity, tick.settings)
    if not wants and not alert.resolves:
        return None
    found = _strict_receiver(tick, named) if tick.settings.strict else _receiver(tick, named)
    if wants or found is None:
        return found
    return found if not isinstance(found, Unreachable) and found[1].resolves else None


def _wants(named: analysis.AlertTarget, severity: str, settings: ControllerSettings) -> bool:
    """Flagger sends nothing when the severity is unset, although its documentation says info."""
    least = named.severity or ("" if settings.strict else _UNSET)
    return least in _LEVELS and _LEVELS[severity] >= _LEVELS[least]


def _receiver(tick: Tick, named: analysis.AlertTarget) -> Known | Unreachable:
    namespace = named.provider_namespace or tick.canary.namespace
    name = f"alert provider {named.provider_name}.{namespace}"
    spec = _spec(tick, namespace, named.provider_name)
    if spec is None:
        return Unreachable(f'{name} error: alertproviders.flagger.app "{named.provider_name}" not found')
    address, token, source = str(spec.get("address") or ""), "", ""
    secret_name = as_mapping(spec.get("secretRef")).get("name")
    if secret_name:
        secret = tick.cluster_view.get("Secret", namespace, str(secret_name))
        if secret is None:
            return Unreachable(f'{name} secretRef error: secrets "{secret_name}" not found')
        address, token = _decoded(secret, "address"), _decoded(secret, "token")
        source = f"secret {secret_name}"
    type_ = str(spec.get("type") or "")
    service = service_of(type_, address, strict=False)
    if service is None:
        return Unreachable(f"{name} error: provider {type_} not supported")
    address = address or service.address
    if not address and source:
        return Unreachable(f"{name} {source} does not contain an address")
    if not address:
        return Unreachable(f"{name} error: it has no address")
    if not is_address(address):
        return Unreachable(f"{name} error: its address is not an http:// or https:// URL")
    return _checked(_made(name, type_, address, token, spec), service, source)


def _strict_receiver(tick: Tick, named: analysis.AlertTarget) -> Known | Unreachable | None:
    """In Flagger's words; an address that is empty is nobody."""
    namespace = named.provider_namespace or tick.canary.namespace
    name = f"alert provider {named.provider_name}.{namespace}"
    spec = _spec(tick, namespace, named.provider_name)
    if spec is None:
        return Unreachable(f'{name} error: alertprovider.flagger.app "{named.provider_name}" not found')
    address, token = str(spec.get("address") or ""), ""
    secret_name = as_mapping(spec.get("secretRef")).get("name")
    if secret_name:
        secret = tick.cluster_view.get("Secret", namespace, str(secret_name))
        if secret is None:
            return Unreachable(f'{name} secretRef error: secrets "{secret_name}" not found')
        if "address" not in as_mapping(secret.get("data")):
            return Unreachable(f"{name} secret does not contain an address")
        address, token = _decoded(secret, "address"), _decoded(secret, "token")
    if not address:
        return None
    type_ = str(spec.get("type") or "")
    service = service_of(type_, address, strict=True)
    if service is None:
        return Unreachable(f"{name} error: provider {type_} not supported")
    if not is_address(address):
        # Flagger logs it whole; userinfo and queries of what has a host are left out here as in all its messages.
        shown = redacted_url(address) if "://" in address else address
        return Unreachable(f"{name} error: invalid {service.title} URL {shown}")
    return _made(name, type_, address, token, spec), service


def _checked(receiver: Receiver, service: Service, source: str = "") -> Known | Unreachable:
    if service.needs_token and not receiver.token:
        where = f"{source} does not contain a token" if source else "error: it has no token; put one into a Secret"
        return Unreachable(f"{receiver.name} {where}")
    return receiver, service


def _made(name: str, type_: str, address: str, token: str, spec: Mapping[str, Any]) -> Receiver:
    return Receiver(
        name,
        type_,
        address,
        token,
        str(spec.get("proxy") or ""),
        str(spec.get("username") or USERNAME),
        str(spec.get("channel") or CHANNEL),
    )


def _spec(tick: Tick, namespace: str, name: str) -> Mapping[str, Any] | None:
    provider = tick.cluster_view.get("AlertProvider", namespace, name)
    return None if provider is None else as_mapping(provider.get("spec"))


def _decoded(secret: KubernetesObject, key: str) -> str:
    """A key of a Secret; "" when it is not there or is no text. A trailing newline is dropped."""
    try:
        return base64.b64decode(str(as_mapping(secret.get("data")).get(key) or ""), validate=True).decode().strip()
    except (binascii.Error, UnicodeDecodeError):
        return ""

"""Gloo Edge's Upstreams of the primary's and the canary's Service, with settings of the user's (``spec.upstreamRef``).

Deviation from Flagger unless strict: an Upstream that no longer selects the Service's pods is repaired.
"""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

from canarytui.domain.traffic.gloo import UPSTREAMS, upstream_names
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads.base import owner_reference

_CALLER = "router/gloo.go"
_COPIED = (
    "labels",
    "sslConfig",
    "circuitBreakers",
    "connectionConfig",
    "loadBalancerConfig",
    "useHttp2",
    "initialStreamWindowSize",
    "initialConnectionWindowSize",
    "httpProxyHostName",
)
_KEPT_EQUAL = "loadBalancerConfig"
"""The one setting that follows the user's Upstream later on, too."""


def reconcile_upstreams(tick: Tick) -> Decision[None]:
    """Create or repair both.

    Raises:
        EndTick: a Service, or the Upstream of ``spec.upstreamRef``, does not exist.
    """
    canary = tick.canary
    services = (canary.primary_service_name, canary.canary_service_name)
    for side, name, service in zip(("primary", "canary"), upstream_names(canary), services, strict=True):
        try:
            yield from settle(partial(_reconcile, tick, name, service), f"upstream {name}")
        except EndTick as error:
            raise EndTick(f"error creating flagger {side} upstream: {error}") from error


def _reconcile(tick: Tick, name: str, service: str) -> Decision[bool]:
    canary = tick.canary
    kube = _kube(tick, service)
    settings = _settings(tick)
    live = tick.cluster_view.get(UPSTREAMS.kind, canary.namespace, name)
    if live is None:
        owner = [owner_reference(canary)]
        metadata = {"name": name, "namespace": canary.namespace, "ownerReferences": owner}
        identity = {"apiVersion": UPSTREAMS.api_version, "kind": UPSTREAMS.kind}
        yield Create({**identity, "metadata": metadata, "spec": {**settings, "kube": kube}})
        yield Log(f"{UPSTREAMS.kind} {name}.{canary.namespace} created", _CALLER)
        return True
    present = live.get("spec") or {}
    wanted: dict[str, Any] = copy.deepcopy(dict(present))
    if settings.get(_KEPT_EQUAL):
        wanted[_KEPT_EQUAL] = settings[_KEPT_EQUAL]
    if not tick.settings.strict:
        # Gloo's discovery adds to it what the Service speaks.
        wanted["kube"] = {**(present.get("kube") or {}), **kube}
    if wanted != present:
        yield Replace({**live, "spec": wanted})
        yield Log(f"{UPSTREAMS.kind} {name}.{canary.namespace} updated", _CALLER)
    return True


def _kube(tick: Tick, name: str) -> dict[str, Any]:
    """The Service that an Upstream stands for, and its pods."""
    canary = tick.canary
    service = tick.cluster_view.get("Service", canary.namespace, name)
    if service is None:
        raise EndTick(f'service {name}.{canary.namespace} get query error: services "{name}" not found')
    kube = {"serviceName": name, "serviceNamespace": canary.namespace, "servicePort": canary.spec.service.port}
    selector = dict((service.get("spec") or {}).get("selector") or {})
    return {**kube, **({"selector": selector} if selector else {})}


def _settings(tick: Tick) -> dict[str, Any]:
    """Those of the Upstream that the canary refers to; none without one."""
    reference: KubernetesObject = (tick.canary.raw.get("spec") or {}).get("upstreamRef") or {}
    name = str(reference.get("name") or "")
    if not name:
        return {}
    namespace = str(reference.get("namespace") or tick.canary.namespace)
    found = tick.cluster_view.get(UPSTREAMS.kind, namespace, name)
    if found is None:
        missing = f'{UPSTREAMS.full_name} "{name}" not found'
        raise EndTick(f"config upstream {name}.{namespace} get query error: {missing}")
    spec = found.get("spec") or {}
    return {field: copy.deepcopy(spec[field]) for field in _COPIED if field in spec}

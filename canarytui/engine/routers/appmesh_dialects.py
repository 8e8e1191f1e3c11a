"""What App Mesh's objects say for a canary, in the two versions of its API. Pure: builds specs.

A split, the object whose first route has the live weights, is a VirtualService in v1beta1 and a VirtualRouter in
v1beta2. There are two: the apex', and one that leads everything to the canary.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from canarytui.domain.resource import Resource
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.traffic import appmesh as records
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.workloads import workload_of

Part = dict[str, Any]

_ACCESS_LOG = "appmesh.flagger.app/accesslog"
_RETRY_MS, _RETRIES, _RETRY_EVENTS = 250, 1, ("gateway-error",)
_MATCHING_PRIORITY, _OTHERS_PRIORITY = 10, 20
_HEADER_MATCHES = ("exact", "prefix", "regex", "suffix")


class MeshDialect(ABC):
    """One version of the API.

    Attributes:
        node, split: what its router writes; `service`, where that is an object of its own, leads to the split.
        caller: the part of Flagger that writes them.
        others: fields of specs that App Mesh's controller fills in.
        node_metadata: whether Flagger repairs labels and annotations of virtual nodes.
    """

    node: Resource
    split: Resource
    service: Resource | None = None
    caller: str
    others: tuple[str, ...] = ()
    node_metadata: bool = False
    _protocol_field: str

    @abstractmethod
    def nodes(self, tick: Tick) -> Mapping[str, Part]:
        """The specs of virtual nodes by name. Raises EndTick where the canary lacks something."""

    @abstractmethod
    def split_name(self, tick: Tick, name: str) -> str:
        """What the split behind the Service `name` is called."""

    @abstractmethod
    def split_spec(self, tick: Tick, name: str, weights: Weights) -> Part:
        """The spec of the split behind the Service `name`."""

    @abstractmethod
    def _target(self, node: str, weight: int) -> Part: ...

    @abstractmethod
    def _retry_policy(self, timeout_ms: int, retries: int, events: list[str]) -> Part: ...

    def _timeout(self, tick: Tick) -> Part:
        return {}

    def targets(self, tick: Tick, weights: Weights) -> Part:
        """A route's action: the canary comes first."""
        canary = tick.canary
        both = ((canary.canary_service_name, weights.canary), (canary.primary_service_name, weights.primary))
        return {"weightedTargets": [self._target(*each) for each in both]}

    def routes(self, tick: Tick, name: str, weights: Weights) -> list[Part]:
        """The routes behind the Service `name`; with ``analysis.match`` the apex' are those of A/B testing."""
        action, match = self.targets(tick, weights), tick.canary.spec.analysis.match
        if name != tick.canary.apex_name or not match:
            return [self._route(tick, name, action)]
        # App Mesh wants all headers of a route; Flagger writes one route for all entries, of which any one is meant.
        alternatives = [headers_of(match)] if tick.settings.strict else [headers_of([each]) for each in match]
        wanted = [headers for headers in alternatives if headers or tick.settings.strict]
        found = [
            self._route(
                tick, f"{name}-a" if number == 0 else f"{name}-a-{number + 1}", action, headers,
                _MATCHING_PRIORITY + number,
            )
            for number, headers in enumerate(wanted)
        ]  # fmt: skip
        last = max(_OTHERS_PRIORITY, _MATCHING_PRIORITY + len(found))
        others = {"weightedTargets": [self._target(tick.canary.primary_service_name, 100)]}
        return [*found, self._route(tick, f"{name}-b", others, priority=last)]

    def _route(
        self, tick: Tick, name: str, action: Part, headers: Sequence[Part] = (), priority: int | None = None
    ) -> Part:
        http: Part = {"match": {"prefix": _prefix(tick), **({"headers": list(headers)} if headers else {})}}
        timeout = self._timeout(tick)
        http |= {"timeout": timeout} if timeout else {}
        retries = tick.canary.spec.service.raw.get("retries")
        if isinstance(retries, Mapping):
            http["retryPolicy"] = self._retry_policy(*retries_of(retries))
        http["action"] = action
        return {"name": name, self._protocol_field: http, **({"priority": priority} if priority is not None else {})}

    def action(self, route: Mapping[str, Any]) -> Part:
        """What a live route does with its requests."""
        return dict((route.get(self._protocol_field) or {}).get("action") or {})

    def with_action(self, route: Mapping[str, Any], action: Part) -> Part:
        """The same route with another action."""
        return {**route, self._protocol_field: {**(route.get(self._protocol_field) or {}), "action": action}}


class V1Beta1Dialect(MeshDialect):
    """``appmesh``."""

    node, split = records.VIRTUAL_NODES, records.VIRTUAL_SERVICES
    caller = "router/appmesh.go"
    node_metadata = True
    _protocol_field = "http"

    def nodes(self, tick: Tick) -> Mapping[str, Part]:
        canary = tick.canary
        mesh = canary.spec.service.raw.get("meshName")
        if not mesh:
            raise EndTick("mesh name cannot be empty")
        names = dict.fromkeys((canary.apex_name, canary.primary_service_name), canary.primary_service_name)
        names[canary.canary_service_name] = canary.canary_service_name
        backends = [{"virtualService": {"virtualServiceName": each}} for each in backends_of(tick)]
        return {
            name: {
                "meshName": mesh,
                "listeners": self._listeners(tick),
                "serviceDiscovery": {"dns": {"hostName": f"{host}.{canary.namespace}"}},
                **({"backends": backends} if backends else {}),
                **logging_of(tick),
            }
            for name, host in names.items()
        }

    def split_name(self, tick: Tick, name: str) -> str:
        return f"{name}.{tick.canary.namespace}"

    def split_spec(self, tick: Tick, name: str, weights: Weights) -> Part:
        return {
            "meshName": tick.canary.spec.service.raw.get("meshName"),
            "virtualRouter": {"name": name, "listeners": self._listeners(tick)},
            "routes": self.routes(tick, name, weights),
        }

    def _listeners(self, tick: Tick) -> list[Part]:
        return [{"portMapping": {"port": tick.canary.spec.service.port, "protocol": _protocol(tick)}}]

    def _target(self, node: str, weight: int) -> Part:
        return {"virtualNodeName": node, "weight": weight}

    def _retry_policy(self, timeout_ms: int, retries: int, events: list[str]) -> Part:
        return {"perRetryTimeoutMillis": timeout_ms, "maxRetries": retries, "httpRetryEvents": events}


class V1Beta2Dialect(MeshDialect):
    """``appmesh:v1beta2``."""

    node, split = records.VIRTUAL_NODES_V1BETA2, records.VIRTUAL_ROUTERS_V1BETA2
    service = records.VIRTUAL_SERVICES_V1BETA2
    caller = "router/appmesh_v1beta2.go"
    others = ("awsName", "meshRef")
    _protocol_field = "httpRoute"

    def nodes(self, tick: Tick) -> Mapping[str, Part]:
        canary = tick.canary
        selector = workload_of(canary).selector(tick)
        timeout = self._timeout(tick)
        listener: Part = {"portMapping": self._port(tick), **({"timeout": {"http": timeout}} if timeout else {})}
        backends = [
            {"virtualService": {"virtualServiceARN": each} if each.startswith("arn:aws") else _reference(each)}
            for each in backends_of(tick)
        ]
        values = {
            canary.primary_service_name: selector.primary_value,
            canary.canary_service_name: selector.value,
        }
        return {
            name: {
                **({"podSelector": {"matchLabels": {selector.key: value}}} if selector.key else {}),
                "listeners": [listener],
                "serviceDiscovery": {"dns": {"hostname": f"{name}.{canary.namespace}.svc.cluster.local."}},
                **({"backends": backends} if backends else {}),
                **logging_of(tick),
            }
            for name, value in values.items()
        }

    def split_name(self, tick: Tick, name: str) -> str:
        return name

    def split_spec(self, tick: Tick, name: str, weights: Weights) -> Part:
        return {"listeners": [{"portMapping": self._port(tick)}], "routes": self.routes(tick, name, weights)}

    def service_spec(self, name: str) -> Part:
        """The spec of the VirtualService that leads to the router `name`."""
        return {"provider": {"virtualRouter": {"virtualRouterRef": {"name": name}}}}

    def _port(self, tick: Tick) -> Part:
        service = tick.canary.spec.service
        target = service.target_port
        return {"port": target if isinstance(target, int) else service.port, "protocol": _protocol(tick)}

    def _timeout(self, tick: Tick) -> Part:
        ms = _ms(tick.canary.spec.service.raw.get("timeout"))
        return {"perRequest": {"unit": "ms", "value": ms}} if ms else {}

    def _target(self, node: str, weight: int) -> Part:
        return {"virtualNodeRef": {"name": node}, "weight": weight}

    def _retry_policy(self, timeout_ms: int, retries: int, events: list[str]) -> Part:
        timeout = {"unit": "ms", "value": timeout_ms}
        return {"perRetryTimeout": timeout, "maxRetries": retries, "httpRetryEvents": events}


def headers_of(match: Sequence[Mapping[str, Any]]) -> list[Part]:
    """The headers of all entries of ``analysis.match``, in App Mesh's form."""
    return [
        {"name": name, "match": {kind: value[kind] for kind in _HEADER_MATCHES if (value or {}).get(kind)}}
        for entry in match
        for name, value in (entry.get("headers") or {}).items()
    ]


def retries_of(retries: Mapping[str, Any]) -> tuple[int, int, list[str]]:
    """Timeout of a try in milliseconds, number of retries, and the events after which there is one."""
    attempts, events = retries.get("attempts"), str(retries.get("retryOn") or "")
    count = attempts if isinstance(attempts, int) and attempts > 0 else _RETRIES
    return _ms(retries.get("perTryTimeout")) or _RETRY_MS, count, events.split(",") if events else [*_RETRY_EVENTS]


def gateway_annotations(tick: Tick) -> dict[str, str]:
    """The annotations by which a gateway exposes the apex at ``service.hosts``."""
    service = tick.canary.spec.service.raw
    hosts = [str(each) for each in service.get("hosts") or []]
    if not hosts:
        return {}
    found = {"expose": "true", "domain": "".join(f"{host}," for host in hosts)}
    found |= {"timeout": str(service["timeout"])} if service.get("timeout") else {}
    retries = service.get("retries")
    found |= {"retries": str(retries.get("attempts") or 0)} if isinstance(retries, Mapping) else {}
    return {f"{records.GATEWAY}/{key}": value for key, value in found.items()}


def backends_of(tick: Tick) -> list[str]:
    """The virtual services that the canary calls (``service.backends``)."""
    return [str(each) for each in tick.canary.spec.service.raw.get("backends") or []]


def logging_of(tick: Tick) -> Part:
    """The access log, for canaries that ask for it by an annotation."""
    annotations = tick.canary.raw["metadata"].get("annotations") or {}
    wanted = annotations.get(_ACCESS_LOG) == "enabled"
    return {"logging": {"accessLog": {"file": {"path": "/dev/stdout"}}}} if wanted else {}


def _reference(name: str) -> Part:
    return {"virtualServiceRef": {"name": name}}


def _protocol(tick: Tick) -> str:
    return "grpc" if "grpc" in tick.canary.spec.service.port_name else "http"


def _prefix(tick: Tick) -> str:
    for entry in (tick.canary.spec.service.raw.get("match") or [])[:1]:
        return str((entry.get("uri") or {}).get("prefix") or "/")
    return "/"


def _ms(text: object) -> int:
    """A duration in whole milliseconds; 0 for none, or one that cannot be read."""
    try:
        return max(int(parse_duration(str(text or "")) * 1000), 0)
    except ValueError:
        return 0

"""Services as targets: the primary is a copy made once, the canary follows the target; always ready."""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.revision import spec_hash
from canarytui.engine.decide.effects import Create, Decision, Log, Object, Replace
from canarytui.engine.decide.tick import Tick, settle
from canarytui.engine.workloads.base import READY, Readiness, Selector, find, owner_reference

_CALLER = "canary/service_controller.go"
_GIVEN_BY_SERVER = ("clusterIP", "clusterIPs", "healthCheckNodePort")


class ServiceWorkload:
    """See :class:`canarytui.engine.workloads.base.Workload`."""

    owns_services = False

    def target(self, tick: Tick) -> Object:
        return find(tick, "Service", tick.canary.target_name)

    def selector(self, tick: Tick) -> Selector:
        return Selector("", "")

    def pod_template(self, tick: Tick) -> Object:
        return {}

    def fingerprint(self, tick: Tick) -> str:
        return spec_hash(self.target(tick)["spec"])

    def config_checksums(self, tick: Tick) -> dict[str, str] | None:
        return None

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        canary = tick.canary
        if tick.world.get("Service", canary.namespace, canary.primary_name) is None:
            yield Create(self._clone(tick, canary.primary_name))
            yield Log(f"Service {tick.primary} created", _CALLER)
        yield from settle(lambda: self._follow(tick), f"service {canary.target_name}-canary")

    def _follow(self, tick: Tick) -> Decision[bool]:
        name = f"{tick.canary.target_name}-canary"
        live = tick.world.get("Service", tick.canary.namespace, name)
        wanted = self._clone(tick, name)
        if live is None:
            yield Create(wanted)
        elif _portable(live) != wanted["spec"]:
            yield Replace(_with_spec(live, wanted["spec"]))
        return True

    def promote(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: self._promote(tick), f"service {tick.primary}")

    def _promote(self, tick: Tick) -> Decision[bool]:
        primary = find(tick, "Service", tick.canary.primary_name)
        yield Replace(_with_spec(primary, _portable(self.target(tick))))
        return True

    def scale_to_zero(self, tick: Tick) -> Decision[None]:
        yield from ()

    def scale_from_zero(self, tick: Tick) -> Decision[None]:
        yield from ()

    def take_over(self, tick: Tick) -> Decision[None]:
        yield from ()

    def primary_readiness(self, tick: Tick) -> Readiness:
        return READY

    def canary_readiness(self, tick: Tick) -> Readiness:
        return READY

    def _clone(self, tick: Tick, name: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {
                "name": name,
                "namespace": tick.canary.namespace,
                "ownerReferences": [owner_reference(tick.canary)],
            },
            "spec": _portable(self.target(tick)),
        }


def _portable(service: Object) -> dict[str, Any]:
    """A Service's spec without what the API server gave to this one object."""
    spec: dict[str, Any] = copy.deepcopy(dict(service["spec"]))
    for name in _GIVEN_BY_SERVER:
        if spec.get(name) not in ("None", ["None"]):
            spec.pop(name, None)
    for port in spec.get("ports") or []:
        port.pop("nodePort", None)
    return spec


def _with_spec(live: Object, spec: dict[str, Any]) -> dict[str, Any]:
    obj: dict[str, Any] = copy.deepcopy(dict(live))
    given = {name: obj["spec"][name] for name in _GIVEN_BY_SERVER if name in obj["spec"]}
    obj["spec"] = {**spec, **given}
    return obj

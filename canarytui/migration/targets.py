"""What can be migrated to: for each target the kind that moves, what is read for it, and the translation."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.gatewayapi import HTTP_ROUTES
from canarytui.domain.traffic.istio import VIRTUAL_SERVICES
from canarytui.domain.values import KubernetesObject
from canarytui.migration import resources
from canarytui.migration.argo_to_flagger import argo_to_flagger
from canarytui.migration.flagger_to_argo import flagger_to_argo
from canarytui.migration.objects import ObjectSet
from canarytui.migration.runbook import Migration
from canarytui.migration.sources import resources_of
from canarytui.migration.to_gateway_api import GatewayWishes, to_gateway_api

Translation = Callable[[KubernetesObject, ObjectSet, GatewayWishes], Migration]


class MigrationTarget(Struct, frozen=True):
    """One value of ``--to``.

    Attributes:
        moves: the kind of which each object is one migration.
        reads: what is listed for it in the namespaces of what moves, besides `moves`.
        routes: whether it is about routes, so that a Gateway can be wished for.
    """

    name: str
    moves: Resource
    translate: Translation
    reads: Callable[[KubernetesObject, GatewayWishes], tuple[Resource, ...]]
    routes: bool = False


def _to_gateway_api(obj: KubernetesObject, objects: ObjectSet, wishes: GatewayWishes) -> Migration:
    return to_gateway_api(Canary.parse(obj), objects, wishes)


def _read_for_gateway_api(obj: KubernetesObject, wishes: GatewayWishes) -> tuple[Resource, ...]:
    canary = Canary.parse(obj)
    record = registry.named(canary.spec.provider or wishes.provider)
    common = (resources.GATEWAYS, resources.SERVICES, resources.METRIC_TEMPLATES, resources.DEPLOYMENTS)
    return (*common, *(resources_of(record) if record is not None else ()))


def _to_flagger(obj: KubernetesObject, objects: ObjectSet, _: GatewayWishes) -> Migration:
    return argo_to_flagger(obj, objects)


def _to_argo(obj: KubernetesObject, objects: ObjectSet, _: GatewayWishes) -> Migration:
    return flagger_to_argo(Canary.parse(obj), objects)


def _read_for_flagger(_: KubernetesObject, __: GatewayWishes) -> tuple[Resource, ...]:
    return (
        resources.ANALYSIS_TEMPLATES,
        resources.CLUSTER_ANALYSIS_TEMPLATES,
        resources.SERVICES,
        resources.DEPLOYMENTS,
        resources.AUTOSCALERS,
        VIRTUAL_SERVICES,
        HTTP_ROUTES,
    )


def _read_for_argo(_: KubernetesObject, __: GatewayWishes) -> tuple[Resource, ...]:
    return (resources.METRIC_TEMPLATES, resources.DEPLOYMENTS, resources.AUTOSCALERS)


_TARGETS = (
    MigrationTarget("gatewayapi", resources.CANARIES, _to_gateway_api, _read_for_gateway_api, routes=True),
    MigrationTarget("flagger", resources.ROLLOUTS, _to_flagger, _read_for_flagger),
    MigrationTarget("argo", resources.CANARIES, _to_argo, _read_for_argo),
)


def target_named(name: str) -> MigrationTarget:
    """The target of this name.

    Raises:
        KeyError: there is none.
    """
    return {each.name: each for each in _TARGETS}[name]


def target_names() -> tuple[str, ...]:
    """Every value of ``--to``."""
    return tuple(each.name for each in _TARGETS)

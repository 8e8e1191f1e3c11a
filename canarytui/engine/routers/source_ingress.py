"""The user's Ingress (``spec.ingressRef``), of which some routers make a copy for the canary, and the copy's name."""

from __future__ import annotations

from canarytui.domain.traffic.ingresses import INGRESSES
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.tick import EndTick, Tick


def copy_name(tick: Tick) -> str:
    """The name of the canary's Ingress.

    Raises:
        EndTick: the canary has no ``ingressRef``.
    """
    name = tick.canary.spec.ingress_name
    if not name:
        raise EndTick("ingress selector is empty")
    return f"{name}-canary"


def source_ingress(tick: Tick, called: str) -> KubernetesObject:
    """The user's Ingress.

    Raises:
        EndTick: there is none; `called` is what Flagger's message calls it with this provider.
    """
    name = tick.canary.spec.ingress_name
    found = tick.cluster_view.get(INGRESSES.kind, tick.canary.namespace, name)
    if found is None:
        missing = f'{INGRESSES.full_name} "{name}" not found'
        raise EndTick(f"{called} {name}.{tick.canary.namespace} get query error: {missing}")
    return found

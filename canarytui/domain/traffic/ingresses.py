"""The Ingress of Kubernetes, which several providers build on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.resource import Resource
from canarytui.domain.traffic.provider import Entrance, Reached
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

INGRESSES = Resource("networking.k8s.io", "v1", "ingresses", "Ingress")


def canary_ingress(canary: Canary) -> tuple[str, ...]:
    """The name of the Ingress beside the user's (``spec.ingressRef``)."""
    return (f"{canary.spec.ingress_name or canary.target_name}-canary",)


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    secured = {host for tls in as_mappings(spec.get("tls")) for host in as_texts(tls.get("hosts"))}
    found = []
    for rule in as_mappings(spec.get("rules")):
        for path in as_mappings(as_mapping(rule.get("http")).get("paths")):
            service = as_mapping(as_mapping(path.get("backend")).get("service"))
            if as_text(service.get("name")) in names:
                host = str(rule.get("host") or "")
                found.append(Reached(host, str(path.get("path") or "").rstrip("/"), host in secured))
    return found


ENTRANCE = Entrance((INGRESSES,), _reached)

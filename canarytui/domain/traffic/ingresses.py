"""The Ingress of Kubernetes, which several providers build on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.resource import Resource
from canarytui.domain.traffic.provider import BackendReference, Entrance, Reached
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

NEEDS = ("spec.ingressRef.name",)
"""Of a canary, for routers that copy an Ingress."""

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


def _backends(spec: KubernetesObject) -> list[BackendReference]:
    return [
        BackendReference(
            "Service",
            as_text(as_mapping(as_mapping(path.get("backend")).get("service")).get("name")),
            f"spec.rules[{i}].http.paths[{j}].backend",
        )
        for i, rule in enumerate(as_mappings(spec.get("rules")))
        for j, path in enumerate(as_mappings(as_mapping(rule.get("http")).get("paths")))
    ]


ENTRANCE = Entrance((INGRESSES,), _reached, backends=_backends, leads_by="Service")

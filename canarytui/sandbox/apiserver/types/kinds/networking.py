"""Ingresses, and the network kinds that are only stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.objects import at
from canarytui.sandbox.apiserver.types import label_problems
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import NONE, Printer, age_of, columns
from canarytui.sandbox.apiserver.types.strategy import GenerationStrategy
from canarytui.sandbox.values import KubernetesObject


class NetworkPolicyStrategy(GenerationStrategy):
    """Checks the selector of pods."""

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        return label_problems.in_selector(at(obj, "spec", "podSelector"), "spec.podSelector")


def _ingress(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    rules = at(obj, "spec", "rules") or []
    hosts = ",".join(rule.get("host") or "*" for rule in rules) or "*"
    addresses = at(obj, "status", "loadBalancer", "ingress") or []
    ports = "80, 443" if at(obj, "spec", "tls") else "80"
    shown = ",".join(each.get("ip") or each.get("hostname", "") for each in addresses)
    return [at(obj, "spec", "ingressClassName") or NONE, hosts, shown, ports, age_of(obj, now)]


_GROUP = "networking.k8s.io"
INGRESS = ResourceKind(
    name="Ingress",
    plural="ingresses",
    group=_GROUP,
    short_names=("ing",),
    subresources=frozenset({"status"}),
    zero_status={"loadBalancer": {}},
    strategy=GenerationStrategy,
    printer=Printer(columns("Class|Hosts|Address|Ports|Age"), _ingress),
)
INGRESS_CLASS = ResourceKind(name="IngressClass", plural="ingressclasses", group=_GROUP, namespaced=False)
NETWORK_POLICY = ResourceKind(
    name="NetworkPolicy",
    plural="networkpolicies",
    group=_GROUP,
    short_names=("netpol",),
    strategy=NetworkPolicyStrategy,
)

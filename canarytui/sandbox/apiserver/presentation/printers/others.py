"""Services, nodes, events, configuration, access: the remaining kinds with columns of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.types.ages import UNKNOWN, age
from canarytui.sandbox.apiserver.types.printing import NONE, Object, Printer, at, columns, selector_text

_ENDPOINTS_SHOWN = 3


def _born(obj: Object, now: datetime) -> str:
    return age(at(obj, "metadata", "creationTimestamp"), now)


def _service(obj: Object, now: datetime) -> list[Any]:
    spec = obj.get("spec") or {}
    kind = spec.get("type", "ClusterIP")
    external = ",".join(spec.get("externalIPs") or ()) or NONE
    if kind == "ExternalName":
        external = spec.get("externalName", "")
    elif kind == "LoadBalancer":
        addresses = at(obj, "status", "loadBalancer", "ingress") or []
        external = ",".join(each.get("ip") or each.get("hostname", "") for each in addresses) or "<pending>"
    ports = ",".join(
        f"{port['port']}" + (f":{port['nodePort']}" if port.get("nodePort") else "") + f"/{port.get('protocol', 'TCP')}"
        for port in spec.get("ports") or ()
    )
    address = spec.get("clusterIP") or NONE
    return [kind, address, external, ports or NONE, _born(obj, now), selector_text(spec.get("selector"))]


def _endpoints(obj: Object, now: datetime) -> list[Any]:
    pairs = []
    for subset in obj.get("subsets") or ():
        ports = [port["port"] for port in subset.get("ports") or ()]
        for address in subset.get("addresses") or ():
            pairs += [f"{address['ip']}:{port}" for port in ports] or [address["ip"]]
    return [_shortened(pairs), _born(obj, now)]


def _slice(obj: Object, now: datetime) -> list[Any]:
    ports = [str(port["port"]) for port in obj.get("ports") or () if port.get("port") is not None]
    addresses = [address for each in obj.get("endpoints") or () for address in each.get("addresses") or ()]
    names = ",".join(ports[:_ENDPOINTS_SHOWN]) or "<unset>"
    listed = ",".join(addresses[:_ENDPOINTS_SHOWN]) or "<unset>"
    if len(addresses) > _ENDPOINTS_SHOWN:
        listed += f" + {len(addresses) - _ENDPOINTS_SHOWN} more..."
    return [obj.get("addressType", ""), names, listed, _born(obj, now)]


def _shortened(pairs: list[str]) -> str:
    more = f" + {len(pairs) - _ENDPOINTS_SHOWN} more..." if len(pairs) > _ENDPOINTS_SHOWN else ""
    return ",".join(pairs[:_ENDPOINTS_SHOWN]) + more if pairs else NONE


def _namespace(obj: Object, now: datetime) -> list[Any]:
    return [at(obj, "status", "phase") or "Active", _born(obj, now)]


def _node(obj: Object, now: datetime) -> list[Any]:
    conditions = {c.get("type"): c.get("status") for c in at(obj, "status", "conditions") or ()}
    words = ["Ready" if conditions.get("Ready") == "True" else "NotReady" if "Ready" in conditions else "Unknown"]
    if at(obj, "spec", "unschedulable"):
        words.append("SchedulingDisabled")
    prefix = "node-role.kubernetes.io/"
    labels = at(obj, "metadata", "labels") or {}
    roles = ",".join(sorted(key.removeprefix(prefix) for key in labels if key.startswith(prefix))) or NONE
    addresses = {each.get("type"): each.get("address") for each in at(obj, "status", "addresses") or ()}
    info = at(obj, "status", "nodeInfo") or {}
    return [
        ",".join(words),
        roles,
        _born(obj, now),
        info.get("kubeletVersion", ""),
        addresses.get("InternalIP", NONE),
        addresses.get("ExternalIP", NONE),
        info.get("osImage") or UNKNOWN,
        info.get("kernelVersion") or UNKNOWN,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def _event(obj: Object, now: datetime) -> list[Any]:
    about = obj.get("involvedObject") or obj.get("regarding") or {}
    series = obj.get("series") or {}
    first = obj.get("firstTimestamp") or obj.get("deprecatedFirstTimestamp") or obj.get("eventTime")
    last = obj.get("lastTimestamp") or obj.get("deprecatedLastTimestamp") or series.get("lastObservedTime") or first
    count = series.get("count") or obj.get("count") or obj.get("deprecatedCount") or 1
    source = obj.get("source") or obj.get("deprecatedSource") or {}
    reporter = obj.get("reportingComponent") or obj.get("reportingController") or ""
    origin = ", ".join(filter(None, (source.get("component") or reporter, source.get("host"))))
    return [
        age(last, now),
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{about.get('kind', '').lower()}/{about.get('name', '')}",
        about.get("fieldPath", ""),
        origin,
        (obj.get("message") or obj.get("note") or "").strip(),
        age(first, now),
        count,
        at(obj, "metadata", "name") or "",
    ]


def _config_map(obj: Object, now: datetime) -> list[Any]:
    return [len(obj.get("data") or {}) + len(obj.get("binaryData") or {}), _born(obj, now)]


def _secret(obj: Object, now: datetime) -> list[Any]:
    return [obj.get("type", ""), len(obj.get("data") or {}), _born(obj, now)]


def _account(obj: Object, now: datetime) -> list[Any]:
    return [len(obj.get("secrets") or ()), _born(obj, now)]


def _created(obj: Object, now: datetime) -> list[Any]:
    return [at(obj, "metadata", "creationTimestamp") or UNKNOWN]


def _binding(obj: Object, now: datetime) -> list[Any]:
    role = obj.get("roleRef") or {}
    found: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for subject in obj.get("subjects") or ():
        name = subject.get("name", "")
        full = f"{subject.get('namespace', '')}/{name}" if subject.get("kind") == "ServiceAccount" else name
        found.setdefault(subject.get("kind", ""), []).append(full)
    subjects = [", ".join(found[kind]) for kind in ("User", "Group", "ServiceAccount")]
    return [f"{role.get('kind')}/{role.get('name')}", _born(obj, now), *subjects]


def _lease(obj: Object, now: datetime) -> list[Any]:
    return [at(obj, "spec", "holderIdentity") or "", _born(obj, now)]


def _ingress(obj: Object, now: datetime) -> list[Any]:
    rules = at(obj, "spec", "rules") or []
    hosts = ",".join(rule.get("host") or "*" for rule in rules) or "*"
    addresses = at(obj, "status", "loadBalancer", "ingress") or []
    ports = "80, 443" if at(obj, "spec", "tls") else "80"
    shown = ",".join(each.get("ip") or each.get("hostname", "") for each in addresses)
    return [at(obj, "spec", "ingressClassName") or NONE, hosts, shown, ports, _born(obj, now)]


_BINDING = Printer(columns("Role|Age", "Users|Groups|ServiceAccounts"), _binding)
_ROLE = Printer(columns("Created At"), _created)

OTHERS = {
    ("", "services"): Printer(columns("Type|Cluster-IP|External-IP|Port(s)|Age", "Selector"), _service),
    ("", "endpoints"): Printer(columns("Endpoints|Age"), _endpoints),
    ("discovery.k8s.io", "endpointslices"): Printer(columns("AddressType|Ports|Endpoints|Age"), _slice),
    ("", "namespaces"): Printer(columns("Status|Age"), _namespace),
    ("", "nodes"): Printer(
        columns("Status|Roles|Age|Version", "Internal-IP|External-IP|OS-Image|Kernel-Version|Container-Runtime"),
        _node,
    ),
    ("", "configmaps"): Printer(columns("#Data|Age"), _config_map),
    ("", "secrets"): Printer(columns("Type|#Data|Age"), _secret),
    ("", "serviceaccounts"): Printer(columns("#Secrets|Age"), _account),
    ("rbac.authorization.k8s.io", "roles"): _ROLE,
    ("rbac.authorization.k8s.io", "clusterroles"): _ROLE,
    ("rbac.authorization.k8s.io", "rolebindings"): _BINDING,
    ("rbac.authorization.k8s.io", "clusterrolebindings"): _BINDING,
    ("apiextensions.k8s.io", "customresourcedefinitions"): _ROLE,
    ("coordination.k8s.io", "leases"): Printer(columns("Holder|Age"), _lease),
    ("networking.k8s.io", "ingresses"): Printer(columns("Class|Hosts|Address|Ports|Age"), _ingress),
    ("", "events"): Printer(
        (
            *columns("Last Seen|Type|Reason|Object", named=False),
            *columns("", "Subobject|Source", named=False),
            *columns("Message", named=False),
            *columns("", "First Seen|#Count|Name", named=False),
        ),
        _event,
    ),
}

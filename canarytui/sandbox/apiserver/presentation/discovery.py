"""Discovery documents, plain and aggregated, derived from the registry. Pure."""

from __future__ import annotations

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType, version_priority
from canarytui.sandbox.values import KubernetesObject

_SUBRESOURCE_KINDS = {
    "scale": ("autoscaling", "v1", "Scale"),
    "eviction": ("policy", "v1", "Eviction"),
    "binding": ("", "v1", "Binding"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
    "exec": ("", "v1", "PodExecOptions"),
    "attach": ("", "v1", "PodAttachOptions"),
    "portforward": ("", "v1", "PodPortForwardOptions"),
}
_PROXY_KINDS = {"pods": "PodProxyOptions", "services": "ServiceProxyOptions", "nodes": "NodeProxyOptions"}
_SUBRESOURCE_VERBS = {
    "status": ["get", "patch", "update"],
    "scale": ["get", "patch", "update"],
    "log": ["get"],
    "exec": ["create", "get"],
    "attach": ["create", "get"],
    "portforward": ["create", "get"],
    "proxy": ["create", "delete", "get", "patch", "update"],
    "eviction": ["create"],
    "binding": ["create"],
    "token": ["create"],
    "finalize": ["update"],
    "ephemeralcontainers": ["get", "patch", "update"],
    "resize": ["get", "patch", "update"],
}


def api_versions(registry: Registry) -> KubernetesObject:
    """``/api``."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"}],
    }


def api_group_list(registry: Registry) -> KubernetesObject:
    """``/apis``."""
    groups = [_group(registry, name) for name in group_names(registry)]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def api_group(registry: Registry, name: str) -> KubernetesObject:
    """``/apis/{group}``; raises :class:`StatusError` 404."""
    if not name or name not in group_names(registry):
        raise errors.unknown_path()
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(registry, name)}


def resource_list(registry: Registry, group: str, version: str) -> KubernetesObject:
    """``/api/v1`` or ``/apis/{group}/{version}``; raises :class:`StatusError` 404."""
    types = _types(registry, group, version)
    if not types:
        raise errors.unknown_path()
    resources: list[KubernetesObject] = []
    for rt in sorted(types, key=lambda each: each.plural):
        resources.append(_resource(rt))
        resources += [_subresource(rt, name) for name in sorted(rt.subresources)]
    body = {"kind": "APIResourceList", "groupVersion": types[0].api_version, "resources": resources}
    return body if not group else {"kind": "APIResourceList", "apiVersion": "v1", **body}


def aggregated(registry: Registry, *, legacy: bool, version: str) -> KubernetesObject:
    """All of ``/api`` (`legacy`) or ``/apis`` in one ``APIGroupDiscoveryList``."""
    names = [""] if legacy else group_names(registry)
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": [_group_discovery(registry, name) for name in names],
    }


def group_names(registry: Registry) -> list[str]:
    """Named groups in the registry's order."""
    return list(dict.fromkeys(rt.group for rt in registry.all() if rt.group))


def versions_of(registry: Registry, group: str) -> list[str]:
    """Versions of a group, preferred first."""
    return sorted({rt.version for rt in registry.all() if rt.group == group}, key=version_priority)


def _types(registry: Registry, group: str, version: str) -> list[ResourceType]:
    return [rt for rt in registry.all() if rt.group == group and rt.version == version]


def _group(registry: Registry, name: str) -> KubernetesObject:
    versions = [{"groupVersion": f"{name}/{v}", "version": v} for v in versions_of(registry, name)]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def _resource(rt: ResourceType) -> KubernetesObject:
    described: KubernetesObject = {
        "name": rt.plural,
        "singularName": rt.singular,
        "namespaced": rt.namespaced,
        "kind": rt.kind,
        "verbs": sorted(rt.verbs),
    }
    if rt.short_names:
        described["shortNames"] = list(rt.short_names)
    if rt.categories:
        described["categories"] = list(rt.categories)
    return described


def _subresource(rt: ResourceType, name: str) -> KubernetesObject:
    group, version, kind = _kind_of(rt, name)
    described: KubernetesObject = {"name": f"{rt.plural}/{name}", "singularName": "", "namespaced": rt.namespaced}
    if (group, version) != (rt.group, rt.version):
        described |= {"group": group, "version": version} if group else {"version": version}
    return {**described, "kind": kind, "verbs": _SUBRESOURCE_VERBS.get(name, ["get"])}


def _kind_of(rt: ResourceType, subresource: str) -> tuple[str, str, str]:
    if subresource == "proxy":
        return "", "v1", _PROXY_KINDS.get(rt.plural, rt.kind)
    return _SUBRESOURCE_KINDS.get(subresource, (rt.group, rt.version, rt.kind))


def _group_discovery(registry: Registry, name: str) -> KubernetesObject:
    versions = []
    for version in versions_of(registry, name):
        resources = [_discovered(rt) for rt in sorted(_types(registry, name, version), key=lambda each: each.plural)]
        versions.append({"version": version, "resources": resources, "freshness": "Current"})
    metadata: KubernetesObject = {"creationTimestamp": None}
    if name:
        metadata["name"] = name
    return {"metadata": metadata, "versions": versions}


def _discovered(rt: ResourceType) -> KubernetesObject:
    described: KubernetesObject = {
        "resource": rt.plural,
        "responseKind": {"group": rt.group, "version": rt.version, "kind": rt.kind},
        "scope": "Namespaced" if rt.namespaced else "Cluster",
        "singularResource": rt.singular,
        "verbs": sorted(rt.verbs),
    }
    if rt.short_names:
        described["shortNames"] = list(rt.short_names)
    if rt.categories:
        described["categories"] = list(rt.categories)
    subresources = []
    for name in sorted(rt.subresources):
        group, version, kind = _kind_of(rt, name)
        subresources.append(
            {
                "subresource": name,
                "responseKind": {"group": group, "version": version, "kind": kind},
                "verbs": _SUBRESOURCE_VERBS.get(name, ["get"]),
            }
        )
    if subresources:
        described["subresources"] = subresources
    return described

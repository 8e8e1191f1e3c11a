"""What an Ingress says about one Service: hosts and paths, and what it says about others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from canarytui.domain.traffic.gatewayapi import HTTP_ROUTES
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts
from canarytui.migration.counterparts import FieldNote, note
from canarytui.migration.objects import ObjectSet, name_of
from canarytui.migration.resources import SERVICES

_WITH_REST = re.compile(r"(?P<prefix>/[\w./~%-]*?)(?P<rest>\(/\|\$\)\(\.\*\)|/\?\(\.\*\)|/\(\.\*\)|\(\.\*\))\$?")
_REGEX = re.compile(r"[()\[\]{}*+?|^$\\]")


class IngressPaths(Struct):
    """`match` is for ``service.match``, `rewrite` for ``service.rewrite``, each empty for none. `others` are
    (host, path, backend) that lead elsewhere. `secured` are the hosts with a certificate."""

    hosts: list[str] = field(default_factory=list)
    match: list[dict[str, Any]] = field(default_factory=list)
    rewrite: dict[str, Any] = field(default_factory=dict)
    secured: set[str] = field(default_factory=set)
    others: list[tuple[str, KubernetesObject, KubernetesObject]] = field(default_factory=list)
    missing: list[FieldNote] = field(default_factory=list)
    changed: list[FieldNote] = field(default_factory=list)


def ingress_paths(ingress: KubernetesObject, service: str, *, regex: bool, target: str) -> IngressPaths:
    """Read an Ingress for `service`. `regex`: its paths are regular expressions; `target` is what paths are rewritten
    to, "" for nothing."""
    found = IngressPaths()
    spec = as_mapping(ingress.get("spec"))
    found.secured = {host for tls in as_mappings(spec.get("tls")) for host in as_texts(tls.get("hosts"))}
    by_host: dict[str, list[dict[str, Any]]] = {}
    rewrites: list[dict[str, Any]] = []
    for at, host, path, backend in _paths(spec):
        if as_mapping(backend.get("service")).get("name") != service:
            found.others.append((host, path, backend))
            continue
        uri, rewrite, lost = _uri(path, regex=regex or "$" in target, target=target)
        if lost:
            found.missing.append(note(ingress, f"{at}.path", path.get("path"), lost))
        by_host.setdefault(host, []).append({"uri": uri})
        if rewrite not in rewrites:
            rewrites.append(rewrite)
    found.hosts = list(by_host)
    for conditions in by_host.values():
        found.match += [each for each in conditions if each not in found.match]
    if any(any(each not in conditions for each in found.match) for conditions in by_host.values()):
        text = "the hosts have different paths; in one route every path counts for every host"
        found.changed.append(note(ingress, "spec.rules", None, text))
    if len(rewrites) == 1:
        found.rewrite = rewrites[0]
    elif rewrites:
        text = "its paths need different rewrites, and a Canary has one: none is written"
        found.missing.append(note(ingress, "spec.rules", target, text))
    if found.match == [{"uri": {"prefix": "/"}}] and not found.rewrite:
        found.match = []
    if default := as_mapping(spec.get("defaultBackend")):
        text = "a default backend: make an HTTPRoute without hostnames that leads there"
        found.missing.append(note(ingress, "spec.defaultBackend", default, text))
    return found


def other_routes(
    ingress: KubernetesObject,
    paths: IngressPaths,
    parents: list[dict[str, Any]],
    objects: ObjectSet,
    namespace: str,
    *,
    regex: bool,
    target: str,
) -> tuple[list[dict[str, Any]], list[FieldNote]]:
    """(HTTPRoutes for what the Ingress leads to besides the canary, one for each host; notes on what they lack).

    `regex` and `target` as of :func:`ingress_paths`: annotations are for all paths of an Ingress.
    """
    rules: dict[str, list[dict[str, Any]]] = {}
    missing = []
    for host, path, backend in paths.others:
        service = as_mapping(backend.get("service"))
        port = _port(service, objects, namespace)
        if not service or port is None:
            text = "its Service's port has no number that was read: write its HTTPRoute by hand"
            missing.append(note(ingress, f"spec.rules[{host or '*'}]", backend, text))
            continue
        uri, rewrite, lost = _uri(path, regex=regex or "$" in target, target=target)
        if lost:
            missing.append(note(ingress, f"spec.rules[{host or '*'}]", path.get("path"), lost))
        kinds = {"prefix": "PathPrefix", "exact": "Exact", "regex": "RegularExpression"}
        match = [{"path": {"type": kinds[kind], "value": value}} for kind, value in uri.items()]
        rule: dict[str, Any] = {"matches": match, "backendRefs": [{"name": service["name"], "port": port}]}
        rules.setdefault(host, []).append({**rule, **({"filters": [_filter(rewrite)]} if rewrite else {})})
    routes = []
    for number, (host, found) in enumerate(rules.items(), 1):
        name = f"{name_of(ingress)}-others" + (f"-{number}" if len(rules) > 1 else "")
        spec = {"parentRefs": parents, **({"hostnames": [host]} if host else {}), "rules": found}
        routes.append(http_route(name, namespace, spec))
    return routes, missing


def _filter(rewrite: dict[str, Any]) -> dict[str, Any]:
    kind = rewrite["type"]
    path = {"type": kind, kind[0].lower() + kind[1:]: rewrite["uri"]}
    return {"type": "URLRewrite", "urlRewrite": {"path": path}}


def http_route(name: str, namespace: str, spec: dict[str, Any]) -> dict[str, Any]:
    """An HTTPRoute of the user's own."""
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": HTTP_ROUTES.api_version, "kind": HTTP_ROUTES.kind, "metadata": metadata, "spec": spec}


def _paths(spec: KubernetesObject) -> Iterator[tuple[str, str, KubernetesObject, KubernetesObject]]:
    for number, rule in enumerate(as_mappings(spec.get("rules"))):
        for position, path in enumerate(as_mappings(as_mapping(rule.get("http")).get("paths"))):
            at = f"spec.rules[{number}].http.paths[{position}]"
            yield at, as_text(rule.get("host")), path, as_mapping(path.get("backend"))


def _uri(path: KubernetesObject, *, regex: bool, target: str) -> tuple[dict[str, str], dict[str, Any], str]:
    """(``uri`` of a match, ``rewrite``, what is lost)."""
    text = as_text(path.get("path")) or "/"
    target = "" if target == text else target  # ingress-nginx does not rewrite a path to itself
    if path.get("pathType") == "Exact" and not regex:
        return {"exact": text}, _whole(target), ""
    if not (regex or _REGEX.search(text)):
        return {"prefix": _trimmed(text)}, _whole(target), ""
    rest = _WITH_REST.fullmatch(text)
    group = f"${2 if rest and rest['rest'].startswith('(/') else 1}"
    if rest is not None and (not target or (target.endswith(group) and target.count("$") == 1)):
        prefix, before = _trimmed(rest["prefix"]), _trimmed(target.removesuffix(group)) if target else ""
        same = not target or before == prefix
        return {"prefix": prefix}, {} if same else {"uri": before, "type": "ReplacePrefixMatch"}, ""
    if rest is not None and "$" not in target:
        return {"prefix": _trimmed(rest["prefix"])}, _whole(target), ""
    if not _REGEX.search(text):
        return {"prefix": _trimmed(text)}, _whole(target), "" if "$" not in target else _no_rewrite(target)
    lost = "only Gateways with regular expressions for paths take it; ingress-nginx ignores case and matches beginnings"
    anchored = text if text.endswith(("$", ".*", ".*)")) else f"{text}.*"
    return {"regex": anchored}, _whole(target), f"{lost}; {_no_rewrite(target)}" if "$" in target else lost


def _no_rewrite(target: str) -> str:
    return f"a rewrite to {target} cannot use parts of the path: none is written"


def _whole(target: str) -> dict[str, Any]:
    """ingress-nginx puts `target` in the place of the whole path, whatever follows the prefix."""
    return {"uri": target, "type": "ReplaceFullPath"} if target and "$" not in target else {}


def _trimmed(prefix: str) -> str:
    return prefix.rstrip("/") or "/"


def _port(service: KubernetesObject, objects: ObjectSet, namespace: str) -> int | None:
    port = as_mapping(service.get("port"))
    if isinstance(port.get("number"), int):
        return int(port["number"])
    found = objects.find(SERVICES, namespace, as_text(service.get("name")))
    ports = as_mappings(as_mapping((found or {}).get("spec")).get("ports"))
    numbers = [each.get("port") for each in ports if each.get("name") == port.get("name")]
    return numbers[0] if numbers and isinstance(numbers[0], int) else None

"""From a provider of whose objects a route takes up hosts and prefixes alone, which its record reads."""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.values import KubernetesObject, as_mapping
from canarytui.migration.counterparts import annotations_of, note
from canarytui.migration.objects import name_of
from canarytui.migration.route_draft import RouteDraft, RouteSource

_CARRIED = frozenset(
    [
        "apiVersion",
        "backend",
        "backends",
        "conditions",
        "delegateAction",
        "destination",
        "destinations",
        "domains",
        "entryPoints",
        "exact",
        "fqdn",
        "gateways",
        "hosts",
        "hostnames",
        "host",
        "http",
        "includes",
        "ingressClassName",
        "kind",
        "match",
        "matchers",
        "metadata",
        "multi",
        "name",
        "namespace",
        "number",
        "path",
        "pathType",
        "paths",
        "port",
        "prefix",
        "priority",
        "ref",
        "route",
        "routeAction",
        "routes",
        "rules",
        "secretName",
        "service",
        "serviceName",
        "servicePort",
        "services",
        "tls",
        "upstream",
        "uri",
        "virtualHost",
        "virtualhost",
        "weight",
    ]
)
"""Fields that say hosts, paths and Services, and so are in the new route, or name the object's parts."""

_KUBECTL = "kubectl.kubernetes.io/last-applied-configuration"


def from_entrances(source: RouteSource) -> RouteDraft:
    """Hosts and prefixes that lead to the canary; all else that its objects say is reported."""
    canary, draft = source.canary, RouteDraft()
    names = frozenset({canary.apex_name, f"{canary.apex_name}.{canary.namespace}"})
    own = {(routing.resource.kind, name) for routing in source.record.objects for _, name in routing.places(canary)}
    hosts: dict[str, None] = {}
    prefixes: dict[str, dict[str, None]] = {}
    for entrance in source.record.entrances:
        for obj in (each for resource in entrance.resources for each in source.objects.all(resource)):
            reached = entrance.read(obj if entrance.whole else as_mapping(obj.get("spec")), names)
            if not reached or (obj.get("kind"), name_of(obj)) in own:
                continue
            for each in reached:
                hosts[each.host] = None
                prefixes.setdefault(each.host, {})[each.prefix] = None
                draft.secured = draft.secured or each.tls
            draft.missing += [
                note(obj, path, value, "not carried over: say it in a policy or HTTPRoute of your Gateway")
                for path, value in _left(as_mapping(obj.get("spec")), "spec")
            ]
            draft.missing += [
                note(obj, f"metadata.annotations[{key}]", value, "not carried over, if it is for the former controller")
                for key, value in annotations_of(obj).items()
                if key != _KUBECTL
            ]
            draft.old.append((f"{obj.get('kind', '').lower()}", name_of(obj), source.objects.namespace_of(obj)))
    draft.old += [
        (routing.resource.full_name, name, namespace)
        for routing in source.record.objects
        for namespace, name in routing.places(canary)
    ]
    if not hosts:
        draft.decide.append(
            f"No object was found that leads from a host to {canary.apex_name}: without spec.service.hosts the route "
            "takes every host of its Gateway."
        )
        return draft
    draft.hosts = tuple(each for each in hosts if each and each != "*")
    _match(source, draft, prefixes)
    return draft


def _match(source: RouteSource, draft: RouteDraft, prefixes: dict[str, dict[str, None]]) -> None:
    given = source.canary.spec.service.raw.get("match")
    found = {prefix for each in prefixes.values() for prefix in each}
    if given or found <= {""}:
        return
    draft.service["match"] = [{"uri": {"prefix": prefix or "/"}} for prefix in sorted(found)]
    if any(set(each) != found for each in prefixes.values()):
        text = "the hosts have different paths; in one route every path counts for every host"
        draft.changed.append(note(source.raw, "spec.service.match", None, text))


def _left(value: object, at: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, list):
        for position, each in enumerate(value):
            yield from _left(each, f"{at}[{position}]")
        return
    found: KubernetesObject = as_mapping(value)
    for key, each in found.items():
        if key in _CARRIED:
            yield from _left(each, f"{at}.{key}")
        else:
            yield f"{at}.{key}", each

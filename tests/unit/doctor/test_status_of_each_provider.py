"""Which routing objects of the 20 providers report whether they are in effect, and that doctor says what they refuse.

The table says what each system reports; a provider that is not in it fails, and so does a record that reads less.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from canarytui.console.demo_fixture import canary_object
from canarytui.doctor.checks import routing
from canarytui.doctor.examination import Examination
from canarytui.doctor.reading import ClusterReader
from canarytui.doctor.run import examined
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.errors import ApiStatusError
from canarytui.session.state import ClusterState

Object = dict[str, Any]
WHY = "no such listener"


def said(type_: str, status: str = "False", **more: object) -> Object:
    return {"conditions": [{"type": type_, "status": status, "reason": "Because", "message": WHY, **more}]}


def parent(type_: str) -> Object:
    return {"parents": [{"parentRef": {"name": "public"}, **said("Programmed", "True")}, said(type_)]}


ISTIO = {"validationMessages": [{"level": "ERROR", "type": {"code": "IST0101", "name": WHY}}]}
GLOO = {"statuses": {"gloo-system": {"reportedBy": "gloo", "state": "Rejected", "reason": WHY}}}
OLDER_GLOO = {"reportedBy": "gateway", "state": 2, "reason": WHY}
ROUTE = ("httproutes", [parent("Accepted"), parent("ResolvedRefs")])
CONTOUR = said("Valid", message="see Errors", errors=[{"type": "RouteError", "message": WHY}])

REPORTS: dict[str, tuple[tuple[str, list[Object]], ...]] = {
    "traefik": (),  # its objects have no status
    "istio": (("virtualservices", [ISTIO]), ("destinationrules", [ISTIO])),
    "nginx": (),  # an Ingress' status has addresses, no verdict
    "gatewayapi:v1": (ROUTE,),
    "gatewayapi:v1beta1": (ROUTE,),
    "gatewayapi:grpc": (("grpcroutes", [parent("Accepted")]), ("httproutes", [parent("Accepted")])),
    "kubernetes": (),  # Services alone
    "contour": (("httpproxies", [CONTOUR]),),
    "skipper": (),  # Ingresses
    "gloo": (("routetables", [GLOO, OLDER_GLOO]), ("upstreams", [GLOO]), ("virtualservices", [GLOO])),
    "apisix": (("apisixroutes", [said("Accepted"), said("ResourcesAvailable")]),),
    "linkerd": (),  # a TrafficSplit has no status
    "kuma": (),  # nor has a TrafficRoute
    "osm": (),
    "smi:v1alpha1": (),
    "smi:v1alpha2": (),
    "smi:v1alpha3": (),
    "appmesh": (
        ("virtualservices", [said("VirtualServiceActive"), said("VirtualRouterActive"), said("RoutesActive")]),
        ("virtualnodes", [said("VirtualNodeActive")]),
    ),
    "appmesh:v1beta2": (
        ("virtualrouters", [said("VirtualRouterActive")]),
        ("virtualnodes", [said("VirtualNodeActive")]),
        ("virtualservices", [said("VirtualServiceActive")]),
        ("gatewayroutes", [said("GatewayRouteActive")]),
    ),
    "knative": (("services", [said("Ready")]), ("domainmappings", [said("Ready")])),
}
"""For each provider the plurals that report, each with what a refusal looks like."""

LEADING: dict[str, Object] = {
    "virtualservices.gateway.solo.io": {
        "virtualHost": {"domains": ["shop.test"], "routes": [{"delegateAction": {"ref": {"name": "cart"}}}]}
    },
    "httpproxies.projectcontour.io": {"virtualhost": {"fqdn": "shop.test"}, "includes": [{"name": "cart"}]},
    "domainmappings.serving.knative.dev": {
        "ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "cart"}
    },
    "gatewayroutes.appmesh.k8s.aws": {
        "httpRoute": {
            "match": {"prefix": "/", "hostname": {"exact": "shop.test"}},
            "action": {"target": {"virtualService": {"virtualServiceRef": {"name": "cart"}}}},
        }
    },
}
"""Specs of users' objects that lead to the canary."""


class Answers:
    """An API server's GET, from a table of paths."""

    def __init__(self, objects: Mapping[str, Object]) -> None:
        self.objects = dict(objects)

    async def request(self, method: str, path: str, **_: object) -> Object:
        assert method == "GET"
        if path not in self.objects:
            raise ApiStatusError(404, "NotFound", "not found")
        return self.objects[path]


def canary_of(name: str) -> Canary:
    obj = canary_object("test", "cart", "Progressing", weight=20)
    obj["spec"]["provider"] = name
    if name == "gatewayapi:grpc":
        obj["spec"]["provider"] = "gatewayapi:v1"
        obj["metadata"]["annotations"] = {"canarytui.io/route": "GRPCRoute"}
    if name == "apisix":
        obj["spec"]["routeRef"] = {"apiVersion": "apisix.apache.org/v2", "kind": "ApisixRoute", "name": "cart"}
    return Canary.parse(obj)


async def refused(canary: Canary, objects: Mapping[str, Object]) -> list[str]:
    reader = ClusterReader(cast("Any", Answers(objects)))
    examination = Examination(reader, ClusterState(), (canary,))
    report = await examined(examination, [routing.CHECK])
    return [
        f"{each.namespace} {each.object}: {each.message} {each.remedy}"
        for each in report.findings
        if each.rule.id == "route-not-accepted"
    ]


def made(name: str, space: str, status: Object, spec: Object | None = None, *, generation: int = 3) -> Object:
    return {
        "metadata": {"name": name, "namespace": space, "generation": generation},
        "spec": spec or {},
        "status": status,
    }


def older(status: Any) -> Any:
    """The same about the generation before."""
    if isinstance(status, list):
        return [older(each) for each in status]
    if not isinstance(status, dict):
        return status
    return {"observedGeneration": 2, **{key: older(value) for key, value in status.items()}}


def test_the_table_has_every_provider_and_every_object_that_reports() -> None:
    read = {}
    for each in registry.providers():
        reporting = [routing.resource.plural for routing in each.objects if routing.refusals is not None]
        reporting += [
            resource.plural
            for entrance in each.entrances
            if entrance.refusals is not None
            for resource in entrance.resources
        ]
        read[each.name] = set(reporting)
    assert read == {name: {plural for plural, _ in reports} for name, reports in REPORTS.items()}
    assert len(read) == 20


@pytest.mark.parametrize("name", REPORTS)
async def test_what_an_object_refuses_is_a_finding(name: str) -> None:
    canary, record = canary_of(name), registry.named(name)
    assert record is not None
    reports = dict(REPORTS[name])
    seen = set()
    for each in record.objects:
        for status in reports.get(each.resource.plural, ()):
            for space, called in each.places(canary):
                path = each.resource.path(space, called)
                (text,) = await refused(canary, {path: made(called, space, status)})
                assert text.startswith(f"{space} {each.resource.kind.lower()}/{called}: ")
                assert WHY in text
                assert f"kubectl -n {space} describe {each.resource.full_name} {called}" in text
                if status not in (GLOO, OLDER_GLOO):  # it reports no generation
                    assert await refused(canary, {path: made(called, space, older(status))}) == []
                seen.add(each.resource.plural)
    for entrance in record.entrances:
        for resource in entrance.resources if entrance.refusals is not None else ():
            if resource.full_name not in LEADING:
                continue
            for status in reports[resource.plural]:
                spec, called = LEADING[resource.full_name], "front.test"
                listed = {resource.path("test"): {"items": [made(called, "test", status, spec)]}}
                (text,) = await refused(canary, listed)
                assert text.startswith(f"test {resource.kind.lower()}/{called}: ")
                seen.add(resource.plural)
    silent = {"httproutes"} if name == "gatewayapi:grpc" else set()  # the route that it had before has no fixed name
    assert seen == set(reports) - silent


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"conditions": "none"},
        said("Valid", "True"),
        said("Valid", "Unknown"),
        said("Other"),
        {"conditions": [None, {"type": "Valid"}]},
    ],
)
async def test_what_no_object_refuses_is_none(status: Object) -> None:
    path = "/apis/projectcontour.io/v1/namespaces/test/httpproxies/cart"
    assert await refused(canary_of("contour"), {path: made("cart", "test", status)}) == []


@pytest.mark.parametrize("state", ["Accepted", "Pending", "Warning", 0, 1, 3, None])
async def test_only_rejected_counts_for_gloo(state: object) -> None:
    """A Warning is about any object of the same gateway, and Pending stays with reporters that no longer report."""
    path = "/apis/gateway.solo.io/v1/namespaces/test/routetables/cart"
    status = {"statuses": {"gloo-system": {"state": state, "reason": WHY}, "other": {"state": "Accepted"}}}
    assert await refused(canary_of("gloo"), {path: made("cart", "test", status)}) == []


async def test_a_users_route_in_another_namespace_is_found_where_it_names_this_one() -> None:
    leads = "/apis/gateway.solo.io/v1/virtualservices"

    def listed(space: str) -> Object:
        ref = {"name": "cart", "namespace": space}
        routes = [{"delegateAction": {"ref": ref}}]
        return made("front", "gloo-system", {}, {"virtualHost": {"domains": ["shop.test"], "routes": routes}})

    for space, wanted in (("test", 0), ("staging", 1)):
        reader = ClusterReader(cast("Any", Answers({leads: {"items": [listed(space)]}})))
        report = await examined(Examination(reader, ClusterState(), (canary_of("gloo"),)), [routing.CHECK])
        assert [each.rule.id for each in report.findings].count("route-without-entrance") == wanted

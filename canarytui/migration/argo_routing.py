"""Who splits the traffic: Argo Rollouts' ``trafficRouting`` and Flagger's ``spec.provider``."""

from __future__ import annotations

from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import apisix, gatewayapi, ingresses, istio, kubernetes, linkerd, nginx, smi, traefik
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.migration.counterparts import FieldNote, note
from canarytui.migration.gateways import PLACEHOLDER
from canarytui.migration.objects import ObjectSet

_GATEWAY_PLUGIN = "argoproj-labs/gatewayAPI"
_TRAFFIC_SPLITS = "smi"


class FlaggerRouting:
    """What ``trafficRouting`` becomes: the provider, fields of ``spec`` and of ``spec.service``, and what is lost."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.spec: dict[str, Any] = {}
        self.service: dict[str, Any] = {}
        self.missing: list[FieldNote] = []
        self.changed: list[FieldNote] = []
        self.decide: list[str] = []
        self.waits = False
        """Whether Flagger waits, when it begins, until the user's object leads to the Canary's Service."""

    @property
    def splits(self) -> bool:
        """Whether it takes weights."""
        return self.provider != kubernetes.PROVIDER.name


def flagger_routing(
    rollout: KubernetesObject, routing: KubernetesObject, objects: ObjectSet, at: str
) -> FlaggerRouting:
    """Read ``canary.trafficRouting``, whose path is `at`."""
    made = FlaggerRouting(kubernetes.PROVIDER.name)
    plugins = as_mapping(routing.get("plugins"))
    if given := as_mapping(routing.get("nginx")):
        made.provider = nginx.PROVIDER.name
        made.spec["ingressRef"] = _ingress(as_text(given.get("stableIngress")))
        made.changed.append(_leads_to_apex(rollout, f"{at}.nginx.stableIngress", given.get("stableIngress")))
        made.waits = True
    elif "istio" in routing:
        made.provider = istio.PROVIDER.name
        _istio(rollout, as_mapping(routing["istio"]), objects, at, made)
    elif _TRAFFIC_SPLITS in routing:
        made.provider = smi.V1ALPHA1.name
    elif "traefik" in routing:
        made.provider = traefik.PROVIDER.name
        name = as_mapping(routing["traefik"]).get("weightedTraefikServiceName")
        made.changed.append(_leads_to_apex(rollout, f"{at}.traefik.weightedTraefikServiceName", name))
    elif "apisix" in routing:
        made.provider = apisix.PROVIDER.name
        name = as_text(as_mapping(as_mapping(routing["apisix"]).get("route")).get("name"))
        resource = apisix.APISIX_ROUTES
        made.spec["routeRef"] = {"apiVersion": resource.api_version, "kind": resource.kind, "name": name}
        made.changed.append(_leads_to_apex(rollout, f"{at}.apisix.route.name", name))
        made.waits = True
    elif _GATEWAY_PLUGIN in plugins:
        made.provider = gatewayapi.V1.name
        _gateway(rollout, as_mapping(plugins[_GATEWAY_PLUGIN]), objects, at, made)
    elif kind := next(iter([*plugins, *(key for key in routing if key not in ("plugins", "managedRoutes"))]), ""):
        made.missing.append(
            note(rollout, f"{at}.{kind}", None, f"Flagger has no such provider: choose another; {made.provider} is "
                 "written, which splits nothing")
        )  # fmt: skip
    if routing.get("managedRoutes"):
        text = "Flagger writes the routes itself: conditions are spec.analysis.match"
        made.missing.append(note(rollout, f"{at}.managedRoutes", routing["managedRoutes"], text))
    return made


def argo_routing(canary: Canary, provider: str) -> tuple[dict[str, Any], list[FieldNote]]:
    """(``trafficRouting`` for a canary of this provider, {} for none; notes)."""
    raw, apex = canary.raw, canary.apex_name
    leads = f"must lead to Service {apex}-rollout-stable when traffic moves"
    if provider == nginx.PROVIDER.name:
        name = canary.spec.ingress_name or canary.target_name
        return {"nginx": {"stableIngress": name}}, [note(raw, "spec.ingressRef", name, leads)]
    if provider == istio.PROVIDER.name:
        text = f"make a VirtualService {apex}-rollout of your own with both Services as destinations of a route"
        routing = {"istio": {"virtualService": {"name": f"{apex}-rollout"}}}
        return routing, [note(raw, "spec.provider", provider, text)]
    if provider in (linkerd.PROVIDER.name, smi.V1ALPHA1.name, smi.V1ALPHA2.name, smi.V1ALPHA3.name):
        return {_TRAFFIC_SPLITS: {}}, []
    if provider == traefik.PROVIDER.name:
        text = f"make a TraefikService {apex}-rollout of your own with both Services"
        return {"traefik": {"weightedTraefikServiceName": f"{apex}-rollout"}}, [
            note(raw, "spec.provider", provider, text)
        ]
    if provider == apisix.PROVIDER.name:
        name = canary.spec.route_name or canary.target_name
        return {"apisix": {"route": {"name": name}}}, [note(raw, "spec.routeRef", name, leads)]
    if provider in (gatewayapi.V1.name, gatewayapi.V1BETA1.name, gatewayapi.GRPC.name):
        text = (
            f"needs the plugin {_GATEWAY_PLUGIN} in the controller's configuration, and an HTTPRoute {apex}-rollout of "
            "your own with both Services as backends"
        )
        plugin = {"httpRoute": f"{apex}-rollout", "namespace": canary.namespace}
        return {"plugins": {_GATEWAY_PLUGIN: plugin}}, [note(raw, "spec.provider", provider, text)]
    text = "Argo Rollouts cannot drive it: without trafficRouting the weights are numbers of pods"
    return {}, [note(raw, "spec.provider", provider, text)]


def _ingress(name: str) -> dict[str, Any]:
    resource = ingresses.INGRESSES
    return {"apiVersion": resource.api_version, "kind": resource.kind, "name": name}


def _leads_to_apex(rollout: KubernetesObject, field: str, name: object) -> FieldNote:
    return note(rollout, field, name, "must lead to the Canary's Service (spec.service.name) when traffic moves")


def _istio(
    rollout: KubernetesObject, given: KubernetesObject, objects: ObjectSet, at: str, made: FlaggerRouting
) -> None:
    named = [as_mapping(given.get("virtualService")), *as_mappings(given.get("virtualServices"))]
    for each in filter(None, named):
        name = as_text(each.get("name"))
        live = objects.find(istio.VIRTUAL_SERVICES, objects.namespace_of(rollout), name)
        text = (
            "Flagger writes a VirtualService of its own, named like spec.service.name; this one goes when traffic moves"
        )
        made.changed.append(note(rollout, f"{at}.istio.virtualService", name, text))
        spec = as_mapping((live or {}).get("spec"))
        for field in ("hosts", "gateways"):
            if spec.get(field):
                made.service[field] = list(spec[field])
    if given.get("destinationRule"):
        text = "subsets are not needed: Flagger's Services select primary and canary"
        made.changed.append(note(rollout, f"{at}.istio.destinationRule", None, text))


def _gateway(
    rollout: KubernetesObject, given: KubernetesObject, objects: ObjectSet, at: str, made: FlaggerRouting
) -> None:
    names = [
        as_text(given.get("httpRoute")),
        *(as_text(each.get("name")) for each in as_mappings(given.get("httpRoutes"))),
    ]
    namespace = as_text(given.get("namespace")) or objects.namespace_of(rollout)
    for name in filter(None, names):
        live = objects.find(gatewayapi.HTTP_ROUTES, namespace, name)
        text = "Flagger writes an HTTPRoute of its own, named like spec.service.name; this one goes when traffic moves"
        made.changed.append(note(rollout, f"{at}.plugins.{_GATEWAY_PLUGIN}.httpRoute", name, text))
        spec = as_mapping((live or {}).get("spec"))
        if refs := as_mappings(spec.get("parentRefs")):
            made.service["gatewayRefs"] = [dict(each) for each in refs]
        if spec.get("hostnames"):
            made.service["hosts"] = list(spec["hostnames"])
    if "gatewayRefs" not in made.service:
        made.service["gatewayRefs"] = [dict(PLACEHOLDER)]
        made.decide.append("Its HTTPRoute was not read: name its Gateway in spec.service.gatewayRefs.")

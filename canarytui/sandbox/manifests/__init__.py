"""The objects the sandbox starts with, as YAML that can be read and applied elsewhere.

Folders: ``crds`` (resource definitions of Flagger, Traefik and the Gateway API), ``addons`` (gateway, Prometheus,
controller, load tester), ``podinfo`` (a kustomization: the seed's workload), ``seed`` (the seed's IngressRoute, Canary
and MetricTemplate; below it those for the other providers). The supervisor applies them; ``canarytui sandbox
manifests`` prints where they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
"""Where the YAML files are, in a checkout as in a wheel."""

LEGACY_TRAEFIK_GROUP = "traefik.containo.us"
"""Traefik's API group before version 2.10; the seed's IngressRoute is written in it."""

PROVIDERS = ("traefik", "gatewayapi", "nginx")
"""What the seed's canary can be routed by."""

_VALUES = {"traefik": "traefik", "gatewayapi": "gatewayapi:v1", "nginx": "nginx"}
_GATEWAYS = {"nginx": ("ingress-nginx",)}
_TRAEFIK = ("traefik", "gateway-api")
_MESH_PROVIDER = "-mesh-provider="
_SEED = {
    "traefik": ("podinfo-ingressroute", "not-found-percentage", "podinfo-canary"),
    "gatewayapi": ("gatewayapi/not-found-percentage", "gatewayapi/podinfo-canary"),
    "nginx": ("nginx/podinfo-ingress", "nginx/not-found-percentage", "nginx/podinfo-canary"),
}

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def documents(relative: str) -> list[dict[str, Any]]:
    """The objects of one YAML file below :data:`FOLDER`, in order; each caller gets its own copies.

    Raises:
        FileNotFoundError: no such file.
    """
    with (FOLDER / relative).open(encoding="utf-8") as file:
        loaded = [document for document in yaml.load_all(file, Loader=_Loader) if document]
    # With anchors the loader returns one dict in several places; through JSON each place gets its own.
    objects: list[dict[str, Any]] = json.loads(json.dumps(loaded))
    return objects


def crds() -> list[dict[str, Any]]:
    """All CustomResourceDefinitions: Flagger's, the Gateway API's, Traefik's, and these again in their older group."""
    definitions: list[dict[str, Any]] = []
    for path in sorted((FOLDER / "crds").glob("*.yaml")):
        for definition in documents(f"crds/{path.name}"):
            definitions.append(definition)
            if definition["spec"]["group"] == "traefik.io":
                definitions.append(in_legacy_group(definition))
    return definitions


def in_legacy_group(definition: dict[str, Any]) -> dict[str, Any]:
    """The same resource as `definition` (a CRD of traefik.io), served in traefik.containo.us."""
    copy: dict[str, Any] = json.loads(json.dumps(definition))
    copy["spec"]["group"] = LEGACY_TRAEFIK_GROUP
    copy["metadata"]["name"] = f"{copy['spec']['names']['plural']}.{LEGACY_TRAEFIK_GROUP}"
    return copy


def system_addons(*, controller: bool, provider: str = "traefik") -> list[dict[str, Any]]:
    """Namespace traefik with Prometheus and controller, and the gateway: Traefik there, or ingress-nginx in a namespace
    of its own. The controller is scaled to zero unless `controller`, and has `provider` for canaries that name none."""
    objects = [
        manifest
        for name in ("namespace", *_GATEWAYS.get(provider, _TRAEFIK), "prometheus", "flagger")
        for manifest in documents(f"addons/{name}.yaml")
    ]
    for manifest in objects:
        if manifest["kind"] == "Deployment" and manifest["metadata"]["name"] == "flagger":
            manifest["spec"]["replicas"] = 1 if controller else 0
            container = manifest["spec"]["template"]["spec"]["containers"][0]
            container["args"] = [
                f"{_MESH_PROVIDER}{_VALUES[provider]}" if argument.startswith(_MESH_PROVIDER) else argument
                for argument in container["args"]
            ]
    return objects


def provider_of(flagger: Mapping[str, Any]) -> str | None:
    """Which of :data:`PROVIDERS` the controller's Deployment was made for; None when its arguments say none of them."""
    arguments = flagger["spec"]["template"]["spec"]["containers"][0].get("args") or ()
    values = [each.removeprefix(_MESH_PROVIDER) for each in arguments if each.startswith(_MESH_PROVIDER)]
    return next((name for name, value in _VALUES.items() if value in values), None)


def load_tester(namespace: str) -> list[dict[str, Any]]:
    """The load tester's objects, placed in `namespace`."""
    return _placed(documents("addons/loadtester.yaml"), namespace)


def seed_scenario(provider: str = "traefik") -> list[dict[str, Any]]:
    """What the seed applies: namespace test, podinfo with its scaler, MetricTemplate and Canary; where the user
    routes, also the IngressRoute or Ingress."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "test"}}
    podinfo = _placed([*documents("podinfo/deployment.yaml"), *documents("podinfo/hpa.yaml")], "test")
    routes = [manifest for name in _SEED[provider] for manifest in documents(f"seed/{name}.yaml")]
    return [namespace, *podinfo, *routes]


def _placed(objects: list[dict[str, Any]], namespace: str) -> list[dict[str, Any]]:
    for manifest in objects:
        manifest["metadata"]["namespace"] = namespace
    return objects

"""The objects that the sandbox is born with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from canarytui.sandbox import manifests


def test_every_definition_of_traefik_is_served_in_its_older_group_too() -> None:
    names = {crd["metadata"]["name"] for crd in manifests.crds()}
    ours = {name for name in names if name.endswith(".traefik.io")}
    assert ours
    assert {name.replace("traefik.io", manifests.LEGACY_TRAEFIK_GROUP) for name in ours} <= names
    assert {"canaries.flagger.app", "metrictemplates.flagger.app", "alertproviders.flagger.app"} <= names


@pytest.mark.parametrize("controller", [True, False])
def test_the_controller_has_a_replica_only_when_asked_for(controller: bool) -> None:
    deployments = {
        each["metadata"]["name"]: each
        for each in manifests.system_addons(controller=controller)
        if each["kind"] == "Deployment"
    }
    assert deployments["flagger"]["spec"]["replicas"] == int(controller)
    assert "traefik" in deployments


def test_the_load_tester_is_placed_where_it_is_wanted() -> None:
    assert {each["metadata"]["namespace"] for each in manifests.load_tester("shop")} == {"shop"}


@pytest.mark.parametrize("provider", manifests.PROVIDERS)
def test_canaries_that_name_no_provider_have_the_chosen_one(provider: str) -> None:
    (flagger,) = [
        each
        for each in manifests.system_addons(controller=True, provider=provider)
        if (each["kind"], each["metadata"]["name"]) == ("Deployment", "flagger")
    ]
    (container,) = flagger["spec"]["template"]["spec"]["containers"]
    (canary,) = [each for each in manifests.seed_scenario(provider) if each["kind"] == "Canary"]
    assert f"-mesh-provider={canary['spec']['provider']}" in container["args"]


def seed(provider: str) -> dict[str, Any]:
    return {each["kind"]: each for each in manifests.seed_scenario(provider)}


def test_the_seed_for_ingress_nginx_differs_in_routing_only() -> None:
    traefik, nginx = seed("traefik"), seed("nginx")
    assert (traefik.keys() - nginx.keys(), nginx.keys() - traefik.keys()) == ({"IngressRoute"}, {"Ingress"})
    for kind in ("Namespace", "Deployment", "HorizontalPodAutoscaler"):
        assert traefik[kind] == nginx[kind]
    addons = manifests.system_addons(controller=False, provider="nginx")
    by_kind = {(each["kind"], each["metadata"]["name"]): each for each in addons}
    service = by_kind["Service", "ingress-nginx-controller"]["metadata"]
    spec, replaced = nginx["Canary"]["spec"], f"http://{service['name']}.{service['namespace']}"
    wanted = json.dumps(traefik["Canary"]["spec"]["analysis"]).replace("http://traefik.traefik", replaced)
    assert spec["analysis"] == json.loads(wanted)
    assert spec["ingressRef"]["name"] == nginx["Ingress"]["metadata"]["name"]
    assert ("IngressClass", nginx["Ingress"]["spec"]["ingressClassName"]) in by_kind
    assert ("Deployment", "traefik") not in by_kind


@pytest.mark.parametrize("provider", manifests.PROVIDERS)
def test_the_controllers_deployment_says_which_provider_it_was_made_for(provider: str) -> None:
    (flagger,) = [
        each
        for each in manifests.system_addons(controller=True, provider=provider)
        if (each["kind"], each["metadata"]["name"]) == ("Deployment", "flagger")
    ]
    assert manifests.provider_of(flagger) == provider
    flagger["spec"]["template"]["spec"]["containers"][0]["args"] = ["-mesh-provider=istio"]
    assert manifests.provider_of(flagger) is None


def test_the_seed_for_the_gateway_api_differs_in_routing_only() -> None:
    traefik, gatewayapi = seed("traefik"), seed("gatewayapi")
    assert traefik.keys() - gatewayapi.keys() == {"IngressRoute"}
    for kind in ("Namespace", "Deployment", "HorizontalPodAutoscaler"):
        assert traefik[kind] == gatewayapi[kind]
    canary = gatewayapi["Canary"]["spec"]
    assert canary["analysis"] == traefik["Canary"]["spec"]["analysis"]
    (gateway,) = [each for each in manifests.system_addons(controller=False) if each["kind"] == "Gateway"]
    reference = {"name": gateway["metadata"]["name"], "namespace": gateway["metadata"]["namespace"]}
    assert canary["service"]["gatewayRefs"] == [reference]


def test_the_seed_is_in_namespace_test() -> None:
    seed = manifests.seed_scenario()
    assert seed[0]["kind"] == "Namespace"
    assert {"Deployment", "HorizontalPodAutoscaler", "IngressRoute", "Canary", "MetricTemplate"} <= {
        each["kind"] for each in seed
    }
    assert manifests.documents("seed/podinfo-canary.yaml")[0]["kind"] == "Canary"
    with pytest.raises(FileNotFoundError):
        manifests.documents("seed/none.yaml")

"""What a sandbox is born with, and that a second start adds only what is missing."""

from __future__ import annotations

import pytest

from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.access.rbac import Authorizer
from canarytui.sandbox.apiserver.access.users import user
from canarytui.sandbox.apiserver.api import MERGE_PATCH, Api
from canarytui.sandbox.supervisor.bootstrap import create_missing, create_scenario, create_system, first_provider


def replicas(api: Api) -> int:
    found: int = api.get(api.registry.find("apps", "deployments"), "traefik", "flagger")["spec"]["replicas"]
    return found


@pytest.fixture
def api() -> Api:
    made = Api()
    create_system(made, 6443, controller=False)
    return made


def test_namespaces_definitions_and_the_apis_own_service(api: Api) -> None:
    names = {each["metadata"]["name"] for each in api.list(api.registry.find("", "namespaces")).items}
    assert names == {"default", "kube-system", "kube-public", "kube-node-lease", "traefik"}
    for group, plural in (("flagger.app", "canaries"), ("traefik.io", "traefikservices")):
        assert api.registry.find(group, plural).kind
    assert api.registry.find("traefik.containo.us", "ingressroutes").kind == "IngressRoute"
    service = api.get(api.registry.find("", "services"), "default", "kubernetes")
    endpoints = api.get(api.registry.find("", "endpoints"), "default", "kubernetes")
    assert service["spec"]["ports"][0]["targetPort"] == 6443
    assert endpoints["subsets"][0]["ports"][0]["port"] == 6443


def test_a_second_start_keeps_what_a_person_changed(api: Api) -> None:
    deployments = api.registry.find("apps", "deployments")
    edited = {"metadata": {"labels": {"mine": "yes"}}}
    api.patch(deployments, "traefik", "traefik", edited, MERGE_PATCH)
    before = api.get(deployments, "traefik", "traefik")["metadata"]
    create_system(api, 6443, controller=False)
    after = api.get(deployments, "traefik", "traefik")["metadata"]
    assert after["uid"] == before["uid"]
    assert after["labels"]["mine"] == "yes"


def test_the_provider_of_the_first_start_stays() -> None:
    made = Api()
    assert first_provider(made, "nginx") == "nginx"
    create_system(made, 6443, controller=False, provider="nginx")
    assert first_provider(made, "traefik") == "nginx"
    create_system(made, 6443, controller=True, provider=first_provider(made, "traefik"))
    names = {each["metadata"]["name"] for each in made.list(made.registry.find("apps", "deployments")).items}
    assert names == {"ingress-nginx-controller", "flagger", "flagger-prometheus"}


def test_the_controller_runs_only_when_asked_for_at_this_start(api: Api) -> None:
    assert replicas(api) == 0
    create_system(api, 6443, controller=True)
    assert replicas(api) == 1
    create_system(api, 6443, controller=False)
    assert replicas(api) == 0


def test_the_seeds_objects_are_accepted_by_their_own_definitions(api: Api) -> None:
    create_scenario(api, "seed")
    canary = api.get(api.registry.find("flagger.app", "canaries"), "test", "podinfo")
    assert canary["spec"]["analysis"]["stepWeight"] == 5
    assert api.get(api.registry.find("apps", "deployments"), "test", "podinfo")
    create_scenario(api, "seed")


def test_the_controllers_account_may_do_what_the_engine_does(api: Api) -> None:
    account = user("system:serviceaccount:traefik:flagger", "system:serviceaccounts", "system:serviceaccounts:traefik")
    authorizer = Authorizer(api)

    def allowed(verb: str, group: str, resource: str, subresource: str = "") -> bool:
        return authorizer.allowed(account, verb, group, resource, subresource, "test", "x")[0]

    for verb in ("get", "create"):
        assert allowed(verb, "", "services", "proxy")
    for group in ("", "events.k8s.io"):
        assert allowed("create", group, "events")
    for verb in ("get", "create", "update"):
        assert allowed(verb, "coordination.k8s.io", "leases")
    for group, resource in (
        ("apps", "deployments"), ("autoscaling", "horizontalpodautoscalers"), ("", "configmaps"), ("", "secrets"),
        ("", "services"), ("traefik.io", "traefikservices"), ("flagger.app", "metrictemplates"),
    ):  # fmt: skip
        assert allowed("list", group, resource), resource
        assert allowed("watch", group, resource), resource
    assert allowed("patch", "flagger.app", "canaries", "status")
    assert allowed("update", "apps", "deployments")
    assert not allowed("create", "", "pods", "exec")
    assert not allowed("delete", "", "namespaces")
    assert not allowed("create", "rbac.authorization.k8s.io", "clusterrolebindings")


def test_an_object_of_a_kind_that_is_not_served_is_an_error(api: Api) -> None:
    unknown = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}}
    with pytest.raises(LookupError, match=r"example\.com/v1 Thing is not served"):
        create_missing(api, [unknown])


def test_every_manifest_is_its_callers_own_copy() -> None:
    one, other = manifests.load_tester("a"), manifests.load_tester("b")
    assert {each["metadata"]["namespace"] for each in one} == {"a"}
    assert {each["metadata"]["namespace"] for each in other} == {"b"}

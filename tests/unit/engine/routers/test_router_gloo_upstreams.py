"""Gloo's Upstreams: what is copied from the user's, what follows it later, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import DEFAULT, NAMESPACE, STRICT, RouterRig
from test_router_gloo import BOTH, gloo_rig

from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.routers.gloo_upstreams import reconcile_upstreams

PRIMARY, CANARY = "test-podinfo-primaryupstream-80", "test-podinfo-canaryupstream-80"
REFERENCE = {"upstreamRef": {"apiVersion": "gloo.solo.io/v1", "kind": "Upstream", "name": "edge", "namespace": "gloo"}}


def upstream(**spec: Any) -> dict[str, Any]:
    metadata = {"name": "edge", "namespace": "gloo"}
    return {"apiVersion": "gloo.solo.io/v1", "kind": "Upstream", "metadata": metadata, "spec": spec}


def reconciled(settings: ControllerSettings, *objects: dict[str, Any], **spec: Any) -> RouterRig:
    rig = gloo_rig(settings, **spec)
    for each in objects:
        rig.cluster_view.put(each)
    rig.do(reconcile_upstreams(rig.tick))
    return rig


@BOTH
def test_each_stands_for_a_service_and_its_pods(settings: ControllerSettings) -> None:
    rig = reconciled(settings)
    made = rig.get("Upstream", PRIMARY)
    service = {"serviceName": "podinfo-primary", "serviceNamespace": "test", "servicePort": 80}
    assert made["spec"] == {"kube": {**service, "selector": {"app": "podinfo-primary"}}}
    assert "labels" not in made["metadata"]
    assert made["metadata"]["ownerReferences"][0]["uid"] == "uid-canary"
    assert rig.get("Upstream", CANARY)["spec"]["kube"]["selector"] == {"app": "podinfo"}


@BOTH
def test_settings_are_copied_at_creation_and_the_load_balancer_follows(settings: ControllerSettings) -> None:
    given = {"useHttp2": True, "circuitBreakers": {"maxConnections": 1}, "loadBalancerConfig": {"random": {}}}
    rig = reconciled(settings, upstream(**given, kube={"serviceName": "x"}, failover={}), **REFERENCE)
    assert {key: value for key, value in rig.get("Upstream", CANARY)["spec"].items() if key != "kube"} == given
    rig.cluster_view.put(upstream(useHttp2=False, loadBalancerConfig={"maglev": {}}))
    rig.do(reconcile_upstreams(rig.tick))
    spec = rig.get("Upstream", CANARY)["spec"]
    assert (spec["useHttp2"], spec["loadBalancerConfig"]) == (True, {"maglev": {}})
    assert rig.written[2:] == [f"Replace Upstream {PRIMARY}", f"Replace Upstream {CANARY}"]
    rig.do(reconcile_upstreams(rig.tick))
    assert len(rig.written) == 4


@pytest.mark.parametrize(
    ("settings", "selector"), [(STRICT, {"app": "hacked"}), (DEFAULT, {"app": "podinfo"})], ids=["strict", "default"]
)
def test_an_upstream_with_other_pods_is_repaired(settings: ControllerSettings, selector: dict[str, str]) -> None:
    rig = reconciled(settings)
    kube = {"selector": {"app": "hacked"}, "serviceSpec": {"rest": {}}}
    rig.change("Upstream", {"spec": {"kube": kube, "healthChecks": []}}, CANARY)
    rig.do(reconcile_upstreams(rig.tick))
    spec = rig.get("Upstream", CANARY)["spec"]
    assert spec["kube"]["selector"] == selector
    assert (spec["kube"]["serviceSpec"], spec["healthChecks"]) == ({"rest": {}}, []), "what others added stays"


@BOTH
def test_what_is_missing_is_named(settings: ControllerSettings) -> None:
    rig = RouterRig(settings=settings)
    with pytest.raises(EndTick) as error:
        rig.do(reconcile_upstreams(rig.tick))
    assert str(error.value) == (
        "error creating flagger primary upstream: service podinfo-primary.test get query error: "
        'services "podinfo-primary" not found'
    )
    rig = gloo_rig(settings, upstreamRef={"name": "edge"})
    with pytest.raises(EndTick) as error:
        rig.do(reconcile_upstreams(rig.tick))
    assert str(error.value) == (
        f"error creating flagger primary upstream: config upstream edge.{NAMESPACE} get query error: "
        'upstreams.gloo.solo.io "edge" not found'
    )
    assert rig.written == []

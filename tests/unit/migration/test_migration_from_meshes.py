"""Canaries of the meshes, as their tutorials have them: SMI, Linkerd, Kuma, App Mesh and Istio."""

from __future__ import annotations

from typing import Any

import pytest
from migration_rig import GATEWAY, canary_of, fields, migrated, require_accepted, route_of, text_of

from canarytui.migration.gateways import PLACEHOLDER
from canarytui.migration.to_gateway_api import GatewayWishes

CANARY = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata:
  name: podinfo
  namespace: test
  annotations: {%(annotations)s}
spec:
  provider: %(provider)s
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: podinfo}
  autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: podinfo}
  progressDeadlineSeconds: 60
  service:
    port: 9898
    %(service)s
  analysis:
    interval: 30s
    threshold: 5
    maxWeight: 50
    stepWeight: 5
    %(analysis)s
    metrics:
      - {name: request-success-rate, thresholdRange: {min: 99}, interval: 1m}
      - {name: request-duration, thresholdRange: {max: 500}, interval: 30s}
    webhooks:
      - name: load-test
        type: rollout
        url: http://flagger-loadtester.test/
        metadata: {cmd: "hey -z 2m -q 10 -c 2 http://podinfo-canary.test:9898/"}
"""
SERVICE_PARENT = {"kind": "Service", "name": "podinfo", "namespace": "test", "port": 9898}


def canary(provider: str, service: str = "", analysis: str = "", annotations: str = "") -> str:
    return CANARY % {"provider": provider, "service": service, "analysis": analysis, "annotations": annotations}


def test_linkerds_tutorial_becomes_flaggers_own_for_the_gateway_api() -> None:
    split = """
---
apiVersion: split.smi-spec.io/v1alpha1
kind: TrafficSplit
metadata: {name: podinfo, namespace: test}
spec:
  service: podinfo
  backends: [{service: podinfo-canary, weight: "0"}, {service: podinfo-primary, weight: "100"}]
"""
    migration = migrated(canary("linkerd") + split)
    made = canary_of(migration)
    require_accepted(made)
    assert made["spec"]["service"] == {"port": 9898, "gatewayRefs": [{"group": "core", **SERVICE_PARENT}]}
    # The proxies stay: the checks go on measuring what they measured.
    success, latency = made["spec"]["analysis"]["metrics"]
    assert (success["name"], success["thresholdRange"]) == ("success-rate", {"min": 99})
    assert 'response_total{ namespace="{{ namespace }}", deployment=~"{{ target }}"' in success["query"]
    assert "response_latency_ms_bucket" in latency["query"]
    assert route_of(made)["parentRefs"] == [{"group": "core", **SERVICE_PARENT}]
    text = text_of(migration)
    assert "kubectl -n test delete trafficsplits.split.smi-spec.io podinfo" in text
    assert "serviceprofiles.linkerd.io podinfo.test.svc.cluster.local" in text
    assert text.index("Delete the old") < text.index("Watch one"), "a TrafficSplit may win over the route"
    assert "NO COUNTERPART: nothing is lost" in text


def test_a_traffic_split_with_conditions_and_a_third_backend() -> None:
    split = """
---
apiVersion: split.smi-spec.io/v1alpha3
kind: TrafficSplit
metadata: {name: podinfo, namespace: test}
spec:
  service: podinfo
  matches: [{kind: HTTPRouteGroup, name: beta-users}]
  backends: [{service: podinfo-canary, weight: 0}, {service: podinfo-primary, weight: 90}, {service: old, weight: 10}]
"""
    migration = migrated(canary("smi:v1alpha3", "hosts: [podinfo.example.com]") + split)
    assert fields(migration.missing)[:2] == ["spec.matches[0]", "spec.backends[2]"]
    assert "spec.service.hosts" in fields(migration.changed)


@pytest.mark.parametrize("provider", ["osm", "smi:v1alpha1", "smi:v1alpha2"])
def test_other_smi_meshes_need_a_gateway_or_a_mesh(provider: str) -> None:
    assert canary_of(migrated(canary(provider)))["spec"]["service"]["gatewayRefs"] == [PLACEHOLDER]
    chosen = canary_of(migrated(canary(provider) + GATEWAY))
    assert chosen["spec"]["service"]["gatewayRefs"] == [{"name": "web", "namespace": "gateways"}]
    assert "spec.provider" in fields(migrated(canary(provider) + GATEWAY).missing), "pods ask Services, not the Gateway"
    meshed = canary_of(migrated(canary(provider), wishes=GatewayWishes(mesh=True)))
    require_accepted(meshed)
    assert route_of(meshed)["parentRefs"] == [{"group": "", **SERVICE_PARENT}]


def test_kumas_tutorial() -> None:
    side = '{annotations: {"9898.service.kuma.io/protocol": http}}'
    service = f"targetPort: 9898\n    apex: {side}\n    canary: {side}\n    primary: {side}"
    policies = """
---
apiVersion: kuma.io/v1alpha1
kind: TrafficRoute
mesh: default
metadata: {name: podinfo}
spec:
  conf:
    loadBalancer: {ringHash: {}}
    split: [{weight: 100, destination: {kuma.io/service: podinfo-primary_test_svc_9898}}]
---
apiVersion: kuma.io/v1alpha1
kind: Timeout
mesh: default
metadata: {name: all}
spec: {destinations: [{match: {kuma.io/service: "*"}}], conf: {connectTimeout: 5s}}
---
apiVersion: kuma.io/v1alpha1
kind: Retry
mesh: default
metadata: {name: others}
spec: {destinations: [{match: {kuma.io/service: other_test_svc_80}}]}
"""
    migration = migrated(canary("kuma", service, annotations="kuma.io/mesh: blue") + policies)
    made = canary_of(migration)
    require_accepted(made)
    assert made["spec"]["service"]["appProtocol"] == "http"
    assert route_of(made)["parentRefs"] == [{"group": "", **SERVICE_PARENT}]
    notes = {(each.object, each.field): each.text for each in migration.missing}
    assert "MeshLoadBalancingStrategy" in notes["trafficroute/podinfo", "spec.conf.loadBalancer"]
    assert "MeshTimeout" in notes["timeout/all", "spec.destinations[0]"]
    assert "label namespace test" in notes["canary/podinfo", "metadata.annotations[kuma.io/mesh]"]
    assert not any(owner == "retry/others" for owner, _ in notes), "it is about another service"
    assert "kubectl delete trafficroutes.kuma.io podinfo" in text_of(migration)


APP_MESH = """timeout: 15s
    retries: {attempts: 3, perTryTimeout: 5s, retryOn: "gateway-error,client-error,stream-error"}
    match: [{uri: {prefix: /}}]
    meshName: global
    hosts: ["*"]
    backends: [backend.test]"""


@pytest.mark.parametrize("provider", ["appmesh", "appmesh:v1beta2"])
def test_app_meshs_tutorial(provider: str) -> None:
    own = """
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualNode
metadata: {name: backend, namespace: test}
spec:
  listeners: [{portMapping: {port: 9898, protocol: http}, tls: {mode: STRICT}}]
  backendDefaults: {clientPolicy: {tls: {enforce: true}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: podinfo, namespace: test}
spec: {template: {metadata: {annotations: {appmesh.k8s.aws/sidecarInjectorWebhook: enabled}}}}
"""
    text = canary(provider, APP_MESH, annotations="appmesh.flagger.app/accesslog: enabled")
    migration = migrated(text + own + GATEWAY)
    made = canary_of(migration)
    require_accepted(made)
    service = made["spec"]["service"]
    assert service == {
        "port": 9898,
        "timeout": "15s",
        "match": [{"uri": {"prefix": "/"}}],
        "gatewayRefs": [{"name": "web", "namespace": "gateways"}],
    }
    rule = route_of(made)["rules"][0]
    assert rule["timeouts"] == {"request": "15s"}
    lost = fields(migration.missing)
    for field in (
        "spec.service.retries",
        "spec.service.meshName",
        "spec.service.backends",
        "metadata.annotations[appmesh.flagger.app/accesslog]",
        "spec.listeners[0].tls",
        "spec.backendDefaults",
        "spec.template.metadata.annotations[appmesh.k8s.aws/sidecarInjectorWebhook]",
    ):
        assert field in lost
    # Its Envoys go: the built-in checks measure the pods themselves.
    (first, *_) = [each for each in migration.missing if each.field == "spec.analysis.metrics[0]"]
    assert "measures http_request_duration_seconds_count of" in first.text
    assert "no longer envoy_cluster_upstream_rq" in first.text


ISTIO = """hosts: [app.example.com]
    gateways: [istio-system/public-gateway]
    timeout: 1.5s
    match: [{uri: {prefix: /api}, headers: {x-team: {prefix: shop}}, sourceLabels: {app: web}}]
    rewrite: {uri: /}
    headers: {request: {add: {x-some: value}}}
    corsPolicy: {allowOrigins: [{exact: "https://a.example"}, {regex: "https://.*"}]}
    trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
    retries: {attempts: 3}"""


def test_istio_at_the_edge() -> None:
    made = migrated(canary("istio", ISTIO, "mirror: true") + GATEWAY)
    spec = canary_of(made)["spec"]
    require_accepted(canary_of(made))
    service = spec["service"]
    assert service["gatewayRefs"] == [{"name": "web", "namespace": "gateways"}]
    assert service["timeout"] == "1s500ms"
    assert service["match"] == [{"uri": {"prefix": "/api"}, "headers": {"x-team": {"regex": "^shop.*"}}}]
    assert service["rewrite"] == {"uri": "/", "type": "ReplacePrefixMatch"}
    assert service["corsPolicy"]["allowOrigins"] == [{"exact": "https://a.example"}]
    assert "mirror" not in spec["analysis"], "Flagger would never take the first step"
    lost = fields(made.missing)
    for field in ("gateways", "trafficPolicy", "retries", "match[0].sourceLabels", "corsPolicy.allowOrigins[1].regex"):
        assert f"spec.service.{field}" in lost
    rule: Any = route_of(canary_of(made))["rules"][0]
    assert [each["type"] for each in rule["filters"]] == ["RequestHeaderModifier", "URLRewrite", "CORS"]
    assert "istio_requests_total" in spec["analysis"]["metrics"][0]["query"]


@pytest.mark.parametrize("gateways", ["", "gateways: [mesh]"])
def test_istio_inside_the_mesh(gateways: str) -> None:
    made = canary_of(
        migrated(canary("istio", gateways, "sessionAffinity: {cookieName: flagger-cookie, maxAge: 21600}"))
    )
    require_accepted(made)
    assert made["spec"]["service"]["gatewayRefs"] == [{"group": "", **SERVICE_PARENT}]
    assert made["spec"]["analysis"]["sessionAffinity"]["cookieName"] == "flagger-cookie"
    route_of(made)

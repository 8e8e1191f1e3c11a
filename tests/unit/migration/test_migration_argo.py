"""Argo Rollouts and Flagger, both ways: the projects' own examples, and what a round trip must keep."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from migration_rig import canary_of, fields, made, migrated, objects, require_accepted, text_of

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import step_plan
from canarytui.errors import ConfigError
from canarytui.metrics.check_queries import QuerySource, check_query
from canarytui.migration.flagger_to_argo import flagger_to_argo
from canarytui.migration.objects import ObjectSet

POD = """
  replicas: 5
  selector: {matchLabels: {app: rollouts-demo}}
  template:
    metadata: {labels: {app: rollouts-demo}}
    spec: {containers: [{name: demo, image: "argoproj/rollouts-demo:blue", ports: [{containerPort: 8080}]}]}
"""
ROLLOUT = """
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: rollouts-demo, namespace: test%(metadata)s}
spec:
%(pods)s
  strategy:
    %(strategy)s
"""
ANALYSIS = """
---
apiVersion: argoproj.io/v1alpha1
kind: %(kind)s
metadata: {name: success-rate, namespace: test}
spec:
  args: [{name: service-name}, {name: limit, value: "3"}]
  metrics:
    - name: success-rate
      interval: 5m
      successCondition: %(condition)s
      failureLimit: "{{args.limit}}"
      count: 4
      provider:
        prometheus:
          address: http://prometheus.example.com:9090
          query: |
            sum(irate(istio_requests_total{destination_service=~"{{args.service-name}}",response_code!~"5.*"}[5m])) /
            sum(irate(istio_requests_total{destination_service=~"{{args.service-name}}"}[5m]))
"""
SERVICE = """
---
apiVersion: v1
kind: Service
metadata: {name: rollouts-demo-stable, namespace: test}
spec: {ports: [{name: http, port: 80, targetPort: 8080}], selector: {app: rollouts-demo}}
"""


def rollout(strategy: str, pods: str = POD, metadata: str = "") -> str:
    return ROLLOUT % {"strategy": strategy, "pods": pods, "metadata": metadata}


def analysis(condition: str = "result[0] >= 0.95", kind: str = "AnalysisTemplate") -> str:
    return ANALYSIS % {"condition": condition, "kind": kind}


CANARY_STRATEGY = """canary:
      canaryService: rollouts-demo-canary
      stableService: rollouts-demo-stable
      maxSurge: "25%"
      trafficRouting: {istio: {virtualService: {name: rollouts-demo-vsvc, routes: [primary]}}}
      analysis:
        templates: [{templateName: success-rate}]
        startingStep: 2
        args: [{name: service-name, value: rollouts-demo-canary.test.svc.cluster.local}]
      steps:
        - setWeight: 20
        - pause: {}
        - setWeight: 40
        - pause: {duration: 10m}
        - setWeight: 60
        - pause: {duration: 10m}
        - setWeight: 80
        - pause: {duration: 30}"""


def test_the_example_with_weights_pauses_and_analysis() -> None:
    virtual_service = """
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: rollouts-demo-vsvc, namespace: test}
spec: {hosts: [demo.example.com], gateways: [istio-system/web], http: []}
"""
    migration = migrated(rollout(CANARY_STRATEGY) + analysis() + SERVICE + virtual_service, "flagger")
    for manifest in migration.manifests:
        require_accepted(manifest)
    deployment, template, canary = migration.manifests
    assert deployment["spec"]["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}
    assert deployment["spec"]["template"]["metadata"]["labels"] == {"app": "rollouts-demo"}
    spec: Any = canary["spec"]
    assert spec["provider"] == "istio"
    # Argo Rollouts writes rollouts-demo-canary, so Flagger's Services are called otherwise.
    assert spec["service"] == {
        "name": "rollouts-demo-flagger", "portName": "http", "port": 80, "targetPort": 8080,
        "hosts": ["demo.example.com"], "gateways": ["istio-system/web"],
    }  # fmt: skip
    assert spec["analysis"]["stepWeights"] == [20, 40, 60, 80]
    assert (spec["analysis"]["interval"], spec["analysis"]["threshold"]) == ("10m", 4)
    (check,) = spec["analysis"]["metrics"]
    assert check["thresholdRange"] == {"min": 0.95}
    assert check["templateVariables"] == {"serviceName": "rollouts-demo-flagger-canary.test.svc.cluster.local"}
    assert [each["type"] for each in spec["analysis"]["webhooks"]] == ["confirm-traffic-increase"]
    assert template["metadata"]["name"] == "success-rate"
    lost = fields(migration.missing)
    assert "spec.strategy.canary.steps[7].pause.duration" in lost
    assert "spec.strategy.canary.analysis.startingStep" in lost
    parsed = Canary.parse(canary)
    query = check_query(QuerySource.TEMPLATE, parsed, parsed.spec.analysis.metrics[0], template=template)
    assert 'destination_service=~"rollouts-demo-flagger-canary.test.svc.cluster.local"' in query.text


def test_blue_green_that_waits_for_a_person() -> None:
    strategy = """blueGreen:
      activeService: rollouts-demo-active
      previewService: rollouts-demo-preview
      autoPromotionEnabled: false
      scaleDownDelaySeconds: 30
      previewReplicaCount: 1
      prePromotionAnalysis:
        templates: [{templateName: success-rate, clusterScope: true}]
        args: [{name: service-name, value: rollouts-demo-preview}]
      postPromotionAnalysis: {templates: [{templateName: success-rate, clusterScope: true}]}"""
    migration = migrated(rollout(strategy) + analysis(kind="ClusterAnalysisTemplate"), "flagger")
    canary = canary_of(migration)
    for manifest in migration.manifests:
        require_accepted(manifest)
    spec: Any = canary["spec"]
    assert (spec["provider"], spec["service"]["port"]) == ("kubernetes", 8080)
    assert spec["analysis"]["iterations"] == 4
    assert spec["analysis"]["interval"] == "5m"
    assert [each["type"] for each in spec["analysis"]["webhooks"]] == ["confirm-promotion"]
    assert spec["analysis"]["metrics"][0]["templateVariables"] == {"serviceName": "rollouts-demo-canary"}
    lost = fields(migration.missing)
    for field in ("scaleDownDelaySeconds", "previewReplicaCount", "postPromotionAnalysis"):
        assert f"spec.strategy.blueGreen.{field}" in lost


def test_workload_reference_and_autoscaler() -> None:
    pods = "  replicas: 5\n  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown: onsuccess}"
    autoscaler = """
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: test}
spec: {maxReplicas: 9, scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: rollouts-demo}}
"""
    migration = migrated(rollout(CANARY_STRATEGY, pods) + autoscaler + SERVICE, "flagger")
    assert made(migration, "Deployment") == []
    assert "spec.workloadRef.scaleDown" in fields(migration.changed), "both would scale the Deployment"
    spec: Any = canary_of(migration)["spec"]
    assert spec["targetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    assert spec["autoscalerRef"]["name"] == "web-flagger"
    (scaler,) = made(migration, "HorizontalPodAutoscaler")
    assert scaler["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    for manifest in migration.manifests:
        require_accepted(manifest)
    assert "kubectl -n test scale deployment web --replicas=5" in text_of(migration)


def test_steps_and_services_that_flagger_lacks_are_named() -> None:
    strategy = """canary:
      antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}
      scaleDownDelaySeconds: 30
      trafficRouting: {alb: {ingress: web}, managedRoutes: [{name: header}]}
      steps:
        - pause: {}
        - setCanaryScale: {weight: 25}
        - setHeaderRoute: {name: header}
        - experiment: {duration: 5m}
        - setWeight: 50
        - setWeight: 30
        - analysis: {templates: [{templateName: success-rate}, {templateName: nowhere}]}
        - pause: {}"""
    web = "\n    - {name: web, provider: {web: {url: http://x}}}\n"
    annotated = ", annotations: {notifications.argoproj.io/subscribe.on-rollout-completed.slack: dev}"
    text = rollout(strategy, metadata=annotated) + analysis("result[0] >= 0.9 && len(result) > 0") + web
    migration = migrated(text, "flagger")
    lost = {each.field: each.text for each in migration.missing}
    steps = "spec.strategy.canary.steps"
    for field in (
        "spec.strategy.canary.antiAffinity",
        "spec.strategy.canary.scaleDownDelaySeconds",
        "spec.strategy.canary.trafficRouting.alb",
        "spec.strategy.canary.trafficRouting.managedRoutes",
        f"{steps}[1].setCanaryScale",
        f"{steps}[2].setHeaderRoute",
        f"{steps}[3].experiment",
        f"{steps}[5].setWeight",
        f"{steps}.templates[1]",
        "spec.metrics[0].successCondition",
        "spec.metrics[1].provider.web",
        "metadata.annotations[notifications.argoproj.io/subscribe.on-rollout-completed.slack]",
    ):
        assert field in lost
    hooks: Any = canary_of(migration)["spec"]
    assert [each["type"] for each in hooks["analysis"]["webhooks"]] == ["confirm-rollout", "confirm-promotion"]
    require_accepted(canary_of(migration))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rollout("{}"), "nothing to migrate"),
        (rollout("{canary: {}}", "  workloadRef: {kind: PodTemplate, name: x}"), "target is a Deployment"),
        (rollout("{canary: {}}", "  replicas: 1"), "neither spec.template nor spec.workloadRef"),
    ],
)
def test_rollouts_that_cannot_move(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        migrated(text, "flagger")


FLAGGER = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: podinfo, namespace: test}
spec:
  provider: %(provider)s
  metricsServer: http://prometheus:9090
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: podinfo}
  autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: podinfo}
  service: {port: 80, targetPort: 9898, timeout: 15s}
  analysis:
    interval: 30s
    threshold: 5
    %(analysis)s
    sessionAffinity: {cookieName: c}
    metrics:
      - {name: request-success-rate, thresholdRange: {min: 99}, interval: 1m}
      - name: not-found
        templateRef: {name: not-found}
        thresholdRange: {min: 0.5, max: 5}
        interval: 2m
        templateVariables: {direction: inbound}
    alerts: [{name: a, providerRef: {name: on-call}}]
    webhooks:
      - {name: test, type: pre-rollout, url: "http://flagger-loadtester.test/"}
      %(hooks)s
---
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: {name: not-found, namespace: test}
spec:
  provider: {type: prometheus, address: "http://prometheus:9090", headers: {X-Scope: [a]}}
  query: |
    sum(rate(http_requests_total{namespace="{{ namespace }}", pod=~"{{ target }}-.*", code="404",
      direction="{{ variables.direction }}"}[{{ interval }}]))
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: podinfo, namespace: test}
spec: {replicas: 0, selector: {matchLabels: {app.kubernetes.io/name: podinfo}}, template: {}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: podinfo-primary, namespace: test}
spec: {replicas: 3}
"""


def flagger(analysis: str, provider: str = "istio", hooks: str = "") -> str:
    return FLAGGER % {"provider": provider, "analysis": analysis, "hooks": hooks}


def test_a_canary_as_a_rollout() -> None:
    hook = '- {name: gate, type: confirm-promotion, url: "http://flagger-loadtester.test/gate/check"}'
    migration = migrated(flagger("maxWeight: 30\n    stepWeight: 10", hooks=hook), "argo")
    (found,) = made(migration, "Rollout")
    spec = found["spec"]
    assert (spec["replicas"], spec["workloadRef"]["name"]) == (3, "podinfo")
    assert spec["selector"] == {"matchLabels": {"app.kubernetes.io/name": "podinfo"}}
    pause = {"pause": {"duration": "30s"}}
    assert spec["strategy"]["canary"]["steps"] == [
        {"setWeight": 10}, pause, {"setWeight": 20}, pause, {"setWeight": 30}, pause, {"pause": {}},
    ]  # fmt: skip
    success, not_found = made(migration, "AnalysisTemplate")
    (metric,) = not_found["spec"]["metrics"]
    assert (metric["failureLimit"], metric["successCondition"]) == (4, "result[0] >= 0.5 && result[0] <= 5")
    assert metric["provider"]["prometheus"]["headers"] == [{"key": "X-Scope", "value": "a"}]
    assert {each["name"]: each["value"] for each in not_found["spec"]["args"]} == {
        "namespace": "test", "target": "podinfo", "direction": "inbound", "interval": "2m",
    }  # fmt: skip
    assert "istio_requests_total" in success["spec"]["metrics"][0]["provider"]["prometheus"]["query"]
    lost = fields(migration.missing)
    for field in (
        "spec.analysis.sessionAffinity",
        "spec.analysis.alerts",
        "spec.analysis.webhooks[0]",
        "spec.autoscalerRef",
        "spec.service.timeout",
    ):
        assert field in lost


@pytest.mark.parametrize("steps", ["maxWeight: 50\n    stepWeight: 10", "stepWeights: [1, 2, 10, 80]", "iterations: 7"])
def test_there_and_back_keeps_weights_thresholds_and_queries(steps: str) -> None:
    text = flagger(steps)
    before = Canary.parse(objects(text).of_kind("Canary")[0])
    there = migrated(text, "argo")
    back = migrated(yaml.safe_dump_all([dict(each) for each in there.manifests]), "flagger")
    after = Canary.parse(canary_of(back))
    require_accepted(canary_of(back))
    assert step_plan(after) == step_plan(before)
    assert (after.spec.analysis.interval_s, after.spec.analysis.threshold) == (30, 5)
    assert (after.spec.service.port, after.spec.service.target_port) == (80, 9898)
    templates = {each["metadata"]["name"]: each for each in made(back, "MetricTemplate")}
    assert templates["not-found"]["spec"] == objects(text).of_kind("MetricTemplate")[0]["spec"]
    for one, other in zip(before.spec.analysis.metrics, after.spec.analysis.metrics, strict=True):
        # A check with a built-in one's name would be asked twice.
        assert other.name == {"request-success-rate": "success-rate"}.get(one.name, one.name)
        assert (one.minimum, one.maximum, one.interval) == (other.minimum, other.maximum, other.interval)
        given = objects(text).of_kind("MetricTemplate")[0] if one.template_name else None
        source = QuerySource.TEMPLATE if one.template_name else QuerySource.BUILTIN
        asked = check_query(source, before, one, template=given, mesh_provider="istio").text
        again = check_query(QuerySource.TEMPLATE, after, other, template=templates[other.template_name]).text
        assert again == asked


def test_an_ab_test_needs_header_routes() -> None:
    match = "iterations: 10\n    match: [{headers: {x-canary: {exact: insider}}}]"
    strategy: Any = made(migrated(flagger(match), "argo"), "Rollout")[0]["spec"]["strategy"]["canary"]
    assert strategy["trafficRouting"]["managedRoutes"] == [{"name": "podinfo-canary-header"}]
    assert strategy["steps"][1]["setHeaderRoute"]["match"] == [
        {"headerName": "x-canary", "headerValue": {"exact": "insider"}}
    ]
    assert strategy["steps"][2] == {"pause": {"duration": "5m"}}


@pytest.mark.parametrize("kind", ["DaemonSet", "Service"])
def test_only_deployments_become_rollouts(kind: str) -> None:
    raw = objects(flagger("stepWeight: 10")).of_kind("Canary")[0]
    target = {**raw["spec"]["targetRef"], "kind": kind}
    canary = Canary.parse({**raw, "spec": {**raw["spec"], "targetRef": target}})
    with pytest.raises(ConfigError, match=f"its target is a {kind}"):
        flagger_to_argo(canary, ObjectSet([]))

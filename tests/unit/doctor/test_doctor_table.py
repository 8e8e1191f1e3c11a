"""Clusters that are broken in one way, or in two, and what doctor finds; healthy ones, where it finds nothing."""

from __future__ import annotations

import copy
import json
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from clinic import GATEWAY, REQUESTS, Clinic, lease

from canarytui.doctor.registry import CHECKS
from canarytui.domain.findings.cluster_rules import CLUSTER_RULES
from canarytui.domain.findings.finding import Rule
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION

ROOT = Path(__file__).parents[3]
Change = Callable[[Clinic], object]
SHADOW_FIELD = f'metadata.annotations["{SHADOW_ANNOTATION}"]'


def analysis(clinic: Clinic) -> dict[str, object]:
    found: dict[str, object] = clinic.canary["spec"]["analysis"]
    return found


def annotated(clinic: Clinic, **annotations: str) -> None:
    clinic.canary["metadata"].setdefault("annotations", {}).update(annotations)


def at_rest(clinic: Clinic) -> None:
    clinic.canary["status"] |= {"phase": "Succeeded", "canaryWeight": 0}
    services = clinic.object("split")["spec"]["weighted"]["services"]
    del services[1]
    services[0]["weight"] = 100


def another_controller(clinic: Clinic) -> None:
    controller = clinic.object("controller")
    twin = {**copy.deepcopy(controller), "metadata": {"name": "flagger", "namespace": "other"}}
    clinic.add("deployments.apps", twin)


def flags(clinic: Clinic, *arguments: str) -> None:
    clinic.object("controller")["spec"]["template"]["spec"]["containers"][0]["args"] = list(arguments)


def no_controller(clinic: Clinic) -> None:
    clinic.remove("controller")


def scaled_to_zero(clinic: Clinic) -> None:
    controller = clinic.object("controller")
    controller["spec"]["replicas"] = 0
    controller["status"] = {}


def elsewhere(clinic: Clinic) -> None:
    """It runs on somebody's machine, and holds the Lease."""
    clinic.remove("controller")
    clinic.add("leases.coordination.k8s.io", lease("canarytui-leader-election"))


def stale_lease(clinic: Clinic) -> None:
    flags(clinic, "-enable-leader-election=true")
    clinic.add("leases.coordination.k8s.io", lease("flagger-leader-election", age_s=900))


def other_provider(clinic: Clinic) -> None:
    clinic.canary["spec"]["provider"] = "contour"


def both_elsewhere(clinic: Clinic) -> None:
    clinic.object("split")["spec"]["weighted"]["services"] = [{"name": "front", "port": 80, "weight": 100}]


def refused_route(clinic: Clinic) -> None:
    """The Gateway API in Traefik's place, and a route that no listener takes."""
    clinic.canary["spec"] |= {"provider": "gatewayapi:v1"}
    clinic.canary["spec"]["service"]["gatewayRefs"] = [{"name": "gateway", "namespace": "test"}]
    analysis(clinic)["metrics"] = []
    backends = [{"name": f"cart-{side}", "port": 80, "weight": 50} for side in ("primary", "canary")]
    refused = {"type": "Accepted", "status": "False", "reason": "NoMatchingParent", "message": "no such listener"}
    parent = {"controllerName": "x/y", "parentRef": {"name": "gateway"}, "conditions": [
        {**refused, "lastTransitionTime": "2026-11-26T10:00:00Z"}]}  # fmt: skip
    route = {
        "metadata": {"name": "cart", "namespace": "test"},
        "spec": {"parentRefs": [{"name": "gateway"}], "rules": [{"backendRefs": backends}]},
        "status": {"parents": [parent]},
    }
    clinic.add("httproutes.gateway.networking.k8s.io", route)


def unready_primary(clinic: Clinic) -> None:
    clinic.object("primary")["status"] |= {"readyReplicas": 1, "availableReplicas": 1, "unavailableReplicas": 1}


def no_prometheus(clinic: Clinic) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        clinic.canary["spec"]["metricsServer"] = f"http://127.0.0.1:{taken.getsockname()[1]}"


def renamed_target(clinic: Clinic) -> None:
    clinic.series = [(name, {**labels, "service": labels["service"].replace("cart", "cart-v2")}, growth)
                     for name, labels, growth in clinic.series]  # fmt: skip


def only_primary(clinic: Clinic) -> None:
    clinic.series = [each for each in clinic.series if "-primary-" in each[1]["service"]]


def idle(clinic: Clinic) -> None:
    clinic.series = [(name, labels, 0.0) for name, labels, _ in clinic.series]


def all_fail(clinic: Clinic) -> None:
    clinic.series = [(name, {**labels, "code": "503"}, growth) for name, labels, growth in clinic.series]


def not_scraped(clinic: Clinic) -> None:
    clinic.series = []


def down(clinic: Clinic) -> None:
    clinic.up.append(({"job": "pods", "instance": "10.0.0.7:9797", "namespace": "test", "pod": "cart-6d5-x2x"}, 0.0))


def check(clinic: Clinic, query: str, **threshold: float) -> None:
    analysis(clinic)["metrics"] = [
        {"name": "own", "interval": "1m", "query": query, "thresholdRange": threshold or {"max": 5}}
    ]


def shadow(clinic: Clinic, query: str, maximum: float = 5) -> None:
    written = [{"name": "tried", "interval": "1m", "query": query, "thresholdRange": {"max": maximum}}]
    annotated(clinic, **{SHADOW_ANNOTATION: json.dumps(written)})


def shadow_template(clinic: Clinic) -> None:
    written = [{"name": "tried", "interval": "1m", "templateRef": {"name": "own"}, "thresholdRange": {"max": 5}}]
    real = analysis(clinic)["metrics"]
    template_secret(clinic)
    analysis(clinic)["metrics"] = real
    annotated(clinic, **{SHADOW_ANNOTATION: json.dumps(written)})


def not_found_share(clinic: Clinic) -> None:
    """The seed's own: it counts what is not 404."""
    series = f'{REQUESTS}{{service=~"test-cart-canary-.*"'
    query = f'sum(rate({series}, code!="404"}}[{{{{ interval }}}}])) / sum(rate({series}}}[{{{{ interval }}}}])) * 100'
    check(clinic, query, max=5)


def seconds(clinic: Clinic) -> None:
    buckets = f'{REQUESTS}{{service=~"test-cart-canary-.*"}}[{{{{ interval }}}}]'
    check(clinic, f"histogram_quantile(0.99, sum(rate({buckets})) by (le))", max=500)


def reset(clinic: Clinic) -> None:
    labels = {"job": "pods", "instance": "10.0.0.7:9797"}
    clinic.series += [("jobs_total", labels, 2.0)]
    clinic.restarted.add("jobs_total")
    check(clinic, "sum(jobs_total) - sum(jobs_total offset 5m)", max=500)


def several(clinic: Clinic) -> None:
    check(clinic, f'rate({REQUESTS}{{service=~"test-cart-canary-.*"}}[{{{{ interval }}}}])', max=500)


def template_secret(clinic: Clinic) -> None:
    spec = {"provider": {"type": "prometheus", "address": "http://127.0.0.1:9", "secretRef": {"name": "no-such"}},
            "query": "sum(rate(http_requests_total[{{ interval }}]))"}  # fmt: skip
    clinic.add("metrictemplates.flagger.app", {"metadata": {"name": "own", "namespace": "test"}, "spec": spec})
    analysis(clinic)["metrics"] = [
        {"name": "own", "interval": "1m", "templateRef": {"name": "own"}, "thresholdRange": {"max": 5}}
    ]


def alert(clinic: Clinic, **data: str) -> None:
    spec = {"type": "slack", "channel": "general", "secretRef": {"name": "slack"}}
    clinic.add("alertproviders.flagger.app", {"metadata": {"name": "slack", "namespace": "test"}, "spec": spec})
    analysis(clinic)["alerts"] = [{"name": "team", "severity": "error", "providerRef": {"name": "slack"}}]
    if data:
        clinic.add("secrets", {"metadata": {"name": "slack", "namespace": "test"}, "stringData": data})


def hook(clinic: Clinic, url: str) -> None:
    for each in analysis(clinic)["webhooks"]:  # type: ignore[attr-defined]
        each["url"] = url


def inactive(clinic: Clinic, *, since_s: float = 600) -> None:
    primary = hpa("cart-primary", "cart-primary")
    said = {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": "no metrics"}
    at = datetime.fromtimestamp(time.time() - since_s, UTC)
    said["lastTransitionTime"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    primary["status"] = {"currentReplicas": 2, "desiredReplicas": 2, "conditions": [said]}
    scaled(clinic, primary)


def unready_target(clinic: Clinic) -> None:
    clinic.object("target")["status"] |= {"readyReplicas": 0, "availableReplicas": 0, "unavailableReplicas": 2}


def old_definition(clinic: Clinic) -> None:
    def older(definition: dict[str, Any]) -> None:
        if definition["spec"]["names"]["kind"] == "Canary":
            spec = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
            spec["properties"].pop("suspend")

    clinic.change_definition = older


def tool_sets_replicas(clinic: Clinic) -> None:
    clinic.manager = "argocd-controller"


def gate(clinic: Clinic) -> None:
    clinic.canary["status"] |= {"phase": "Waiting", "canaryWeight": 0}
    hooks: list[dict[str, object]] = analysis(clinic)["webhooks"]  # type: ignore[assignment]
    hooks.append({"name": "go", "type": "confirm-rollout", "url": "http://flagger-loadtester.test/gate/check"})


def hpa(name: str, workload: str) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload}
    return {"metadata": {"name": name, "namespace": "test"}, "spec": {"maxReplicas": 4, "scaleTargetRef": target}}


def scaled(clinic: Clinic, *extra: dict[str, Any]) -> None:
    clinic.canary["spec"]["autoscalerRef"] = {
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": "cart"}  # fmt: skip
    for each in (hpa("cart", "cart"), *extra):
        clinic.add("horizontalpodautoscalers.autoscaling", each)


def argo(clinic: Clinic) -> None:
    annotated(clinic, **{"argocd.argoproj.io/tracking-id": "shop:flagger.app/Canary:test/cart"})


def judged(clinic: Clinic) -> None:
    annotated(clinic, **{"canarytui.io/judge": "halt"})


def own_controller(clinic: Clinic) -> None:
    container = clinic.object("controller")["spec"]["template"]["spec"]["containers"][0]
    container["image"] = "registry/canarytui/controller:0.2.0"


def judged_strictly(clinic: Clinic) -> None:
    judged(clinic)
    own_controller(clinic)
    flags(clinic, "-mesh-provider=traefik", "-strict-flagger")


def flaggers_faults(clinic: Clinic) -> None:
    alert(clinic, address="https://hooks.slack.com/services/x")
    analysis(clinic)["alerts"] = [{"name": "team", "providerRef": {"name": "slack"}}]
    analysis(clinic)["interval"] = "2s"
    analysis(clinic)["threshold"] = 60
    clinic.canary["spec"]["progressDeadlineSeconds"] = 100


def shadowed(clinic: Clinic) -> None:
    """One of two shadow checks names a template that is there, in a namespace where nothing else is read."""
    spec = {"provider": {"type": "prometheus", "address": "http://127.0.0.1:9"},
            "query": "sum(rate(http_requests_total[{{ interval }}]))"}  # fmt: skip
    clinic.add("metrictemplates.flagger.app", {"metadata": {"name": "kept", "namespace": "other"}, "spec": spec})
    form = "- {{name: {0}, interval: 1m, templateRef: {{name: {0}, namespace: other}}, thresholdRange: {{max: 1}}}}\n"
    annotated(clinic, **{"canarytui.io/shadow-checks": form.format("kept") + form.format("lost")})


def failing_pods_and_query(clinic: Clinic) -> None:
    unready_primary(clinic)
    renamed_target(clinic)


def hook_and_service(clinic: Clinic) -> None:
    clinic.remove("tester", "tester endpoints", "cart-canary")


def two_of_routing(clinic: Clinic) -> None:
    clinic.remove("split", "route")


BROKEN: dict[str, tuple[Change, set[str], str]] = {
    "no controller": (no_controller, {"controller-none"}, "nobody holds their Lease"),
    "scaled to zero": (scaled_to_zero, {"controller-not-ready"}, "scaled to zero"),
    "no ready controller": (
        lambda c: c.object("controller")["status"].clear(), {"controller-not-ready"}, "no ready pod"),
    "two controllers": (another_controller, {"controller-several"}, "other/flagger"),
    "a stale lease": (stale_lease, {"controller-lease-stale"}, "not renewed the Lease for 15 min"),
    "no definition": (lambda c: c.without_kinds.add("TraefikService") or c.remove("split"), {"crd-missing"},
                      "traefikservices.traefik.io"),
    "another provider's kinds": (other_provider, {"crd-missing", "check-without-values"}, "httpproxies"),
    "controller without rights": (lambda c: c.remove("binding"), {"controller-right-missing"},
                                  "update canaries.flagger.app"),
    "service gone": (lambda c: c.remove("cart-canary"), {"service-gone"}, "Service cart-canary"),
    "split gone": (lambda c: c.remove("split"), {"routing-object-missing"}, "TraefikService cart does not exist"),
    "split leads elsewhere": (both_elsewhere, {"routing-without-weights"}, "leads to front"),
    "no route of users": (lambda c: c.remove("route"), {"route-without-entrance"}, "No IngressRoute"),
    "route refused": (refused_route, {"route-not-accepted"}, "no such listener"),
    "target gone": (lambda c: c.remove("target"), {"target-missing"}, "Deployment cart does not exist"),
    "primary gone": (lambda c: c.remove("primary"), {"primary-missing"}, "cart-primary does not exist"),
    "primary not ready": (unready_primary, {"primary-not-ready"}, "1 of 2 pods available"),
    "Prometheus away": (no_prometheus, {"metrics-unreachable"}, "whether there are values is unknown"),
    "renamed service": (renamed_target, {"check-without-values"}, "test-cart-v2-canary-80@kubernetescrd"),
    "no request yet": (only_primary, {"check-without-values"}, "nothing has been counted for it"),
    "no requests lately": (idle, {"check-without-values"}, "increased in the last 1m"),
    "everything fails": (all_fail, {"check-without-values"}, '"503"'),
    "gateway not scraped": (not_scraped, {"check-without-values"}, "begins with traefik_"),
    "pod not scraped": (down, {"scrape-failing"}, "pods/10.0.0.7:9797"),
    "404s the wrong way": (not_found_share, {"query-inverted"}, ""),
    "seconds": (seconds, {"query-unit"}, "looks like milliseconds"),
    "several series": (several, {"query-several-series"}, "differ in le"),
    "reset counters": (reset, {"query-counter-reset"}, "began again from 0"),
    "no such query": (lambda c: check(c, "sum(rate("), {"query-refused", "query-syntax-error"}, "refuses"),
    "template's secret": (template_secret, {"check-not-asked"}, "no-such"),
    "a shadow check without values": (lambda c: shadow(c, 'sum(rate(no_such_total[1m]))'), {"check-without-values"},
                                      f'{SHADOW_FIELD}[0]: Shadow check tried has no value: '),
    "a shadow check's query": (lambda c: shadow(c, "sum(rate("), {"query-refused"}, f"{SHADOW_FIELD}[0]: Shadow check"),
    "a shadow check's secret": (shadow_template, {"check-not-asked"}, f"{SHADOW_FIELD}[0]: Shadow check tried: "),
    "alert's secret": (alert, {"alert-secret"}, "test/slack does not exist"),
    "alert's address": (lambda c: alert(c, token="x"), {"alert-secret"}, "no key address"),
    "webhook's service": (lambda c: hook(c, "http://tester.tools/"), {"webhook-service-missing"}, "tools/tester"),
    "webhook's port": (lambda c: hook(c, "http://flagger-loadtester.test:8080/"), {"webhook-service-missing"},
                       "its ports are 80"),
    "webhook's pods": (lambda c: c.object("tester endpoints")["subsets"].clear(), {"webhook-not-ready"},
                       "no ready endpoint"),
    "gate": (gate, {"gate-closed"}, "go"),
    "primary not scaled": (scaled, {"primary-autoscaler-missing"}, "cart-primary does not exist"),
    "two autoscalers": (lambda c: scaled(c, hpa("cart-primary", "cart-primary"), hpa("mine", "cart")),
                        {"two-autoscalers"}, "mine scale cart"),
    "an autoscaler without metrics": (inactive, {"autoscaler-inactive"}, "FailedGetResourceMetric"),
    "new pods not ready": (unready_target, {"target-not-ready"}, "0 of 2 pods available"),
    "an old definition": (old_definition, {"crd-old"}, "no spec.suspend"),
    "a tool that sets replicas": (tool_sets_replicas, {"gitops-replicas"}, "argocd-controller sets spec.replicas"),
    "judged beside Flagger": (judged, {"annotation-not-obeyed"}, "(Flagger 1.44.0) does not obey"),
    "a kind of route for a provider without such routes": (
        lambda clinic: annotated(clinic, **{"canarytui.io/route": "GRPCRoute"}), {"annotation-without-effect"},
        "writes no such route"),
    "judged beside a strict controller": (
        judged_strictly, {"annotation-not-obeyed"}, "canarytui 0.2.0 with -strict-flagger"),
    "what Flagger does wrong": (
        flaggers_faults, {"alert-without-severity", "deadline-before-threshold", "interval-too-short"}, "every 10s"),
    "a shadow check's template": (
        shadowed, {"metric-template-not-found", "check-not-asked", "metrics-unreachable"},
        "shadow check lost is never measured"),
    "drift": (argo, {"gitops-drift"}, "spec.analysis"),
    "retired": (lambda c: c.canary["spec"].update(provider="nginx", ingressRef={
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "cart"}), {
        "retired-provider", "routing-object-missing", "check-without-values"}, "read-only"),
    "two: pods and query": (failing_pods_and_query, {"primary-not-ready", "check-without-values"}, "cart-v2"),
    "two: webhook and Service": (hook_and_service, {"webhook-service-missing", "service-gone"}, "cart-canary"),
    "two: split and route": (two_of_routing, {"routing-object-missing", "route-without-entrance"}, "IngressRoute"),
}  # fmt: skip

HEALTHY: dict[str, Change] = {
    "what only Flagger does wrong, beside canarytui's controller": lambda clinic: (
        flaggers_faults(clinic), own_controller(clinic), flags(clinic, "-mesh-provider=traefik")),
    "an autoscaler that waits for its first metrics": lambda clinic: inactive(clinic, since_s=20),
    "judged by canarytui's controller": lambda clinic: (
        judged(clinic), own_controller(clinic), flags(clinic, "-mesh-provider=traefik")),
    "at rest, and no request ever": lambda clinic: (at_rest(clinic), clinic.series.clear(), clinic.series.append(
        ("traefik_config_reloads_total", GATEWAY, 0.0))),
    "in a rollout": lambda clinic: None,
    "at rest": at_rest,
    "at rest without the canary's series": lambda clinic: (at_rest(clinic), only_primary(clinic)),
    "a controller outside the cluster": elsewhere,
    "two controllers, each its namespace": lambda clinic: (
        flags(clinic, "-namespace=other"), another_controller(clinic), flags(clinic, "-namespace=test")),
    "an alert that can be sent": lambda clinic: alert(clinic, address="https://hooks.slack.com/services/x"),
    "scaled": lambda clinic: scaled(clinic, hpa("cart-primary", "cart-primary")),
    "a fresh lease": lambda clinic: (flags(clinic, "-enable-leader-election=true"), clinic.add(
        "leases.coordination.k8s.io", lease("flagger-leader-election"))),
    "a webhook outside": lambda clinic: hook(clinic, "https://ci.example.com/test"),
    "a target of others down": lambda clinic: clinic.up.append(
        ({"job": "pods", "instance": "10.0.0.3:1", "namespace": "other", "pod": "front-1"}, 0.0)),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_broken_is_found_and_nothing_else(name: str, tmp_path: Path) -> None:
    change, rules, said = BROKEN[name]
    clinic = Clinic(tmp_path)
    change(clinic)
    report = await clinic.examine()
    texts = [f"{each.rule.id}: {each.namespace} {each.object} {each.field}: {each.message}" for each in report.findings]
    assert {each.rule.id for each in report.findings} == rules, "\n".join(texts)
    assert said in "\n".join(texts)
    assert all(each.remedy.endswith((".", "…")) for each in report.findings)


@pytest.mark.parametrize("name", HEALTHY)
async def test_a_healthy_cluster_has_no_finding(name: str, tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    HEALTHY[name](clinic)
    report = await clinic.examine()
    assert [f"{each.rule.id} {each.object} {each.message}" for each in report.findings] == []


def test_the_table_has_every_rule_but_those_with_a_test_of_their_own() -> None:
    shown = set().union(*(rules for _, rules, _ in BROKEN.values()))
    assert set(CLUSTER_RULES) - shown == {"clock-skew", "right-missing"}
    assert sum(1 for name in BROKEN if name.startswith("two: ")) >= 3


@pytest.mark.parametrize("rule", CLUSTER_RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_has_a_page(rule: Rule) -> None:
    text = (ROOT / rule.page).read_text()
    assert text.startswith(f"# {rule.id}\n\n{rule.severity.capitalize()}. {rule.summary}\n")
    assert "## Why it hurts" in text
    assert "## Remedy" in text


def test_a_rule_is_of_one_subject_and_of_none_that_is_not_checked() -> None:
    assert sorted(rule.id for check in CHECKS for rule in check.rules) == sorted(CLUSTER_RULES)


@pytest.mark.parametrize(("real", "field"), [(True, "spec.analysis.metrics"), (False, SHADOW_FIELD)])
async def test_one_server_that_is_away_is_one_finding_whatever_asks_it(real: bool, field: str, tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    no_prometheus(clinic)
    shadow(clinic, "sum(rate(no_such_total[1m]))")
    if not real:
        analysis(clinic)["metrics"] = []
    [finding] = [each for each in (await clinic.examine()).findings if each.rule.id == "metrics-unreachable"]
    assert finding.field == field


async def test_clocks_that_differ(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)

    async def late(request: web.Request, handler: Any) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        answer.headers["Date"] = formatdate(time.time() - 150, usegmt=True)
        return answer

    clinic.live.answer = late
    report = await clinic.examine()
    [own, prometheus] = [each for each in report.findings if each.rule.id == "clock-skew"]
    assert "API server's clock is 2 min behind this machine's" in own.message
    assert "2 min ahead of the API server's" in prometheus.message


async def test_what_may_not_be_done_or_read_is_said_and_not_taken_for_missing(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.who = "reader"
    rules = [{"apiGroups": ["flagger.app"], "resources": ["canaries"], "verbs": ["get", "list"]}]
    clinic.add("clusterroles.rbac.authorization.k8s.io", {"metadata": {"name": "looker"}, "rules": rules})
    binding = {
        "metadata": {"name": "looker"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "looker"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "reader"}],
    }
    clinic.add("clusterrolebindings.rbac.authorization.k8s.io", binding)
    report = await clinic.examine()
    [finding] = report.findings
    assert (finding.rule.id, finding.object) == ("right-missing", "namespace/test")
    assert "patch canaries (pause, resume and promote)" in finding.message
    unread = dict(report.unread)
    assert "forbidden" in unread["services in test"]


async def test_what_is_silenced_with_a_reason_is_counted(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.remove("route")
    only_primary(clinic)
    annotated(clinic, **{"canarytui.io/ignore": "route-without-entrance: called by mesh; check-without-values"})
    report = await clinic.examine()
    assert {each.rule.id for each in report.findings} == {"check-without-values"}, "no reason, no silence"
    assert report.silenced == 1


async def test_an_object_that_a_canary_uses_may_silence_a_rule_itself(tmp_path: Path) -> None:
    found = []
    for written in ({}, {"canarytui.io/ignore": "query-without-interval: a minute is meant"}):
        clinic = Clinic(tmp_path)
        template_secret(clinic)
        template = next(obj for resource, obj in clinic.objects.values() if resource.startswith("metrictemplates"))
        template["spec"]["query"] = "sum(rate(http_requests_total[1m]))"
        template["metadata"]["annotations"] = written
        report = await clinic.examine()
        found.append(("query-without-interval" in {each.rule.id for each in report.findings}, report.silenced))
    assert found == [(True, 0), (False, 1)]

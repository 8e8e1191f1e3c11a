"""Providers of whose objects hosts and prefixes alone are carried over, and those that cannot move at all."""

from __future__ import annotations

import pytest
from migration_rig import GATEWAY, canary_of, fields, migrated, require_accepted, route_of, text_of

from canarytui.domain.traffic import registry
from canarytui.errors import ConfigError, InvalidObject
from canarytui.migration.sources import movable, source_of
from canarytui.migration.to_gateway_api import GatewayWishes

CANARY = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: podinfo, namespace: test}
spec:
  provider: %s
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: podinfo}
  service: {port: 80, targetPort: 9898%s}
  analysis:
    interval: 10s
    threshold: 3
    stepWeights: [5, 20, 50]
    match: [{headers: {x-canary: {exact: insider}}}]
"""
ENTRANCES = {
    "traefik": """
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: podinfo, namespace: test}
spec:
  entryPoints: [web]
  routes:
    - match: Host(`app.example.com`) && PathPrefix(`/shop`)
      kind: Rule
      middlewares: [{name: auth}]
      services: [{name: podinfo, kind: TraefikService, port: 80}]
""",
    "contour": """
---
apiVersion: projectcontour.io/v1
kind: HTTPProxy
metadata: {name: root, namespace: test}
spec:
  virtualhost: {fqdn: app.example.com, rateLimitPolicy: {local: {requests: 5}}}
  includes: [{name: podinfo, namespace: test, conditions: [{prefix: /shop}]}]
""",
    "skipper": """
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: podinfo, namespace: test, annotations: {zalando.org/skipper-filter: ratelimit(10)}}
spec:
  rules:
    - host: app.example.com
      http: {paths: [{path: /shop, pathType: Prefix, backend: {service: {name: podinfo, port: {number: 80}}}}]}
""",
}
LOST = {
    "traefik": "spec.routes[0].middlewares",
    "contour": "spec.virtualhost.rateLimitPolicy",
    "skipper": "metadata.annotations[zalando.org/skipper-filter]",
}


@pytest.mark.parametrize("provider", list(ENTRANCES))
def test_hosts_and_prefixes_come_from_the_users_objects(provider: str) -> None:
    migration = migrated(CANARY % (provider, "") + ENTRANCES[provider] + GATEWAY)
    made = canary_of(migration)
    require_accepted(made)
    service = made["spec"]["service"]
    assert service["hosts"] == ["app.example.com"]
    assert [each["uri"] for each in service.get("match", [])] in ([{"prefix": "/shop"}], [])
    assert LOST[provider] in fields(migration.missing)
    assert route_of(made)["hostnames"] == ["app.example.com"]
    # Only some of them compare headers: what had no effect does not get one.
    assert ("match" in made["spec"]["analysis"]) == (registry.providers() and provider == "contour")
    assert "delete" in text_of(migration)


@pytest.mark.parametrize("provider", movable())
def test_whatever_can_move_is_accepted_with_nothing_but_the_canary(provider: str) -> None:
    extra = ", gatewayRefs: [{name: web, namespace: gateways}]" if provider == "gatewayapi:v1beta1" else ""
    migration = migrated(CANARY % (provider, extra), wishes=GatewayWishes(gateway={"name": "g", "namespace": "n"}))
    require_accepted(canary_of(migration))
    route_of(canary_of(migration))


def test_every_provider_moves_or_says_why_not() -> None:
    for record in registry.providers():
        if source_of(record) is None and record.name != "gatewayapi:grpc":
            with pytest.raises(ConfigError, match=r"^Canary test/podinfo has provider") as refused:
                migrated(CANARY % (record.name, ""))
            assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("knative", "its target splits the traffic itself"),
        ("kubernetes", "it splits no traffic"),
        ("gatewayapi:v1", "nothing to migrate"),
        ("nix", "unknown provider nix"),
        ("''", "--from"),
    ],
)
def test_refusals(provider: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        migrated(CANARY % (provider, ""))


def test_a_provider_can_be_said() -> None:
    made = migrated(CANARY % ("''", "") + GATEWAY, wishes=GatewayWishes(provider="traefik"))
    assert canary_of(made)["spec"]["provider"] == "gatewayapi:v1"


def test_names_that_are_no_names_do_not_get_into_command_lines() -> None:
    with pytest.raises(InvalidObject, match=r"metadata\.name"):
        migrated(CANARY.replace("name: podinfo, namespace", 'name: "x; rm -rf /", namespace') % ("traefik", ""))


def test_a_rollout_in_progress_is_said_first() -> None:
    text = CANARY % ("traefik", "") + "status: {phase: Progressing, canaryWeight: 20}\n"
    assert migrated(text + GATEWAY).decide[0].startswith("A rollout is in progress (Progressing, 20 %)")


@pytest.mark.parametrize(
    ("command", "named"),
    [("hey -z 1m http://ingress.example.com/", True), ("hey http://podinfo-canary.test/", False), ("true", False)],
)
def test_load_that_goes_the_former_way_is_named(command: str, named: bool) -> None:
    hook = f"    webhooks: [{{name: load, url: 'http://tester/', metadata: {{cmd: '{command}'}}}}]\n    stepWeights"
    migration = migrated((CANARY % ("traefik", "")).replace("    stepWeights", hook) + GATEWAY)
    assert ("spec.analysis.webhooks[0].metadata.cmd" in fields(migration.changed)) is named


def test_checks_that_lose_their_metric_are_named() -> None:
    text = (CANARY % ("traefik", "")).replace(
        "    stepWeights",
        "    metrics:\n"
        "      - {name: mine, query: 'sum(traefik_service_requests_total{x=\"y\"})', thresholdRange: {max: 1}}\n"
        "      - {name: front, query: 'sum(other{ingress=\"{{ ingress }}\"})', thresholdRange: {max: 1}}\n"
        "      - {name: absent, templateRef: {name: absent}, thresholdRange: {max: 1}}\n"
        "      - {name: fine, query: 'sum(other)', thresholdRange: {max: 1}}\n    stepWeights",
    )
    notes = {each.field: each.text for each in migrated(text + GATEWAY).missing}
    assert "only Traefik exports that" in notes["spec.analysis.metrics[0].query"]
    assert "given up" in notes["spec.analysis.metrics[1].query"]
    assert "was not read" in notes["spec.analysis.metrics[2].templateRef"]
    assert "spec.analysis.metrics[3].query" not in notes

"""Ingresses and canaries of ingress-nginx, as people publish them."""

from __future__ import annotations

from typing import Any

import pytest
from migration_rig import GATEWAY, canary_of, fields, made, migrated, require_accepted, route_of, text_of

from canarytui.migration.gateways import PLACEHOLDER
from canarytui.sandbox.apiserver.errors import StatusError

PREFIX = "nginx.ingress.kubernetes.io"
CANARY = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: podinfo, namespace: test}
spec:
  provider: nginx
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: podinfo}
  ingressRef: {apiVersion: networking.k8s.io/v1, kind: Ingress, name: podinfo}
  autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: podinfo}
  progressDeadlineSeconds: 60
  service: {port: 80, targetPort: 9898}
  analysis:
    interval: 10s
    threshold: 10
    %s
    metrics:
      - {name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}
"""
WEIGHTS = "maxWeight: 50\n    stepWeight: 5"
AB = """iterations: 10
    match:
      - headers: {x-canary: {exact: insider}}
      - headers: {cookie: {exact: canary}}"""


def ingress(*paths: str, annotations: str = "", tls: str = "", path_type: str = "Prefix") -> str:
    listed = "\n".join(
        f"          - {{path: {path.split()[0]!r}, pathType: {path_type}, backend: "
        f"{{service: {{name: {([*path.split(), 'podinfo'])[1]}, port: {{number: 80}}}}}}}}"
        for path in paths
    )
    return f"""
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: podinfo
  namespace: test
  annotations:
    kubernetes.io/ingress.class: nginx
{annotations}
spec:
  {tls}
  rules:
    - host: app.example.com
      http:
        paths:
{listed}
"""


def annotated(**given: str) -> str:
    return "\n".join(f"    {PREFIX}/{name.replace('_', '-')}: {value!r}" for name, value in given.items())


def test_flaggers_own_tutorial() -> None:
    """Weights, one host, the path /: nothing but the host is needed."""
    migration = migrated(CANARY % WEIGHTS + ingress("/") + GATEWAY)
    canary = canary_of(migration)
    assert canary["spec"]["provider"] == "gatewayapi:v1"
    assert "ingressRef" not in canary["spec"]
    assert canary["spec"]["service"] == {
        "port": 80,
        "targetPort": 9898,
        "hosts": ["app.example.com"],
        "gatewayRefs": [{"name": "web", "namespace": "gateways"}],
    }
    assert canary["spec"]["analysis"]["stepWeight"] == 5
    assert canary["spec"]["autoscalerRef"]["name"] == "podinfo"
    require_accepted(canary)
    route = route_of(canary)
    assert route["hostnames"] == ["app.example.com"]
    assert [each["weight"] for each in route["rules"][0]["backendRefs"]] == [100, 0]
    assert made(migration, "HTTPRoute") == []


def test_header_and_cookie_are_either_enough() -> None:
    migration = migrated(CANARY % AB + ingress("/") + GATEWAY)
    canary = canary_of(migration)
    require_accepted(canary)
    assert canary["spec"]["analysis"]["match"] == [
        {"headers": {"x-canary": {"exact": "insider"}}},
        {"headers": {"cookie": {"regex": r"^(.*?;\s*)?(canary=always)(;.*)?$"}}},
    ]
    rules = route_of(canary)["rules"]
    assert [each["headers"][0]["type"] for each in rules[0]["matches"]] == ["Exact", "RegularExpression"]
    assert any("regular expressions" in each for each in migration.decide)


@pytest.mark.parametrize(
    ("match", "made_of_it", "missing"),
    [
        ("{x-user: {regex: '^beta-.*$'}}", [{"headers": {"x-user": {"regex": "^beta-.*$"}}}], []),
        # It is looked for anywhere; a route compares the whole header.
        (
            "{x-user: {regex: 'beta'}}",
            [{"headers": {"x-user": {"regex": ".*(beta).*"}}}],
            ["spec.analysis.match[0].headers.x-user"],
        ),
        # Without a value the header must say always.
        ("{x-canary: {prefix: in}}", [{"headers": {"x-canary": {"exact": "always"}}}], []),
        # One header is compared, the last.
        ("{x-one: {exact: a}, x-two: {exact: b}}", [{"headers": {"x-two": {"exact": "b"}}}], []),
        (
            "{cookie: {exact: beta}, x-one: {exact: a}}",
            [
                {"headers": {"x-one": {"exact": "a"}}},
                {"headers": {"cookie": {"regex": r"^(.*?;\s*)?(beta=always)(;.*)?$"}}},
            ],
            [],
        ),
    ],
)
def test_what_it_compares(match: str, made_of_it: list[Any], missing: list[str]) -> None:
    analysis = f"iterations: 10\n    match: [{{headers: {match}}}]"
    migration = migrated(CANARY % analysis + ingress("/") + GATEWAY)
    canary = canary_of(migration)
    assert canary["spec"]["analysis"]["match"] == made_of_it
    assert [each for each in fields(migration.missing) if "match" in each] == missing
    require_accepted(canary)
    route_of(canary)


@pytest.mark.parametrize(
    ("path", "target", "match", "rewrite"),
    [
        ("/", "", None, None),
        ("/", "/", None, None),
        ("/shop", "", [{"uri": {"prefix": "/shop"}}], None),
        # Whatever follows the prefix is dropped.
        ("/shop", "/", [{"uri": {"prefix": "/shop"}}], {"uri": "/", "type": "ReplaceFullPath"}),
        ("/shop(/|$)(.*)", "/$2", [{"uri": {"prefix": "/shop"}}], {"uri": "/", "type": "ReplacePrefixMatch"}),
        ("/shop/(.*)", "/v2/$1", [{"uri": {"prefix": "/shop"}}], {"uri": "/v2", "type": "ReplacePrefixMatch"}),
        ("/shop/?(.*)", "/$1", [{"uri": {"prefix": "/shop"}}], {"uri": "/", "type": "ReplacePrefixMatch"}),
        ("/(.*)", "/$1", None, None),
    ],
)
def test_paths_and_rewrites(path: str, target: str, match: Any, rewrite: Any) -> None:
    given = annotated(rewrite_target=target) if target else ""
    kind = "ImplementationSpecific" if "(" in path else "Prefix"
    migration = migrated(CANARY % WEIGHTS + ingress(path, annotations=given, path_type=kind) + GATEWAY)
    canary = canary_of(migration)
    service = canary["spec"]["service"]
    assert (service.get("match"), service.get("rewrite")) == (match, rewrite)
    assert not [each for each in fields(migration.missing) if "path" in each]
    require_accepted(canary)
    filters = route_of(canary)["rules"][0].get("filters", [])
    assert [each["urlRewrite"]["path"]["type"] for each in filters] == ([rewrite["type"]] if rewrite else [])


def test_a_path_that_is_a_regular_expression_is_named() -> None:
    given = annotated(use_regex="true", rewrite_target="/$1")
    migration = migrated(CANARY % WEIGHTS + ingress("/(a|b)/x", annotations=given) + GATEWAY)
    assert canary_of(migration)["spec"]["service"]["match"] == [{"uri": {"regex": "/(a|b)/x.*"}}]
    (note,) = [each for each in migration.missing if "path" in each.field]
    assert "cannot use parts of the path" in note.text


LOST = [
    ("configuration_snippet", "more_set_headers 'X-Frame-Options: DENY';", "raw configuration"),
    ("server_snippet", "location /x { deny all; }", "raw configuration"),
    ("auth_url", "https://auth.example.com/verify", "SecurityPolicy"),
    ("auth_tls_secret", "test/ca", "client certificates"),
    ("limit_rps", "10", "rate limit"),
    ("whitelist_source_range", "10.0.0.0/8", "addresses"),
    ("proxy_body_size", "8m", "body"),
    ("proxy_next_upstream_tries", "3", "retries"),
    ("permanent_redirect", "https://example.com", "RequestRedirect"),
    ("some_new_thing", "yes", "no counterpart"),
]


def test_annotations_without_a_counterpart_are_named_one_by_one() -> None:
    given = annotated(**{name: value for name, value, _ in LOST})
    migration = migrated(CANARY % WEIGHTS + ingress("/", annotations=given) + GATEWAY)
    notes = {each.field: each for each in migration.missing}
    for name, value, word in LOST:
        note = notes[f"metadata.annotations[{PREFIX}/{name.replace('_', '-')}]"]
        assert (note.object, note.value) == ("ingress/podinfo", value)
        assert word in note.text
    said = " ".join(text_of(migration).split())
    assert all(" ".join(note.line().split()) in said for note in migration.missing)


def test_annotations_with_a_counterpart() -> None:
    given = annotated(
        proxy_read_timeout="120",
        upstream_vhost="podinfo.internal",
        enable_cors="true",
        cors_allow_origin="https://example.com",
        cors_max_age="600",
        affinity="cookie",
        session_cookie_name="route",
        session_cookie_max_age="3600",
        server_alias="www.example.com",
    )
    migration = migrated(CANARY % WEIGHTS + ingress("/", annotations=given) + GATEWAY)
    canary = canary_of(migration)
    require_accepted(canary)
    service, analysis = canary["spec"]["service"], canary["spec"]["analysis"]
    assert service["timeout"] == "120s"
    assert service["rewrite"] == {"authority": "podinfo.internal"}
    assert service["hosts"] == ["app.example.com", "www.example.com"]
    assert service["corsPolicy"]["allowOrigins"] == [{"exact": "https://example.com"}]
    assert analysis["sessionAffinity"] == {"cookieName": "route-canary", "maxAge": 3600}
    rule = route_of(canary)["rules"][0]
    assert rule["timeouts"] == {"request": "120s"}
    assert [each["type"] for each in rule["filters"]] == ["URLRewrite", "CORS"]
    assert not [each for each in fields(migration.missing) if "annotations" in each]


def test_a_prefix_is_rewritten_with_one_match_only() -> None:
    given = annotated(rewrite_target="/$2")
    text = ingress("/shop(/|$)(.*)", "/api(/|$)(.*) other", annotations=given, path_type="ImplementationSpecific")
    migration = migrated(CANARY % AB + text + GATEWAY)
    assert any("exactly one match by prefix, and there are 2" in each for each in migration.decide)
    assert len(route_of(canary_of(migration))["rules"][0]["matches"]) == 2
    weighted = migrated(CANARY % WEIGHTS + text + GATEWAY)
    assert not any("exactly one" in each for each in weighted.decide)
    route_of(canary_of(weighted))
    (others,) = made(weighted, "HTTPRoute")
    require_accepted(others)
    (rule,) = others["spec"]["rules"]
    assert rule["filters"][0]["urlRewrite"]["path"] == {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}


def test_tls_is_the_listeners_and_its_redirect_a_route() -> None:
    tls = "tls: [{hosts: [app.example.com], secretName: app-tls}]"
    migration = migrated(CANARY % WEIGHTS + ingress("/", "/api other", tls=tls) + GATEWAY)
    canary = canary_of(migration)
    refs = [{"name": "web", "namespace": "gateways", "sectionName": "https"}]
    assert canary["spec"]["service"]["gatewayRefs"] == refs
    others, redirect = made(migration, "HTTPRoute")
    for route in (others, redirect):
        require_accepted(route)
    assert others["spec"]["rules"][0]["backendRefs"] == [{"name": "other", "port": 80}]
    assert others["spec"]["parentRefs"] == refs
    assert redirect["spec"]["parentRefs"] == [{"name": "web", "namespace": "gateways", "sectionName": "http"}]
    assert redirect["spec"]["rules"][0]["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}
    assert "spec.tls[0].secretName" in fields(migration.changed)


@pytest.mark.parametrize(
    ("gateways", "said"),
    [("", "No Gateway was found"), (GATEWAY + GATEWAY.replace("name: web", "name: more"), "2 Gateways take routes")],
)
def test_without_one_gateway_the_api_server_refuses_the_placeholder(gateways: str, said: str) -> None:
    migration = migrated(CANARY % WEIGHTS + ingress("/") + gateways)
    assert any(each.startswith(said) for each in migration.decide)
    canary = canary_of(migration)
    assert canary["spec"]["service"]["gatewayRefs"] == [PLACEHOLDER]
    with pytest.raises(StatusError, match="namespace"):
        require_accepted(canary)


def test_what_had_no_effect_does_not_get_one() -> None:
    text = (CANARY % WEIGHTS).replace(
        "service: {port: 80,", "service: {timeout: 15s, match: [{uri: {prefix: /x}}], retries: {attempts: 3}, port: 80,"
    )
    migration = migrated(text + ingress("/") + GATEWAY)
    service = canary_of(migration)["spec"]["service"]
    assert not {"timeout", "match", "retries"} & set(service)
    assert {"spec.service.timeout", "spec.service.match", "spec.service.retries"} <= set(fields(migration.changed))


def test_without_its_ingress_it_says_what_is_missing() -> None:
    migration = migrated(CANARY % WEIGHTS + GATEWAY)
    assert any("Ingress podinfo of namespace test was not found" in each for each in migration.decide)
    assert "hosts" not in canary_of(migration)["spec"]["service"]


def test_the_runbook_moves_users_before_it_deletes() -> None:
    text = text_of(migrated(CANARY % WEIGHTS + ingress("/") + GATEWAY))
    order = [
        "Do not start",
        "Save the manifests as migrated.yaml and apply them",
        "Test through",
        "Move the users",
        "Watch one",
        "Delete the old",
    ]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
    assert "kubectl -n test delete ingresses podinfo-canary" in text
    assert text.count("check:") >= 8
    assert text.count("back:") >= 4

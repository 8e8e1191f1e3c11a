"""Thirty-odd broken checks, each with the causes that are to be named, and healthy ones with none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from scraped import Growth, Scraped, grows, stands

from canarytui.errors import CanarytuiError, ClusterUnreachable
from canarytui.metrics.culprit.cause import CauseKind as K
from canarytui.metrics.culprit.search import diagnose
from canarytui.metrics.culprit.suspect import Suspect
from canarytui.metrics.providers.prometheus_vector import PrometheusError, Sample

TWINS = (("-canary-", "-primary-"), ("cart-", "cart-primary-"), ("cart", "cart-primary"))
POD = 'kubernetes_namespace="shop",kubernetes_pod_name="cart-6d5f-x2x"'
PRIMARY_POD = 'kubernetes_namespace="shop",kubernetes_pod_name="cart-primary-7c7c-k2k"'
PODS = 'kubernetes_namespace="shop", kubernetes_pod_name=~"cart-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"'
COUNT = "http_request_duration_seconds_count"
BUCKET = "http_request_duration_seconds_bucket"
Exports = Sequence[tuple[str, Growth]]


def counted(labels: str, growth: Growth, *, failed: Growth | None = None) -> list[tuple[str, Growth]]:
    return [
        (f'{COUNT}{{{labels},status="200"}}', growth),
        *([(f'{COUNT}{{{labels},status="500"}}', failed)] if failed else []),
        *((f'{BUCKET}{{{labels},status="200",le="{le}"}}', growth) for le in ("0.1", "0.5", "+Inf")),
    ]


def rate(selector: str, extra: str = "", *, window: str = "1m") -> str:
    return f"sum(rate({COUNT}{{{selector}{extra}}}[{window}]))"


def success(selector: str = PODS, *, window: str = "1m") -> str:
    healthy = ', status!~"5.*"'
    return f"{rate(selector, healthy, window=window)} / {rate(selector, window=window)} * 100"


def p99(selector: str = PODS) -> str:
    return f"histogram_quantile(0.99, sum(rate({BUCKET}{{{selector}}}[1m])) by (le)) * 1000"


QUEUE: list[tuple[str, Growth]] = [("queue_length{}", lambda at_s: 50 - at_s % 45)]
HEALTHY = QUEUE + counted(POD, grows(), failed=grows(0.01)) + counted(PRIMARY_POD, grows(40))
IDLE = counted(POD, stands()) + counted(PRIMARY_POD, grows())
TRAEFIK = "traefik_service_request_duration_seconds_bucket"
ROUTED = 'service=~"shop-cart-canary-[0-9a-zA-Z-]+@kubernetescrd"'
GATEWAY = [
    (f'{TRAEFIK}{{service="shop-cart-v2-canary-80@kubernetescrd",code="200",le="+Inf"}}', grows()),
    (f'{TRAEFIK}{{service="shop-cart-v2-primary-80@kubernetescrd",code="200",le="+Inf"}}', grows()),
]
FAILED = rate(PODS, ', status=~"5.."')
ERRORS, ERRORS_OR_NONE = f"{FAILED} / {rate(PODS)} * 100", f"({FAILED} or vector(0)) / {rate(PODS)} * 100"
IN_DEV = rate('kubernetes_namespace="dev"')
IN_TEST = rate('kubernetes_namespace="test"')

REQUESTS = "nginx_ingress_controller_requests"
INGRESS = 'ingress="cart",canary="shop-cart-canary-80",status="200"'
ISTIO = "istio_requests_total"
WORKLOAD = 'destination_workload_namespace="shop",destination_workload="cart",response_code="200"'
OF_ISTIO = 'reporter="destination", destination_workload_namespace=~"shop", destination_workload=~"cart"'
KONG = 'kong_http_status{code="200",service="app.httpbin-primary.80",route="app.httpbin.00"}'

# Name, what is exported, the query, the upper threshold, the causes, words that must be in the text.
BROKEN: dict[str, tuple[Exports | Scraped, str, float | None, tuple[K, ...], str]] = {
    "wrong label": (
        HEALTHY, success('namespace="shop"'), None, (K.LABEL_MISSING,), 'kubernetes_namespace="shop"',
    ),
    "label that nothing is like": (HEALTHY, rate('app="cart"'), None, (K.LABEL_MISSING,), "kubernetes_pod_name"),
    "wrong value": (
        GATEWAY, f"sum(rate({TRAEFIK}{{{ROUTED}}}[1m]))", None, (K.WRONG_VALUE,),
        '"shop-cart-v2-canary-80@kubernetescrd"',
    ),
    "wrong namespace": (
        HEALTHY, success(PODS.replace('"shop"', '"test"')), None, (K.WRONG_NAMESPACE,), 'namespace "shop"',
    ),
    "no such bucket": (
        HEALTHY, f'sum(rate({BUCKET}{{{PODS}, le="0.25"}}[1m]))', None, (K.WRONG_VALUE,), '"0.1", "0.5"',
    ),
    "metric renamed": (
        HEALTHY, "sum(rate(http_requests_duration_seconds_count[1m]))", None, (K.METRIC_MISSING,), COUNT,
    ),
    "the gateway is not scraped": (
        HEALTHY, f"sum(rate({TRAEFIK}{{{ROUTED}}}[1m]))", None, (K.METRIC_MISSING,), "begins with traefik_",
    ),
    "nothing counted yet": (
        [("traefik_config_reloads_total{}", grows())], f"sum(rate({TRAEFIK}{{{ROUTED}}}[1m]))", None,
        (K.METRIC_UNSEEN,), "traefik_config_reloads_total",
    ),
    "an earlier rollout's series, and the primary's": (
        [*counted(POD, grows(until_s=300)), *counted(PRIMARY_POD, grows())], success(), None,
        (K.NO_CANARY_SERIES,), "nothing has been counted",
    ),
    "the same metric behind or": (
        HEALTHY, f"({IN_TEST} or {FAILED}) / {IN_DEV}", None,
        (K.WRONG_NAMESPACE, K.WRONG_NAMESPACE), '"shop"',
    ),
    "target down": (
        Scraped(counted(POD, grows(until_s=400)), down=True), success(), None, (K.TARGET_DOWN,), "10.0.0.7:9797",
    ),
    "target gone": (
        Scraped(counted(POD, grows(until_s=400)), forgotten=True), success(), None, (K.TARGET_GONE,), "pods/10",
    ),
    "no longer exported": (counted(POD, grows(until_s=400)), success(), None, (K.STALE,), "still scraped"),
    "scrape late": (counted(POD, grows(until_s=750)), success(), None, (K.STALE,), "old"),
    "the canary has never been asked": (
        counted(PRIMARY_POD, grows()), success(), None, (K.NO_CANARY_SERIES,), "nothing has been counted for it",
    ),
    "no traffic, 0/0": (IDLE, success(), None, (K.NO_REQUESTS,), "in the last 1m"),
    "no traffic, quantile of nothing": (IDLE, p99(), 500, (K.NO_REQUESTS,), BUCKET),
    "younger than two scrapes": (
        counted(POD, grows(since_s=890)), success(), None, (K.TOO_YOUNG,), "one sample",
    ),
    "window shorter than two scrapes": (
        HEALTHY, success(window="10s"), None, (K.WINDOW_SHORT,), "every 15s",
    ),
    "slow scrapes": (
        Scraped(HEALTHY, scrape_s=90), success(), None, (K.WINDOW_SHORT,), "every 90s",
    ),
    "everything fails": (
        counted(POD, lambda at_s: None, failed=grows()), success(), None, (K.ALL_LEFT_OUT,), '"500"',
    ),
    "no failure yet": (
        counted(POD, grows()), ERRORS, 1, (K.NONE_YET,),
        'there is "200"',
    ),
    "counter reset under a difference": (
        [("jobs_done_total{}", lambda at_s: at_s * 2 if at_s < 800 else at_s - 800)],
        "sum(jobs_done_total) - sum(jobs_done_total offset 5m)", None, (K.RESET,), "(resets: 1)",
    ),
    "division by zero": (
        [("queue_busy{}", stands(0)), ("queue_workers{}", stands(0))], "sum(queue_busy) / sum(queue_workers)",
        0.9, (K.ZERO_DIVISION,), "queue_workers{}) is 0",
    ),
    "the two sides differ": (
        HEALTHY, f"sum(rate({COUNT}[1m])) by (status) / sum(rate({COUNT}[1m])) * 100", None,
        (K.LABELS_DIFFER,), 'status="200"',
    ),
    "several series": (HEALTHY, f"rate({COUNT}{{{PODS}}}[1m]) * 60", None, (K.SEVERAL,), "status"),
    "filters itself": (HEALTHY, f"{rate(PODS)} > 100", 500, (K.FILTERED,), "> 100"),
    "le aggregated away": (
        HEALTHY, f"histogram_quantile(0.99, sum(rate({BUCKET}{{{PODS}}}[1m])))", 0.5, (K.LE_LOST,), "le",
    ),
    "absent": (HEALTHY, f"absent({COUNT}{{{POD}}})", 0.5, (K.ABSENT,), "absent()"),
    "seconds against milliseconds": (HEALTHY, p99().removesuffix(" * 1000"), 500, (K.SECONDS,), "max 500"),
    "milliseconds against seconds": (HEALTHY, p99(), 0.5, (K.MILLISECONDS,), "max 0.5"),
    "refused": (HEALTHY, f"sum(rate({COUNT}[1m]", None, (K.REFUSED,), "refuses the query"),
    "matchers never together": (
        [*counted(POD.replace("shop", "a"), grows()), *counted(POD.replace("cart", "front"), grows())],
        rate('kubernetes_pod_name=~"cart-.*",kubernetes_namespace="shop",status="200"'), None,
        (K.WRONG_NAMESPACE,), '"a"',
    ),
    # As Flagger's users report them, with the number of the issue.
    "883: the operator's names for namespace and pod": (
        [(f'{COUNT}{{namespace="shop",pod="cart-6d5f-x2x",status="200"}}', grows())], success(), None,
        (K.LABEL_MISSING, K.LABEL_MISSING), 'pod="cart-6d5f-x2x" has such values',
    ),
    "1098: an application that does not export it": (
        [('http_requests_total{kubernetes_namespace="shop"}', grows())], success(), None,
        (K.METRIC_UNSEEN,), "http_requests_total",
    ),
    "421: a label that the scrape has renamed": (
        [(f'{REQUESTS}{{namespace="ingress-nginx",exported_namespace="shop",{INGRESS}}}', grows())],
        f'sum(rate({REQUESTS}{{namespace="shop", ingress="cart", canary!=""}}[1m]))', None,
        (K.RENAMED_LABEL,), 'what was exported is in exported_namespace="shop"',
    ),
    "191: requests to the primary only": (
        [(f'{ISTIO}{{reporter="destination",{WORKLOAD.replace("cart", "cart-primary")}}}', grows())],
        f"sum(rate({ISTIO}{{{OF_ISTIO}}}[1m]))", None, (K.NO_CANARY_SERIES,), "the primary has series",
    ),
    "1365: a label that the scrape drops": (
        [(f"{ISTIO}{{{WORKLOAD}}}", grows())], f"sum(rate({ISTIO}{{{OF_ISTIO}}}[1m]))", None,
        (K.LABEL_MISSING,), "the label reporter",
    ),
    "1365: a sidecar on one side only": (
        [(f'{ISTIO}{{reporter="source",{WORKLOAD}}}', grows())], f"sum(rate({ISTIO}{{{OF_ISTIO}}}[1m]))", None,
        (K.WRONG_VALUE,), 'there is "source"',
    ),
    "1365: a share of errors before the first one": (
        [(f'{ISTIO}{{reporter="destination",{WORKLOAD}}}', grows())],
        f'sum(rate({ISTIO}{{{OF_ISTIO}, response_code=~"5.*"}}[1m])) / sum(rate({ISTIO}{{{OF_ISTIO}}}[1m]))', 1,
        (K.NONE_YET,), "yet",
    ),
    "1035: Prometheus does not scrape the mesh": (
        [], f"sum(rate({ISTIO}{{{OF_ISTIO}}}[1m]))", None, (K.METRIC_MISSING,), "begins with istio_",
    ),
    "1689: the first tick comes before the second scrape": (
        [(f'{ISTIO}{{reporter="destination",{WORKLOAD}}}', grows(since_s=890))],
        f"sum(rate({ISTIO}{{{OF_ISTIO}}}[1m]))", None, (K.TOO_YOUNG,), "one sample so far",
    ),
    "1011: traffic that ends during the rollout": (
        counted(POD, lambda at_s: 5 * min(at_s, 500) + 7), success(), None, (K.NO_REQUESTS,), "in the last 1m",
    ),
    "1353: a value for no values, which 0/0 is not": (
        IDLE, f"({success()}) or vector(100)", None, (K.NO_REQUESTS,), "no requests",
    ),
    "752: variables of a dashboard": (
        HEALTHY, rate('kubernetes_namespace="$namespace", kubernetes_pod_name=~"${workload}-.*"'), None,
        (K.DASHBOARD_VARIABLE, K.DASHBOARD_VARIABLE), "$namespace is a dashboard's variable",
    ),
    "795: the route of the stable Ingress": (
        [(KONG, grows())], 'sum(rate(kong_http_status{route="app.httpbin-ingress.00",code="200"}[1m]))', None,
        (K.WRONG_VALUE,), '"app.httpbin.00"',
    ),
    "839: another name for the cluster": (
        [('envoy_cluster_upstream_rq{envoy_cluster_name="shop-cart-canary-80_gloo-system"}', grows())],
        'sum(rate(envoy_cluster_upstream_rq{envoy_cluster_name=~"shop-cart-canaryupstream-[0-9]+_[a-z-]+"}[1m]))', None,
        (K.WRONG_VALUE,), '"shop-cart-canary-80_gloo-system"',
    ),
    "610: two rates that are not summed": (
        HEALTHY, f"rate({COUNT}{{{PODS}}}[1m]) / rate({COUNT}{{{PODS}}}[1m])", 0.5, (K.SEVERAL,), "status",
    ),
    # Two faults at once.
    "two: namespace and pod": (
        HEALTHY, rate('kubernetes_namespace="test", kubernetes_pod_name=~"basket-.*"'), None,
        (K.WRONG_NAMESPACE, K.WRONG_VALUE), '"shop"',
    ),
    "two: label and status": (
        HEALTHY, rate('namespace="shop", status="2xx"'), None, (K.LABEL_MISSING, K.WRONG_VALUE), '"200", "500"',
    ),
    "two: metric and namespace": (
        HEALTHY, f'sum(rate(http_errors_total[1m])) / {IN_TEST}', 1,
        (K.METRIC_UNSEEN, K.WRONG_NAMESPACE), "http_errors_total",
    ),
    "two: seconds, and no traffic": (
        IDLE, p99().removesuffix(" * 1000"), 500, (K.NO_REQUESTS, K.SECONDS), "looks like milliseconds",
    ),
    "two: seconds, and target down": (
        Scraped(counted(POD, grows(until_s=400)), down=True), p99().removesuffix(" * 1000"), 500,
        (K.TARGET_DOWN, K.SECONDS), "up is 0",
    ),
    "two: short window, and no such metric": (
        HEALTHY, f"sum(rate(failures_total[1m])) / {rate(PODS, window='10s')}", 1,
        (K.METRIC_MISSING, K.WINDOW_SHORT), "failures_total",
    ),
}  # fmt: skip

FINE: dict[str, tuple[str, float | None]] = {
    "success rate": (success(), None),
    "success rate, strict": (success(), None),
    "duration": (p99(), 500),
    "duration in seconds": (p99().removesuffix(" * 1000"), 0.5),
    "ratio": (success().removesuffix(" * 100"), None),
    "error percentage": (f"100 - {success()}", 1),
    "errors, or none": (ERRORS_OR_NONE, 5),
    "small share of errors": (ERRORS, 0.5),
    "throughput": (rate(PODS), 1000),
    "optional part": (f"{rate(PODS)} or sum(rate(nothing_of_the_kind[1m]))", None),
    "difference of a gauge": ("sum(queue_length) - sum(queue_length offset 5m)", 100),
    "change of a gauge": ("sum(delta(queue_length[5m]))", 100),
    "mean": (f"{rate(PODS)} / count({COUNT}{{{PODS}}})", 100),
}


async def found(exports: Exports | Scraped, suspect: Suspect) -> tuple[tuple[K, ...], str, int]:
    scraped = exports if isinstance(exports, Scraped) else Scraped(exports)
    diagnosis = await diagnose(suspect, scraped.ask())
    return diagnosis.kinds, diagnosis.text, diagnosis.asked


@pytest.mark.parametrize("name", BROKEN)
async def test_the_culprit_is_named(name: str) -> None:
    exports, query, maximum, kinds, said = BROKEN[name]
    named, text, asked = await found(exports, Suspect(query, maximum, twins=TWINS))
    assert named == kinds, text
    assert said in text, text
    assert asked <= 30


@pytest.mark.parametrize("name", FINE)
async def test_a_healthy_check_has_no_culprit(name: str) -> None:
    query, maximum = FINE[name]
    named, text, asked = await found(HEALTHY, Suspect(query, maximum, twins=TWINS))
    assert (named, text, asked) == ((), "", asked if "queue" in query else 1)


async def test_a_window_that_ignores_the_interval_is_told_from_a_short_interval() -> None:
    suspect = Suspect(success(window="10s"), interval_used=False)
    named, text, _ = await found(HEALTHY, suspect)
    assert named == (K.NO_INTERVAL,)
    assert "whatever the check's interval" in text


async def test_a_prometheus_that_does_not_answer_has_not_no_values() -> None:
    async def away(query: str) -> list[Sample]:
        raise ClusterUnreachable("no route to prometheus.monitoring:9090")

    diagnosis = await diagnose(Suspect(success()), away)
    assert diagnosis.kinds == (K.UNREACHABLE,)
    assert "whether there are values is unknown" in diagnosis.text
    assert diagnosis.asked == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, K.REFUSED), (422, K.REFUSED), (401, K.FORBIDDEN), (403, K.FORBIDDEN), (503, K.UNREACHABLE)],
)
async def test_who_may_not_ask_and_who_gets_no_answer_is_not_told_to_correct_the_query(status: int, kind: K) -> None:
    async def refused(query: str) -> list[Sample]:
        raise PrometheusError(f"error response: Status {status} Something: no")

    diagnosis = await diagnose(Suspect(success()), refused)
    assert diagnosis.kinds == (kind,)


async def test_what_stops_halfway_says_so_and_names_nothing() -> None:
    answered = Scraped(HEALTHY).ask()

    async def flaky(query: str) -> list[Sample]:
        if query.startswith("count by"):
            raise CanarytuiError("timed out")
        return list(await answered(query))

    diagnosis = await diagnose(Suspect(success('namespace="shop"')), flaky)
    assert diagnosis.causes == ()
    assert "stopped after" in diagnosis.text
    assert "timed out" in diagnosis.text


async def test_a_query_that_would_end_the_parser_is_not_taken_apart() -> None:
    async def empty(query: str) -> list[Sample]:
        return []

    diagnosis = await diagnose(Suspect("(" * 5000 + "1" + ")" * 5000), empty)
    assert diagnosis.causes == ()
    assert diagnosis.text == "the query cannot be taken apart here"


async def test_queries_are_bounded_by_the_matchers() -> None:
    matchers = ",".join(f'l{index}="x"' for index in range(8))
    diagnosis = await diagnose(Suspect(f"sum(rate({COUNT}{{{matchers}}}[1m]))"), Scraped(HEALTHY).ask())
    assert diagnosis.asked <= 2 + 4 * 8

"""The two built-in queries of a traffic provider, as templates of PromQL.

A template names what is measured in angle brackets: ``<NS>``, ``<TARGET>``, ``<SERVICE>``, ``<INGRESS>``,
``<ROUTE>``, ``<PRIMARY_ROUTE>``, ``<INTERVAL>``. ``<ROUTED>`` is the name from which a proxy makes its own for the
canary's Service, ``<PODS>`` matches the rest of a pod's name, and ``<W_…>`` is a name with ``_`` for every character
that is not a letter, digit or underscore.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

CANARY_WORKLOAD = ("<TARGET>", "<TARGET>-primary")
"""For :attr:`BuiltinQueries.primary`, where series have the workload's name."""


class RequestSeries(Struct, frozen=True):
    """The counter and the histogram behind the two queries, for whatever asks more of them than a check does.

    Attributes:
        counter: counts requests; `selector` is what stands between its braces.
        code: the label with the response code.
        failed: the matcher that a failed request's labels have, as ``(label, regular expression)``.
        bucket: the histogram of response times, with `bucket_selector`; "" where there is none.
        bucket_ms: makes milliseconds of its ``le``.
    """

    counter: str
    selector: str
    code: str
    failed: tuple[str, str]
    bucket: str = ""
    bucket_selector: str = ""
    bucket_ms: float = 1.0

    @property
    def labels(self) -> tuple[str, ...]:
        """What tells one sort of response from another."""
        return tuple(dict.fromkeys((self.code, self.failed[0])))

    def replaced(self, before: str, after: str) -> RequestSeries:
        """The same with another text in both selectors."""
        return replace(
            self,
            selector=self.selector.replace(before, after),
            bucket_selector=self.bucket_selector.replace(before, after),
        )


class BuiltinQueries(Struct, frozen=True):
    """`success` is the percentage of requests that did not fail, `latency` the response time.

    Attributes:
        duration_factor: makes milliseconds of what `latency` yields.
        mean: `latency` is the mean; otherwise it is the 99th percentile.
        primary: the text that selects the canary's series and the text that selects the primary's instead; None where
            the two cannot be told apart.
        requests: the series that both are made of; None where requests are not counted.
    """

    success: str
    latency: str
    duration_factor: float = 1.0
    mean: bool = False
    primary: tuple[str, str] | None = None
    requests: RequestSeries | None = None

    def of_primary(self) -> BuiltinQueries | None:
        """The same queries for the primary; None where the provider's metrics do not tell it apart."""
        if self.primary is None:
            return None
        return replace(
            self,
            success=self.success.replace(*self.primary),
            latency=self.latency.replace(*self.primary),
            primary=None,
            requests=self.requests.replaced(*self.primary) if self.requests is not None else None,
        )


def ratio(counter: str, selector: str, healthy: str) -> str:
    """Percentage of the requests counted by `counter` that `healthy` selects, too."""
    return (
        f"sum( rate( {counter}{{ {selector}, {healthy} }}[<INTERVAL>] ) ) / "
        f"sum( rate( {counter}{{ {selector} }}[<INTERVAL>] ) ) * 100"
    )


def p99(bucket: str, selector: str, *, scale: str = "") -> str:
    """The 99th percentile of a histogram."""
    return f"histogram_quantile( 0.99, sum( rate( {bucket}{{ {selector} }}[<INTERVAL>] ) ) by (le) ){scale}"


def mean_ms(family: str, selector: str) -> str:
    """The mean of a histogram or summary in seconds, in milliseconds."""
    return (
        f"sum( rate( {family}_sum{{ {selector} }}[<INTERVAL>] ) ) / "
        f"sum( rate( {family}_count{{ {selector} }}[<INTERVAL>] ) ) * 1000"
    )


PODS = 'kubernetes_namespace="<NS>", kubernetes_pod_name=~"<TARGET>-<PODS>"'
"""Series that a pod's own metrics, or those of its sidecar, bear."""


def envoy(selector: str, primary: tuple[str, str]) -> BuiltinQueries:
    """Envoy's cluster metrics: the providers built on it differ in one label only. Flagger writes a comma behind it
    where it selects nothing else."""
    counter, everything = "envoy_cluster_upstream_rq", f"{selector},"
    return BuiltinQueries(
        f'sum( rate( {counter}{{ {selector}, envoy_response_code!~"5.*" }}[<INTERVAL>] ) ) / '
        f"sum( rate( {counter}{{ {everything} }}[<INTERVAL>] ) ) * 100",
        p99(f"{counter}_time_bucket", everything),
        primary=primary,
        requests=envoy_requests(selector),
    )


def envoy_requests(selector: str) -> RequestSeries:
    """Requests and response times of Envoy's clusters."""
    counter = "envoy_cluster_upstream_rq"
    code, bucket = "envoy_response_code", f"{counter}_time_bucket"
    return RequestSeries(counter, selector, code, (code, "5.*"), bucket=bucket, bucket_selector=selector)


def pods() -> BuiltinQueries:
    """What the canary's pods measure themselves, in seconds: for providers whose proxies have no metrics in common."""
    return BuiltinQueries(
        ratio("http_request_duration_seconds_count", PODS, 'status!~"5.*"'),
        p99("http_request_duration_seconds_bucket", PODS),
        duration_factor=1000.0,
        primary=CANARY_WORKLOAD,
        requests=histogram_requests("http_request_duration_seconds", PODS, "status", "5.*", bucket_ms=1000.0),
    )


def histogram_requests(family: str, selector: str, code: str, failed: str, *, bucket_ms: float = 1.0) -> RequestSeries:
    """Of a histogram that has the response's code beside its buckets."""
    return RequestSeries(
        f"{family}_count",
        selector,
        code,
        (code, failed),
        bucket=f"{family}_bucket",
        bucket_selector=selector,
        bucket_ms=bucket_ms,
    )

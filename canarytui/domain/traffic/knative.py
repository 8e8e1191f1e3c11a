"""Knative: the target itself, a Service of Knative's, splits the traffic between its revisions.

What the primary runs is an annotation of that Service; the canary is its latest revision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading, refusals
from canarytui.domain.traffic.provider import (
    READ,
    REPLACED,
    Entrance,
    Reached,
    RoutingObject,
    Split,
    TrafficProvider,
    Upstream,
)
from canarytui.domain.traffic.queries import BuiltinQueries, envoy_requests
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

GROUP = "serving.knative.dev"
KNATIVE_SERVICES = Resource(GROUP, "v1", "services", "Service")
KNATIVE_REVISIONS = Resource(GROUP, "v1", "revisions", "Revision")
DOMAIN_MAPPINGS = Resource(GROUP, "v1beta1", "domainmappings", "DomainMapping")
PRIMARY_REVISION = "flagger.app/primary-revision"
"""The annotation that names the primary's revision."""

_SERIES = 'envoy_cluster_name=~"<NS>/<ROUTE>",'
_HEALTHY = 'envoy_response_code!~"5.*"'


def latest_revision(service: KubernetesObject) -> str:
    """The revision that Knative made last of the template; "" before it has made any."""
    return as_text(as_mapping(service.get("status")).get("latestCreatedRevisionName"))


def primary_revision(service: KubernetesObject) -> str:
    """The revision that serves users, by Flagger's annotation; "" without it."""
    annotations = as_mapping(as_mapping(service.get("metadata")).get("annotations"))
    return as_text(annotations.get(PRIMARY_REVISION))


def entries(service: KubernetesObject, part: str) -> list[KubernetesObject]:
    """The traffic entries of ``status``, which say what is so, or of ``spec``, which say what is wanted."""
    return as_mappings(as_mapping(service.get(part)).get("traffic"))


def percent_of(entry: KubernetesObject) -> int:
    """What an entry gets; an entry that only names a tag gets nothing."""
    percent = entry.get("percent")
    return percent if isinstance(percent, int) and not isinstance(percent, bool) else 0


def _names(canary: Canary) -> tuple[str, ...]:
    return (canary.target_name,)


def _no_names(_: Canary) -> tuple[str, ...]:
    return ()  # Knative names the revisions


def _canary_percent(service: KubernetesObject, _: Canary) -> int | None:
    split = entries(service, "status")
    primary = primary_revision(service)
    if not split or not primary:
        return None  # nobody has said which revision is the primary's
    if all(each.get("revisionName") == primary for each in split if percent_of(each)):
        return 0  # as after a promotion: the latest revision is the primary's
    latest = sum(percent_of(each) for each in split if each.get("latestRevision") is True)
    return min(max(latest, 0), 100)


def _shares(service: KubernetesObject) -> str:
    shown = [each for each in entries(service, "status") if percent_of(each) or not each.get("tag")]
    return reading.phrase((each.get("revisionName"), percent_of(each)) for each in shown)


def _measured(service: KubernetesObject) -> tuple[str, str]:
    return latest_revision(service), primary_revision(service)


def _own_host(service: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    """Of a Service as a whole: the host that Knative has given it, which splits traffic as ``status.traffic`` says. A
    tag's own host leads to one revision."""
    if as_mapping(service.get("metadata")).get("name") not in names:
        return []
    try:
        url = urlsplit(as_text(as_mapping(service.get("status")).get("url")))
    except ValueError:
        return []
    return [Reached(url.hostname, tls=url.scheme == "https")] if url.hostname else []


def _mapped_host(mapping: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    """Of a DomainMapping as a whole: it is named like its host."""
    spec = as_mapping(mapping.get("spec"))
    ref = as_mapping(spec.get("ref"))
    host = as_text(as_mapping(mapping.get("metadata")).get("name"))
    group = as_text(ref.get("apiVersion")).rpartition("/")[0]
    if (group, ref.get("kind")) != (GROUP, KNATIVE_SERVICES.kind) or ref.get("name") not in names:
        return []
    return [Reached(host, tls="tls" in spec)]


def _reweighted(service: KubernetesObject, _: Canary, primary: int, other: int) -> dict[str, Any] | None:
    """In ``spec.traffic``; ``status.traffic`` follows."""
    entry_of_primary = primary_revision(service)

    def side(entry: KubernetesObject) -> str:
        if entry.get("latestRevision") is True:
            return "canary"
        return "primary" if entry_of_primary and entry.get("revisionName") == entry_of_primary else ""

    weights = {"primary": primary, "canary": other}
    split = reading.reweighted(entries(service, "spec"), side, weights, "percent")
    return None if split is None else {"spec": {"traffic": split}}


PROVIDER = TrafficProvider(
    "knative",
    "Knative",
    Upstream(True, "Serving has a release every quarter (November 2026)."),
    BuiltinQueries(
        f"sum( rate( envoy_cluster_upstream_rq{{ {_SERIES} {_HEALTHY} }}[<INTERVAL>] ) ) / "
        f"sum( rate( envoy_cluster_upstream_rq{{ {_SERIES} }}[<INTERVAL>] ) ) * 100",
        f"histogram_quantile( 0.99, sum( rate( envoy_cluster_upstream_rq_time_bucket{{ {_SERIES} }}[<INTERVAL>] ) ) "
        "by (le) )",
        primary=("<ROUTE>", "<PRIMARY_ROUTE>"),
        requests=envoy_requests('envoy_cluster_name=~"<NS>/<ROUTE>"'),
    ),
    Split(
        RoutingObject(KNATIVE_SERVICES, _names, REPLACED, refusals.by_conditions("Ready")),
        _canary_percent,
        _shares,
        _reweighted,
    ),
    companions=(RoutingObject(KNATIVE_REVISIONS, _no_names, READ),),
    entrances=(
        Entrance((DOMAIN_MAPPINGS,), _mapped_host, whole=True, refusals=refusals.by_conditions("Ready")),
        Entrance((KNATIVE_SERVICES,), _own_host, whole=True),
    ),
    target=KNATIVE_SERVICES,
    measured=_measured,
    namespaces=("knative-serving",),
)

"""Which query the console asks for a check of a canary, and where; or the sentence that says why it asks none.

The poller asks it, the detail shows it. It is the engine's own path (:mod:`canarytui.metrics.check_queries`) with what
a console knows: the stores, the controller's flags, and a person's ``--prometheus``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from canarytui.cluster.resources import METRIC_TEMPLATES
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.metrics.check_queries import CheckQuery, QuerySource, check_query, shown_source
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec, provider_type, secret_name
from canarytui.metrics.providers.registry import is_known
from canarytui.metrics.template import TemplateError
from canarytui.metrics.template_provider import ProviderProblem, Unusable, template_provider
from canarytui.session.metric_templates import why_missing
from canarytui.session.provider_secrets import ProviderSecrets
from canarytui.session.state import ClusterState

_ERROR_CHARS_MOST = 200
_NAME_CHARS_MOST = 63


class NoQuestion(Exception):
    """Nothing can be asked; the text is the sentence that says why."""


class MetricQuestion(Struct, frozen=True):
    """One check's query and the provider that answers it; its value times `factor` is the check's."""

    provider: ProviderSpec
    query: str
    factor: float = 1.0


def metrics_address(cluster_state: ClusterState, canary: Canary, override: str) -> str:
    """Where the Prometheus of built-in and inline queries is: the person's own (`override`), the canary's, or the
    controller's; "" when none is known."""
    engine = cluster_state.engine
    return override or canary.spec.metrics_server or (engine.metrics_server if engine else "")


def template_of(cluster_state: ClusterState, canary: Canary, metric: Metric) -> Mapping[str, Any]:
    """The MetricTemplate that a check names.

    Raises:
        NoQuestion: it does not exist, or cannot be read.
    """
    namespace = metric.template_namespace or canary.namespace
    templates = cluster_state.stores[METRIC_TEMPLATES]
    found = templates.get(namespace, metric.template_name)
    if found is None:
        raise NoQuestion(why_missing(templates, namespace, metric.template_name))
    return found


def shown_query(
    cluster_state: ClusterState, canary: Canary, metric: Metric, template: Mapping[str, Any] | None = None
) -> CheckQuery:
    """The query of a check with its variables filled in; `template` is its MetricTemplate where it names one.

    Raises:
        NoQuestion: there is none, or it cannot be rendered.
    """
    source = shown_source(metric)
    if source is None:
        raise NoQuestion(words.NOTHING_TO_ASK.text())
    router, record = (
        cluster_state.routers.of(canary),
        registry.named(metrics_provider_of(canary, cluster_state.mesh_provider)),
    )
    if source is QuerySource.BUILTIN and router is None and record and record.measured and record.split:
        kind, name = record.split.object.resource.kind, record.split.place(canary)[1]
        raise NoQuestion(words.NO_ROUTER.text(kind=kind, name=clean(name, _NAME_CHARS_MOST)))
    try:
        return check_query(
            source, canary, metric, mesh_provider=cluster_state.mesh_provider, template=template, router=router
        )
    except TemplateError as error:
        raise NoQuestion(words.NOT_RENDERED.text(error=clean(str(error), _ERROR_CHARS_MOST))) from error


def needed_secret(cluster_state: ClusterState, canary: Canary, metric: Metric, override: str) -> tuple[str, str] | None:
    """Namespace and name of the Secret with the credentials for a check, None when it needs none: not for a Prometheus
    that is the person's own (`override`).

    Raises:
        NoQuestion: its template is not known.
    """
    if shown_source(metric) is not QuerySource.TEMPLATE:
        return None
    template = template_of(cluster_state, canary, metric)
    type_ = provider_type(template)
    if not is_known(type_) or (override and type_ == PROMETHEUS):
        return None
    name = secret_name(template)
    return (str(template["metadata"]["namespace"]), name) if name else None


def metric_question(
    cluster_state: ClusterState, canary: Canary, metric: Metric, override: str, secrets: ProviderSecrets
) -> MetricQuestion:
    """What the console asks for a check, and whom. `override` is the person's own Prometheus, "" for none; `secrets`
    have read that of :func:`needed_secret`.

    Raises:
        NoQuestion: it can ask nothing.
    """
    source, template = shown_source(metric), None
    if source is QuerySource.TEMPLATE:
        template = template_of(cluster_state, canary, metric)
        strict = cluster_state.engine is not None and not cluster_state.engine.deviates
        provider = _of_template(template, metric, override, secrets, strict=strict)
    else:
        provider = ProviderSpec(PROMETHEUS, metrics_address(cluster_state, canary, override))
        if not provider.address:
            raise NoQuestion(words.NO_SERVER.text())
        if source is QuerySource.BUILTIN and not canary.spec.provider and not cluster_state.engine_sought:
            raise NoQuestion(words.NO_PROVIDER_YET.text())
    query = shown_query(cluster_state, canary, metric, template)
    return MetricQuestion(provider, query.text, query.factor)


def _of_template(
    template: Mapping[str, Any], metric: Metric, override: str, secrets: ProviderSecrets, *, strict: bool
) -> ProviderSpec:
    """`strict`: the controller is Flagger or does the same, and its reading of an answer is what counts."""
    interval = metric.interval if strict else metric.interval or DEFAULT_METRIC_INTERVAL
    found = template_provider(template, secrets=secrets.get, interval=interval, strict=strict, prometheus=override)
    if isinstance(found, ProviderProblem):
        raise NoQuestion(_why_not(found, str(template["metadata"]["namespace"]), secrets))
    return found


def _why_not(problem: ProviderProblem, namespace: str, secrets: ProviderSecrets) -> str:
    if problem.why is Unusable.UNKNOWN_TYPE:
        return words.OTHER_PROVIDER.text(provider=clean(problem.type, 30))
    if problem.why is Unusable.MISCONFIGURED:
        return words.MISCONFIGURED.text(error=clean(problem.detail, _ERROR_CHARS_MOST))
    missing = words.NO_SECRET.text(name=clean(f"{namespace}/{problem.detail}", 320))
    return secrets.problem(namespace, problem.detail) or missing

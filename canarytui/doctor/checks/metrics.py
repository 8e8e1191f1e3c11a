"""Each check's query: whether its service answers, what is to blame for no values, and whether targets are scraped."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.doctor.examination import DoctorCheck, Examination, about, is_measured
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import public_url
from canarytui.errors import CanarytuiError
from canarytui.metrics.check_queries import shown_source
from canarytui.metrics.culprit.cause import WITHOUT_TRAFFIC, Cause, CauseKind
from canarytui.metrics.culprit.query_parts import Selector
from canarytui.metrics.culprit.search import diagnose
from canarytui.metrics.providers.prometheus_vector import VectorSource
from canarytui.session.check_culprits import suspect_of
from canarytui.session.metric_questions import MetricQuestion, NoQuestion, metric_question, needed_secret, template_of

_OWN_RULES = {
    CauseKind.UNREACHABLE: rules.METRICS_UNREACHABLE,
    CauseKind.FORBIDDEN: rules.CHECK_NOT_ASKED,
    CauseKind.REFUSED: rules.QUERY_REFUSED,
    CauseKind.SEVERAL: rules.QUERY_SEVERAL_SERIES,
    CauseKind.RESET: rules.QUERY_COUNTER_RESET,
    CauseKind.SECONDS: rules.QUERY_UNIT,
    CauseKind.MILLISECONDS: rules.QUERY_UNIT,
}
_SHOWN = 3


async def _checks(examination: Examination, canary: Canary) -> list[Finding]:
    found: list[Finding] = []
    servers: dict[str, VectorSource] = {}
    for index, metric in enumerate(canary.spec.analysis.metrics):
        field = f"spec.analysis.metrics[{index}]"
        try:
            question = await _question(examination, canary, metric)
        except NoQuestion as reason:
            if shown_source(metric) is not None:
                message = f"check {clean(metric.name, 60)}: {reason}"
                remedy = "mend what the message names; the controller may see the same"
                found.append(about(rules.CHECK_NOT_ASKED, canary, message, remedy, field=field))
            continue
        provider = examination.providers.get(question.provider)
        if isinstance(provider, VectorSource):
            servers[question.provider.address] = provider
            found += await _asked(examination, canary, metric, question, provider, field)
            continue
        online = await provider.is_online()
        if not online:
            message = f"check {clean(metric.name, 60)}: {clean(online.problem, 300)}"
            remedy = f"check the address, the credentials and the network to {provider.spec.type}"
            found.append(about(rules.METRICS_UNREACHABLE, canary, message, remedy, field=field))
    for address, server in servers.items():
        found += await _targets(canary, address, server)
    return list(dict.fromkeys(found))


async def _question(examination: Examination, canary: Canary, metric: Metric) -> MetricQuestion:
    state, own = examination.state, examination.prometheus
    secret = needed_secret(state, canary, metric, own)
    if secret is not None:
        await examination.secrets.read(*secret)
    return metric_question(state, canary, metric, own, examination.secrets)


async def _asked(
    examination: Examination,
    canary: Canary,
    metric: Metric,
    question: MetricQuestion,
    provider: VectorSource,
    field: str,
) -> list[Finding]:
    template = template_of(examination.state, canary, metric) if metric.template_name else None
    diagnosis = await diagnose(suspect_of(canary, metric, question, template), provider.vector)
    measured = is_measured(canary)
    causes = [cause for cause in diagnosis.causes if measured or cause.kind in WITHOUT_TRAFFIC]
    causes = [cause for cause in causes if cause.kind is not CauseKind.TOO_YOUNG]  # the next scrape ends it
    if not causes and not diagnosis.causes and diagnosis.known is not None and measured:
        message = f"check {clean(metric.name, 60)} has no value: {clean(diagnosis.text, 300)}"
        return [
            about(rules.CHECK_WITHOUT_VALUES, canary, message, "evaluate the query by parts in Prometheus", field=field)
        ]
    return [_finding(canary, metric, provider, cause, field) for cause in causes]


def _finding(canary: Canary, metric: Metric, provider: VectorSource, cause: Cause, field: str) -> Finding:
    rule, said = _OWN_RULES.get(cause.kind, rules.CHECK_WITHOUT_VALUES), clean(cause.phrase.text, 500)
    if rule is rules.METRICS_UNREACHABLE:
        # One server that is away is one finding, whatever asks it.
        message = f"{said} (asked at {public_url(provider.spec.address)})"
        return about(rule, canary, message, clean(cause.remedy.text, 300), field="spec.analysis.metrics")
    lead = " has no value" if rule is rules.CHECK_WITHOUT_VALUES else ""
    message = f"check {clean(metric.name, 60)}{lead}: {said}"
    return about(rule, canary, message, clean(cause.remedy.text, 300), field=field)


async def _targets(canary: Canary, address: str, provider: VectorSource) -> list[Finding]:
    """Targets in the canary's namespace, of its workloads, that cannot be scraped."""
    try:
        down = await provider.vector(f"{Selector('up', ()).instant} == 0")
    except CanarytuiError:
        return []  # said of its checks
    own = [sample.labels for sample in down if _is_of(canary, sample.labels.values())]
    if not own:
        return []
    listed = ", ".join(clean(f"{each.get('job', '')}/{each.get('instance', '')}", 120) for each in own[:_SHOWN])
    message = f"Prometheus at {public_url(address)} cannot scrape {canary.target_name}: up is 0 for {listed}"
    remedy = "see the targets' errors on Prometheus' page Status, Targets"
    return [about(rules.SCRAPE_FAILING, canary, message, remedy)]


def _is_of(canary: Canary, values: Iterable[str]) -> bool:
    texts = list(values)
    named = any(text == canary.target_name or text.startswith(f"{canary.target_name}-") for text in texts)
    return named and canary.namespace in texts


CHECK = DoctorCheck(
    "metrics",
    (
        rules.CHECK_NOT_ASKED,
        rules.METRICS_UNREACHABLE,
        rules.QUERY_REFUSED,
        rules.CHECK_WITHOUT_VALUES,
        rules.QUERY_SEVERAL_SERIES,
        rules.QUERY_COUNTER_RESET,
        rules.QUERY_UNIT,
        rules.SCRAPE_FAILING,
    ),
    _checks,
)

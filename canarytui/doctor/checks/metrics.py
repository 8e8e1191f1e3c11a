"""Each check's query: whether its service answers, what is to blame for no values, and whether targets are scraped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from canarytui.doctor.examination import DoctorCheck, Examination, about, is_measured
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import public_url
from canarytui.errors import CanarytuiError
from canarytui.lint.asked_queries import annotation_field, shadow_checks
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
_METRICS = "spec.analysis.metrics"


async def _checks(examination: Examination, canary: Canary) -> list[Finding]:
    found: list[Finding] = []
    servers: dict[str, VectorSource] = {}
    for check in _every_check(canary):
        found += await _of_check(examination, canary, check, servers)
    for address, server in servers.items():
        found += await _targets(canary, address, server)
    return list(_once(found))


class _ExaminedCheck(Struct, frozen=True):
    """A check, where it stands, and the field of all checks that stand there; `shadow`: no controller asks it."""

    metric: Metric
    field: str
    together: str
    shadow: bool = False

    @property
    def called(self) -> str:
        return f"{'shadow ' if self.shadow else ''}check {clean(self.metric.name, 60)}"


def _every_check(canary: Canary) -> Iterator[_ExaminedCheck]:
    for index, metric in enumerate(canary.spec.analysis.metrics):
        yield _ExaminedCheck(metric, f"{_METRICS}[{index}]", _METRICS)
    for field, metric in shadow_checks(canary):
        yield _ExaminedCheck(metric, field, annotation_field(SHADOW_ANNOTATION), shadow=True)


def _once(found: Iterable[Finding]) -> Iterator[Finding]:
    """Without what was said of a real check before: one server that is away is one finding, whatever asks it."""
    said = set()
    for finding in found:
        about_it = (finding.rule, finding.message) if finding.rule is rules.METRICS_UNREACHABLE else finding
        if about_it not in said:
            said.add(about_it)
            yield finding


async def _of_check(
    examination: Examination, canary: Canary, check: _ExaminedCheck, servers: dict[str, VectorSource]
) -> list[Finding]:
    """Adds the Prometheus that the check asks to `servers`, by address."""
    try:
        question = await _question(examination, canary, check.metric)
    except NoQuestion as reason:
        if shown_source(check.metric) is None:
            return []  # a rule of lint reports it
        message = f"{check.called}: {reason}"
        remedy = "mend what the message names"
        remedy += "" if check.shadow else "; the controller may see the same"
        return [about(rules.CHECK_NOT_ASKED, canary, message, remedy, field=check.field)]
    provider = examination.providers.get(question.provider)
    if isinstance(provider, VectorSource):
        servers[question.provider.address] = provider
        return await _asked(examination, canary, check, question, provider)
    online = await provider.is_online()
    if online:
        return []
    message = f"{check.called}: {clean(online.problem, 300)}"
    remedy = f"check the address, the credentials and the network to {provider.spec.type}"
    return [about(rules.METRICS_UNREACHABLE, canary, message, remedy, field=check.field)]


async def _question(examination: Examination, canary: Canary, metric: Metric) -> MetricQuestion:
    state, own = examination.state, examination.prometheus
    secret = needed_secret(state, canary, metric, own)
    if secret is not None:
        await examination.secrets.read(*secret)
    return metric_question(state, canary, metric, own, examination.secrets)


async def _asked(
    examination: Examination,
    canary: Canary,
    check: _ExaminedCheck,
    question: MetricQuestion,
    provider: VectorSource,
) -> list[Finding]:
    metric = check.metric
    template = template_of(examination.state, canary, metric) if metric.template_name else None
    diagnosis = await diagnose(suspect_of(canary, metric, question, template), provider.vector)
    measured = is_measured(canary)
    causes = [cause for cause in diagnosis.causes if measured or cause.kind in WITHOUT_TRAFFIC]
    causes = [cause for cause in causes if cause.kind is not CauseKind.TOO_YOUNG]  # the next scrape ends it
    if not causes and not diagnosis.causes and diagnosis.known is not None and measured:
        message = f"{check.called} has no value: {clean(diagnosis.text, 300)}"
        remedy = "evaluate the query by parts in Prometheus"
        return [about(rules.CHECK_WITHOUT_VALUES, canary, message, remedy, field=check.field)]
    return [_finding(canary, check, provider, cause) for cause in causes]


def _finding(canary: Canary, check: _ExaminedCheck, provider: VectorSource, cause: Cause) -> Finding:
    rule, said = _OWN_RULES.get(cause.kind, rules.CHECK_WITHOUT_VALUES), clean(cause.phrase.text, 500)
    if rule is rules.METRICS_UNREACHABLE:
        message = f"{said} (asked at {public_url(provider.spec.address)})"
        return about(rule, canary, message, clean(cause.remedy.text, 300), field=check.together)
    lead = " has no value" if rule is rules.CHECK_WITHOUT_VALUES else ""
    message = f"{check.called}{lead}: {said}"
    return about(rule, canary, message, clean(cause.remedy.text, 300), field=check.field)


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

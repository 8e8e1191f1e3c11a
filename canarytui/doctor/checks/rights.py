"""What the person may do here, and what the controller may: asked by access reviews, which write nothing."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, SERVICES, Resource
from canarytui.doctor.examination import DoctorCheck, Examination, about, found_on
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.plan import Permission
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_text

_ACTS = (
    ("patch", CANARIES, "", "pause, resume and promote"),
    ("patch", CANARIES, "status", "roll back and skip"),
    ("patch", DEPLOYMENTS, "", "trigger a rollout"),
    ("get", SERVICES, "proxy", "see the values of checks"),
)
_CONTROLLER_DOES = (
    (CANARIES, ("get", "list", "watch", "update")),
    (DEPLOYMENTS, ("get", "list", "watch", "create", "update")),
    (SERVICES, ("get", "create", "update")),
)


async def _own(examination: Examination, canary: Canary) -> list[Finding]:
    lacking = []
    for verb, resource, subresource, purpose in _ACTS:
        asked = Permission(verb, resource.group, resource.plural, subresource, canary.namespace)
        if await examination.reader.refusal(asked):
            name = "/".join(filter(None, (resource.plural, subresource)))
            lacking.append(f"{verb} {name} ({purpose})")
    if not lacking:
        return []
    message = f"in namespace {canary.namespace} you may not {', '.join(lacking)}"
    # One finding for each namespace, however many canaries it has.
    return [
        found_on(
            rules.RIGHT_MISSING, f"namespace/{canary.namespace}", "", "", message, "ask for a role with these verbs"
        )
    ]


async def _controllers(examination: Examination, canary: Canary) -> list[Finding]:
    engine = examination.state.engine
    record = examination.provider(canary)
    if engine is None or not engine.running:
        return []
    deployment = await examination.reader.object(DEPLOYMENTS, engine.namespace, engine.name)
    template = as_mapping(as_mapping(as_mapping(deployment.obj).get("spec")).get("template"))
    account = as_text(as_mapping(template.get("spec")).get("serviceAccountName")) or "default"
    routing = [(each.resource, each.verbs) for each in record.objects] if record else []
    lacking = []
    for resource, verbs in (*_CONTROLLER_DOES, *routing):
        refused = await _refused(
            examination, f"system:serviceaccount:{engine.namespace}:{account}", resource, verbs, canary
        )
        if refused is None:
            return []  # we may not ask
        if refused:
            lacking.append(f"{', '.join(refused)} {resource.full_name}")
    if not lacking:
        return []
    who = f"{engine.title}, account {engine.namespace}/{clean(account, 100)}"
    message = f"the controller ({who}) may not {'; '.join(lacking)}"
    remedy = "bind a role with these verbs to the account: the chart's, or `canarytui install --print`"
    return [about(rules.CONTROLLER_RIGHT_MISSING, canary, message, remedy)]


async def _refused(
    examination: Examination, user: str, resource: Resource, verbs: Iterable[str], canary: Canary
) -> list[str] | None:
    found = []
    for verb in verbs:
        space = canary.namespace if resource.namespaced else ""
        allowed = await examination.reader.allows(user, Permission(verb, resource.group, resource.plural, "", space))
        if allowed is None:
            return None
        if not allowed:
            found.append(verb)
    return found


async def _both(examination: Examination, canary: Canary) -> list[Finding]:
    return [*await _own(examination, canary), *await _controllers(examination, canary)]


CHECK = DoctorCheck("rights", (rules.RIGHT_MISSING, rules.CONTROLLER_RIGHT_MISSING), _both)

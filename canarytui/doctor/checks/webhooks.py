"""Whether the Services behind webhooks can answer, and which gates are closed.

No webhook is called: it may have effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.cluster.resources import ENDPOINTS, SERVICES
from canarytui.cluster.service_http import service_of
from canarytui.doctor.examination import DoctorCheck, Examination, about
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_mappings

_GATES = {"Waiting": "confirm-rollout", "WaitingPromotion": "confirm-promotion"}


async def _webhooks(examination: Examination, canary: Canary) -> list[Finding]:
    found = []
    for index, hook in enumerate(canary.spec.analysis.webhooks):
        place = service_of(hook.url)
        if place is None:
            continue
        name, namespace, port = place
        field = f"spec.analysis.webhooks[{index}].url"
        read = await examination.reader.object(SERVICES, namespace, name)
        if read.missing:
            message = f"webhook {clean(hook.name, 60)} calls Service {namespace}/{name}, which does not exist"
            remedy = "install what serves it (such as Flagger's load tester), or correct the url"
            found.append(about(rules.WEBHOOK_SERVICE_MISSING, canary, message, remedy, field=field))
        elif read.obj is not None:
            found += await _behind(examination, canary, field, hook.name, read.obj, (name, namespace, port))
    return found


async def _behind(
    examination: Examination,
    canary: Canary,
    field: str,
    hook: str,
    service: Mapping[str, Any],
    place: tuple[str, str, int],
) -> list[Finding]:
    name, namespace, port = place
    spec = as_mapping(service.get("spec"))
    if spec.get("type") == "ExternalName":
        return []
    ports = [each.get("port") for each in as_mappings(spec.get("ports"))]
    called = f"webhook {clean(hook, 60)} calls Service {namespace}/{name}"
    if spec.get("clusterIP") != "None" and port not in ports:
        listed = ", ".join(map(str, ports[:6])) or "none"
        message = f"{called} on port {port}, and its ports are {listed}"
        return [about(rules.WEBHOOK_SERVICE_MISSING, canary, message, "correct the port in the url", field=field)]
    read = await examination.reader.object(ENDPOINTS, namespace, name)
    if read.problem or _ready(read.obj):
        return []
    message = f"{called}, which has no ready endpoint: the call fails, and counts as a failed check"
    remedy = f"run kubectl -n {namespace} get pods, and check the Service's selector"
    return [about(rules.WEBHOOK_NOT_READY, canary, message, remedy, field=field)]


def _ready(endpoints: Mapping[str, Any] | None) -> bool:
    return any(as_mappings(each.get("addresses")) for each in as_mappings(as_mapping(endpoints).get("subsets")))


async def _gates(examination: Examination, canary: Canary) -> list[Finding]:
    type_ = _GATES.get(canary.status.phase, "")
    names = ", ".join(clean(hook.name, 60) for hook in canary.spec.analysis.hooks(type_)) if type_ else ""
    if not names:
        return []
    message = f"the rollout waits for approval ({names})"
    remedy = f"run canarytui gate open {canary.namespace}/{canary.name}, once you want it to go on"
    return [about(rules.GATE_CLOSED, canary, message, remedy, field="spec.analysis.webhooks")]


async def _both(examination: Examination, canary: Canary) -> list[Finding]:
    return [*await _webhooks(examination, canary), *await _gates(examination, canary)]


CHECK = DoctorCheck("webhooks", (rules.WEBHOOK_SERVICE_MISSING, rules.WEBHOOK_NOT_READY, rules.GATE_CLOSED), _both)

"""HPA and KEDA: the primary's autoscaler, which the controller makes, and two that scale one workload.

What the canary's own spec gets wrong is linted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from canarytui.cluster.resources import HPAS, SCALED_OBJECTS
from canarytui.doctor.examination import DoctorCheck, Examination, about, is_initialized
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_mappings, as_text, parse_time

_SCALES = frozenset(("ScalingActive", "AbleToScale"))

_FIRST_METRICS = timedelta(minutes=2)
"""Pods have no metrics until the metrics server has asked twice: meanwhile an autoscaler is inactive, and nothing is
wrong."""


async def _autoscaling(examination: Examination, canary: Canary) -> list[Finding]:
    hpas = await examination.reader.objects(HPAS, canary.namespace)
    scaled = await examination.reader.objects(SCALED_OBJECTS, canary.namespace)
    found = []
    own = [each for each in hpas.items if not _of_keda(each)]
    for workload in (canary.target_name, canary.primary_name):
        both = [each for each in (*own, *scaled.items) if _scales(each, canary, workload)]
        if len(both) > 1:
            names = " and ".join(_called(each) for each in both[:3])
            message = f"both {names} scale {workload}: its replicas jump back and forth"
            found.append(about(rules.TWO_AUTOSCALERS, canary, message, "delete one of them", obj=_called(both[-1])))
    reference = canary.spec.autoscaler
    if reference is None or not is_initialized(canary) or hpas.problem or scaled.problem:
        return found
    kind, name = reference.kind, f"{reference.name}-primary"
    among = hpas.items if kind == HPAS.kind else scaled.items
    primary = next((each for each in among if _name(each) == name), None)
    if primary is None:
        message = f"{kind} {name} does not exist: the primary, which serves users, is not scaled"
        remedy = "read the controller's log: it makes it at the next promotion, if it may"
        found.append(about(rules.PRIMARY_AUTOSCALER_MISSING, canary, message, remedy, field="spec.autoscalerRef"))
        return found
    for condition in as_mappings(as_mapping(primary.get("status")).get("conditions")):
        if as_text(condition.get("type")) in _SCALES and condition.get("status") == "False":
            since = parse_time(condition.get("lastTransitionTime"))
            if since is not None and examination.state.now() - since < _FIRST_METRICS:
                continue
            message = f"{condition['type']} is False: {clean(condition.get('reason'), 60)}"
            said = clean(condition.get("message"), 200)
            found.append(
                about(
                    rules.AUTOSCALER_INACTIVE,
                    canary,
                    f"{message}, {said}" if said else message,
                    "check the metrics server, and the resource requests of the primary's containers",
                    field="status.conditions",
                    obj=_called(primary),
                )
            )
    return found


def _scales(autoscaler: Mapping[str, Any], canary: Canary, workload: str) -> bool:
    target = as_mapping(as_mapping(autoscaler.get("spec")).get("scaleTargetRef"))
    return target.get("name") == workload and target.get("kind") in (None, canary.spec.target.kind)


def _of_keda(hpa: Mapping[str, Any]) -> bool:
    owners = as_mappings(as_mapping(hpa.get("metadata")).get("ownerReferences"))
    return any(owner.get("kind") == SCALED_OBJECTS.kind for owner in owners)


def _name(obj: Mapping[str, Any]) -> str:
    return as_text(as_mapping(obj.get("metadata")).get("name"))


def _called(obj: Mapping[str, Any]) -> str:
    return f"{as_text(obj.get('kind')).lower()}/{_name(obj)}"


CHECK = DoctorCheck(
    "autoscaling", (rules.PRIMARY_AUTOSCALER_MISSING, rules.TWO_AUTOSCALERS, rules.AUTOSCALER_INACTIVE), _autoscaling
)

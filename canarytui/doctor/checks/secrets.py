"""The Secrets that AlertProviders name. Those of MetricTemplates are read when their checks are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.cluster.resources import ALERT_PROVIDERS, SECRETS
from canarytui.doctor.examination import DoctorCheck, Examination, about
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_text

_ADDRESS_ANYWAY = frozenset(("pagerduty",))
"""Systems whose address is known; their Secret holds a token."""


async def _alerts(examination: Examination, canary: Canary) -> list[Finding]:
    found = []
    for index, alert in enumerate(canary.spec.analysis.alerts):
        namespace = alert.provider_namespace or canary.namespace
        read = await examination.reader.object(ALERT_PROVIDERS, namespace, alert.provider_name)
        spec = as_mapping(as_mapping(read.obj).get("spec"))
        name = as_text(as_mapping(spec.get("secretRef")).get("name"))
        if not name:
            continue
        secret = await examination.reader.object(SECRETS, namespace, name)
        sent = f"alert {clean(alert.name, 60)} is not sent: Secret {clean(f'{namespace}/{name}', 200)}"
        field = f"spec.analysis.alerts[{index}].providerRef"
        if secret.missing:
            message, remedy = (
                f"{sent} does not exist",
                f"create it with the key address, or correct {_ref(alert.provider_name)}",
            )
            found.append(about(rules.ALERT_SECRET, canary, message, remedy, field=field))
        elif secret.obj is not None and _needs_address(spec) and not as_mapping(secret.obj.get("data")).get("address"):
            message, remedy = f"{sent} has no key address", "add the key address with the webhook's URL"
            found.append(about(rules.ALERT_SECRET, canary, message, remedy, field=field))
    return found


def _needs_address(spec: Mapping[str, Any]) -> bool:
    return spec.get("type") not in _ADDRESS_ANYWAY and not spec.get("address")


def _ref(provider: str) -> str:
    return f"spec.secretRef of alertprovider {clean(provider, 100)}"


CHECK = DoctorCheck("secrets", (rules.ALERT_SECRET,), _alerts)

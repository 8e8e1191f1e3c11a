"""Every check of ``doctor``, and its rules.

A check is added in a module of ``checks/``, which is named here, with a page in ``docs/findings/`` for each rule.
"""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.doctor.checks import (
    apis,
    autoscaling,
    clocks,
    controllers,
    gitops,
    manifests,
    metrics,
    pods,
    rights,
    routing,
    secrets,
    webhooks,
)
from canarytui.doctor.examination import DoctorCheck
from canarytui.domain.findings.finding import Rule

CHECKS: tuple[DoctorCheck, ...] = (
    controllers.CHECK,
    apis.CHECK,
    rights.CHECK,
    clocks.CHECK,
    pods.CHECK,
    routing.CHECK,
    metrics.CHECK,
    webhooks.CHECK,
    autoscaling.CHECK,
    secrets.CHECK,
    gitops.CHECK,
    manifests.CHECK,
)
DOCTOR_RULES: Mapping[str, Rule] = {rule.id: rule for check in CHECKS for rule in check.rules}
"""By id; lint's are its own."""

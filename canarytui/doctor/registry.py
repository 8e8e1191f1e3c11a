"""Every check of ``doctor``.

A check is added in a module of ``checks/``, which is named here, with a page in ``docs/findings/`` for each rule.
"""

from __future__ import annotations

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

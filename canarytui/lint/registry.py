"""Every check and every rule. A rule is added in a module of ``rules/``, which is named here, with a page in docs."""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.domain.findings.finding import Rule
from canarytui.lint.check import LintCheck
from canarytui.lint.rules import (
    alerts,
    checks,
    fields,
    hooks,
    object_names,
    own_annotations,
    provider,
    queries,
    query_values,
    routes,
    steps,
    switches,
    timing,
    workloads,
)

_MODULES = (
    fields,
    object_names,
    provider,
    steps,
    timing,
    switches,
    checks,
    queries,
    query_values,
    hooks,
    alerts,
    workloads,
    routes,
    own_annotations,
)

CHECKS: tuple[LintCheck, ...] = tuple(check for module in _MODULES for check in module.CHECKS)
RULES: Mapping[str, Rule] = {rule.id: rule for rule in (check.rule for check in CHECKS)}
"""By id."""

"""Printers of the built-in kinds, by group and plural."""

from __future__ import annotations

from canarytui.sandbox.apiserver.presentation.printers.others import OTHERS
from canarytui.sandbox.apiserver.presentation.printers.pods import POD
from canarytui.sandbox.apiserver.presentation.printers.policies import POLICIES
from canarytui.sandbox.apiserver.presentation.printers.workloads import WORKLOADS
from canarytui.sandbox.apiserver.types.printing import Printer

PRINTERS: dict[tuple[str, str], Printer] = {("", "pods"): POD, **WORKLOADS, **OTHERS, **POLICIES}

"""Printers of the built-in kinds, by group and plural."""

from __future__ import annotations

from canarytui.sandbox.apiserver.face.printers.columns import Printer
from canarytui.sandbox.apiserver.face.printers.others import OTHERS
from canarytui.sandbox.apiserver.face.printers.pods import POD
from canarytui.sandbox.apiserver.face.printers.policies import POLICIES
from canarytui.sandbox.apiserver.face.printers.workloads import WORKLOADS

PRINTERS: dict[tuple[str, str], Printer] = {("", "pods"): POD, **WORKLOADS, **OTHERS, **POLICIES}

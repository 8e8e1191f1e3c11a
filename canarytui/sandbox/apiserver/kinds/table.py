"""Which built-in resource follows which strategy; all others follow the plain one."""

from __future__ import annotations

from canarytui.sandbox.apiserver.kinds.strategy import Strategy

STRATEGIES: dict[tuple[str, str], type[Strategy]] = {}

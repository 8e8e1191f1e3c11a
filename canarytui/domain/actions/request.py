"""What a person asks for: an action with its choices. The same request can be planned again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from canarytui.domain.plan import Intent


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """An intent with its choices; those that an intent does not need are ignored.

    Attributes:
        container: which container is triggered; "" the application (see ``domain.workloads.containers``).
        image: its new image.
        env: a variable of that container and its new value, instead of an image.
        restart: only the restart annotation, instead of an image.
        ticks: how many ticks a step is extended by.
        weight: percent to skip to; 0 the next stop of the plan.
        rollback_gate: the rollback gate is meant, not the one of the confirm hooks.
        drift_free: retry by the status, which GitOps does not see; without, by an annotation of the pods.
        changes: of an edit, the merge patch of the canary; None before it is known.
        opened: of an edit, the canary as it was opened.
        back: `weight` is a former one, which a skip is taken back to.
        undoes: the number of the action that it takes back, as the audit log has it; "" for none.
    """

    intent: Intent
    container: str = ""
    image: str = ""
    env: tuple[str, str] | None = None
    restart: bool = False
    ticks: int = 3
    weight: int = 0
    rollback_gate: bool = False
    drift_free: bool = False
    changes: Mapping[str, Any] | None = field(default=None, hash=False)
    opened: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    back: bool = False
    undoes: str = ""

"""A plan: what an action would write, what follows from it, its risk and the way back, or why it is refused.

Made by :mod:`.actions`, shown by the confirmations, carried out by the console's ``perform``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Intent(StrEnum):
    """An action by its name."""

    TRIGGER = "trigger"
    PAUSE = "pause"
    RESUME = "resume"
    PROMOTE = "promote"
    ROLL_BACK = "roll back"
    RETRY = "retry"
    END_SKIP = "end skip"
    """Set spec.skipAnalysis back to false after a promotion: the console's own second write."""


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Write:
    """One PATCH. `body` bears the resourceVersion that must still hold."""

    group: str
    version: str
    plural: str
    namespace: str
    name: str
    content_type: str
    body: Mapping[str, Any]
    subresource: str = ""

    @property
    def method(self) -> str:
        return "PATCH"

    @property
    def path(self) -> str:
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        tail = f"/{self.subresource}" if self.subresource else ""
        return f"{root}/namespaces/{self.namespace}/{self.plural}/{self.name}{tail}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written and what follows. With `refusal` set it must not be carried out.

    `expects` are the phases that answer the action, `settles` whether the answer is a change of the
    controller's (False: the write itself is the answer).
    """

    intent: Intent
    title: str
    writes: tuple[Write, ...] = ()
    effect: str = ""
    when: str = ""
    risk: Risk = Risk.LOW
    risk_text: str = ""
    undo: str = ""
    owner: str = ""
    refusal: str = ""
    expects: frozenset[str] = field(default_factory=frozenset)

    @property
    def allowed(self) -> bool:
        return not self.refusal

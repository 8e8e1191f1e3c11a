"""A plan: what an action would write or send, what follows from it, its risk and the way back, or why it is refused.

Made by :mod:`.actions`, shown by the confirmations and by the command line, carried out by :mod:`canarytui.actions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from msgspec import Struct

from canarytui.domain.sentences import action


class Intent(str):
    """An action by its name. Equal names are the same object; :mod:`.actions.registry` lists them all."""

    __slots__ = ()

    _made: ClassVar[dict[str, Intent]] = {}

    TRIGGER: ClassVar[Intent]
    PAUSE: ClassVar[Intent]
    RESUME: ClassVar[Intent]
    EXTEND: ClassVar[Intent]
    """Pause for some ticks, and resume by itself."""
    PROMOTE: ClassVar[Intent]
    ROLL_BACK: ClassVar[Intent]
    RETRY: ClassVar[Intent]
    OPEN_GATE: ClassVar[Intent]
    CLOSE_GATE: ClassVar[Intent]
    SKIP_TO: ClassVar[Intent]
    FINISH: ClassVar[Intent]
    END_SKIP: ClassVar[Intent]
    """Set spec.skipAnalysis back to false after a promotion that somebody else asked for."""
    EDIT: ClassVar[Intent]
    SHELL: ClassVar[Intent]
    """A program in a container; no plan, a command of the person's."""
    PLUGIN: ClassVar[Intent]
    """A program of the person's own on this machine, likewise."""

    def __new__(cls, name: str) -> Intent:
        made = cls._made.get(name)
        if made is None:
            made = cls._made[name] = super().__new__(cls, name)
        return made


Intent.TRIGGER = Intent("trigger")
Intent.PAUSE = Intent("pause")
Intent.RESUME = Intent("resume")
Intent.EXTEND = Intent("extend")
Intent.PROMOTE = Intent("promote")
Intent.ROLL_BACK = Intent("roll back")
Intent.RETRY = Intent("retry")
Intent.OPEN_GATE = Intent("open gate")
Intent.CLOSE_GATE = Intent("close gate")
Intent.SKIP_TO = Intent("skip to weight")
Intent.FINISH = Intent("finish iterations")
Intent.END_SKIP = Intent("end skip")
Intent.EDIT = Intent("edit")
Intent.SHELL = Intent("shell")
Intent.PLUGIN = Intent("plugin")


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Permission(Struct, frozen=True):
    """One question to the authorizer: may this person do `verb` to that object?"""

    verb: str
    group: str
    resource: str
    subresource: str
    namespace: str
    name: str = ""

    @property
    def sentence(self) -> str:
        """Said when the answer is no."""
        resource = "/".join(part for part in (self.resource, self.subresource) if part)
        if not self.namespace:
            return action.MAY_NOT_IN_CLUSTER.text(verb=self.verb, resource=resource)
        return action.MAY_NOT.text(verb=self.verb, resource=resource, namespace=self.namespace)


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """One PATCH. `body` bears the resourceVersion that must still hold, `seen` what the person was shown of the object
    (see :mod:`.conflict_relevance`): when only something else has changed since, the write still means the same."""

    group: str
    version: str
    plural: str
    namespace: str
    name: str
    content_type: str
    body: Mapping[str, Any]
    subresource: str = ""
    seen: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    generation: int = field(default=0, compare=False)
    """The object's metadata.generation before the write; 0 where it is not known."""

    @property
    def method(self) -> str:
        return "PATCH"

    @property
    def object_path(self) -> str:
        """URL path of the object itself."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        within = f"/namespaces/{self.namespace}" if self.namespace else ""
        return f"{root}{within}/{self.plural}/{self.name}"

    @property
    def called(self) -> str:
        """``namespace/name``, or the name of an object without a namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def path(self) -> str:
        """URL path that is written to."""
        return f"{self.object_path}/{self.subresource}" if self.subresource else self.object_path

    @property
    def permission(self) -> Permission:
        return Permission("patch", self.group, self.plural, self.subresource, self.namespace, self.name)


class LoadTesterCall(Struct, frozen=True):
    """One POST of `body` (JSON) to a load tester's `url`; `service` is (namespace, name) where the URL names one."""

    url: str
    body: Mapping[str, Any]
    service: tuple[str, str] | None = None

    @property
    def method(self) -> str:
        return "POST"

    @property
    def permission(self) -> Permission | None:
        """What the API server's service proxy asks for; None for a URL that does not go through it."""
        if self.service is None:
            return None
        return Permission("create", "", "services", "proxy", self.service[0])


class Temporary(Struct, frozen=True):
    """A field of the canary's spec that a plan sets for a while. `before` is None where the field was absent.

    It is put back when the phase is one of `until`, or at `due`, whichever comes first. `generation` is the
    metadata.generation that the canary has right after the write: the same one later means that nobody else has
    changed the spec since.
    """

    name: str
    value: Any
    before: Any
    until: frozenset[str]
    generation: int
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written or sent, in this order, and what follows. With `refusal` set it must not be carried out.

    `expects` are the phases that answer the action; without any, the write itself is the answer. `patience` is how
    many ticks may pass before the person is told that nothing answers. `repeats` says that the write is to be made
    again when the controller's running tick overwrote it. `way_back` closes again what `calls` open, also when whoever
    made them is gone before that. `includes` are other actions that it contains: whoever may not do those may not do
    it. `undoes` is the number of an action in the audit log that it takes back.
    """

    intent: Intent
    title: str
    writes: tuple[PlannedWrite, ...] = ()
    calls: tuple[LoadTesterCall, ...] = ()
    effect: str = ""
    when: str = ""
    risk: Risk = Risk.LOW
    risk_text: str = ""
    undo: str = ""
    owner: str = ""
    refusal: str = ""
    so_far: str = ""
    """Canary against primary, and what the rollout has cost; "" where nobody has measured it."""
    expects: frozenset[str] = field(default_factory=frozenset)
    temporary: Temporary | None = None
    way_back: tuple[LoadTesterCall, ...] = ()
    repeats: bool = False
    patience: int = 4
    includes: tuple[Intent, ...] = ()
    undoes: str = ""

    @property
    def intents(self) -> tuple[Intent, ...]:
        """All that it does, its own name first."""
        return (self.intent, *self.includes)

    @property
    def allowed(self) -> bool:
        return not self.refusal

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What a person must be allowed for it."""
        asked = [write.permission for write in self.writes] + [call.permission for call in self.calls]
        return tuple(permission for permission in asked if permission is not None)

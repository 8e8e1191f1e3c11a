"""An action that was done, as the audit log has it, and the way back from it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent
from canarytui.domain.values import NamespacedName, as_mapping, parse_time


class DoneAction(Struct, frozen=True):
    """`number` is its id in the audit log. `stage` is its outcome there, "" while none is recorded; `before` what the
    canary was like, `steps` the requests that were made. `undone_at` is when it was undone from this machine."""

    number: str
    key: NamespacedName
    intent: Intent
    title: str
    stage: str = ""
    at: datetime | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Mapping[str, Any], ...] = ()
    undone_at: datetime | None = None

    @property
    def images(self) -> Mapping[str, str]:
        """The target's images before it, by container."""
        return {str(name): str(image) for name, image in as_mapping(self.before.get("images")).items()}

    @property
    def weight(self) -> int | None:
        """The canary's weight before it, in percent; None where that is not recorded."""
        weight = self.before.get("weight")
        return weight if isinstance(weight, int) and not isinstance(weight, bool) else None

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """The containers in the pod template that it wrote, with what it changed of them."""
        for step in self.steps:
            body: object = step.get("body")
            for name in ("spec", "template", "spec", "containers"):
                body = body.get(name) if isinstance(body, Mapping) else None
            if isinstance(body, list):
                return [each for each in body if isinstance(each, Mapping)]
        return []

    def called(self, end: str) -> bool:
        """Whether it called a URL with that end."""
        return any(str(step.get("url") or "").endswith(end) for step in self.steps)


class WayBack(Struct, frozen=True):
    """What undoes an action, and the `title` of its plan; without a `request` it cannot be undone, and `why` says
    why."""

    request: ActionRequest | None = None
    why: str = ""
    title: str = ""


def done_actions(entries: Sequence[Mapping[str, Any]], server: str) -> list[DoneAction]:
    """The actions in the audit log's `entries` that were carried out on the cluster at `server`, newest first."""
    found: dict[str, DoneAction] = {}
    for entry in entries:
        number, stage = entry.get("id"), entry.get("stage")
        if not isinstance(number, str) or entry.get("server") != server:
            continue
        if stage == "write" and (made := _written(number, entry)) is not None:
            found[number] = made
        elif number in found and isinstance(stage, str):
            found[number] = replace(found[number], stage=stage)
            undone = entry.get("undoes")
            if stage == "done" and isinstance(undone, str) and undone in found:
                found[undone] = replace(found[undone], undone_at=parse_time(entry.get("at")))
    return [*_happened(reversed(found.values()))]


def _happened(actions: Iterator[DoneAction]) -> Iterator[DoneAction]:
    """Without those that are known to have changed nothing."""
    return (action for action in actions if action.stage not in ("refused", "not done"))


def _written(number: str, entry: Mapping[str, Any]) -> DoneAction | None:
    namespace, slash, name = str(entry.get("object") or "").partition("/")
    intent = entry.get("intent")
    if not slash or not isinstance(intent, str):
        return None
    steps = entry.get("plan")
    return DoneAction(
        number=number,
        key=(namespace, name),
        intent=Intent(intent),
        title=str(entry.get("title") or intent),
        at=parse_time(entry.get("at")),
        before=as_mapping(entry.get("before")),
        steps=tuple(step for step in steps if isinstance(step, Mapping)) if isinstance(steps, list) else (),
    )

"""Timeline facts from changes of objects: a canary's status, written by the controller or by hand, and its router.

Facts from Events and the log are in :mod:`canarytui.domain.history.facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.domain.history.controller_messages import Mark
from canarytui.domain.history.facts import BY_HAND, ROLL_BACK, Fact, FactSource
from canarytui.domain.sentences import cause as cause_words
from canarytui.domain.sentences import timeline as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_integer


def status_fact(
    namespace: str,
    name: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    received: datetime,
    version: str = "",
) -> Fact | None:
    """The fact in a status write of the controller: changes of phase, weight, failed checks and iterations.

    `before` and `after` are ``.status`` objects, `version` is the canary's resourceVersion. None when none of these
    changed.
    """
    marks: set[Mark] = set()
    changes: list[str] = []
    phase = _text(after.get("phase"))
    if phase and phase != _text(before.get("phase")):
        marks.add(("phase", phase))
        changes.append(words.PHASE.text(phase=phase))
    weight, old_weight = as_integer(after.get("canaryWeight")), as_integer(before.get("canaryWeight"))
    if weight != old_weight:
        marks.add(("weight", str(weight)))
        changes.append(words.WEIGHT.text(before=old_weight, after=weight))
    failed, old_failed = as_integer(after.get("failedChecks")), as_integer(before.get("failedChecks"))
    rose = failed > old_failed
    if rose:
        marks.add(("failed", str(failed)))
        changes.append(words.FAILED.text(failed=failed))
    iterations = as_integer(after.get("iterations"))
    if iterations > max(as_integer(before.get("iterations")), 0):
        marks.add(("iteration", str(iterations)))
        changes.append(words.ITERATION.text(iterations=iterations))
    if not marks:
        return None
    return Fact(
        at=received,
        namespace=namespace,
        name=name,
        source=FactSource.STATUS,
        text=clean(words.STATUS.text(changes=", ".join(changes))),
        warning=rose or ("phase", "Failed") in marks,
        marks=frozenset(marks),
        identity=f"status:{namespace}/{name}:{version}" if version else "",
    )


_CONSOLE = "canarytui"
"""Prefix of the consoles' field managers: when one sets failedChecks, a person requested a rollback."""

_WRITTEN_BY_HAND = ("phase", "canaryWeight", "failedChecks", "iterations")


def manual_write_fact(
    namespace: str,
    name: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    received: datetime,
    version: str = "",
    manager: str = "",
) -> Fact | None:
    """The fact in a manual status write; `manager` is its field manager, "" if unknown.

    None when neither a counter nor the phase changed.
    """
    changed = [field for field in _WRITTEN_BY_HAND if before.get(field) != after.get(field)]
    if not changed:
        return None
    manager = clean(manager, 60)
    changes = ", ".join(
        words.SET.text(field=field, before=_shown(before.get(field)), after=_shown(after.get(field)))
        for field in changed
    )
    return Fact(
        at=received,
        namespace=namespace,
        name=name,
        source=FactSource.STATUS,
        text=clean(words.STATUS_BY_HAND.text(who=manager or cause_words.SOMEBODY.text(), changes=changes)),
        warning=True,
        marks=frozenset(
            {
                *((f"{BY_HAND}{field}", _shown(after.get(field))) for field in changed),
                *([(f"{BY_HAND}manager", manager)] if manager else []),
                *([ROLL_BACK] if manager.startswith(_CONSOLE) and changed == ["failedChecks"] else []),
            }
        ),
        identity=f"status:{namespace}/{name}:{version}" if version else "",
        acted=False,
    )


def _shown(value: object) -> str:
    return clean(0 if value is None else value, 40)


def router_fact(
    namespace: str, name: str, before: int | None, after: int, received: datetime, version: str = ""
) -> Fact | None:
    """The fact in a change of the router's canary weight in percent; `version` is the object's resourceVersion."""
    if before == after or before is None:
        return None
    return Fact(
        at=received,
        namespace=namespace,
        name=name,
        source=FactSource.ROUTER,
        text=words.ROUTER.text(canary=after, primary=100 - after),
        warning=False,
        marks=frozenset({("weight", str(after))}),
        identity=f"router:{namespace}/{name}:{version}" if version else "",
        acted=False,
    )


def _text(value: object) -> str:
    return clean(value, 64) if isinstance(value, str) else ""

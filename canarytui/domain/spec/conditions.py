"""The one condition of a canary, ``Promoted``: its status and message by phase, and when its times move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from canarytui.domain.spec.phases import Phase

PROMOTED = "Promoted"

_TRUE = frozenset({Phase.INITIALIZED, Phase.SUCCEEDED})
_MESSAGES = {
    Phase.INITIALIZED: "{kind} initialization completed.",
    Phase.WAITING: "Waiting for approval.",
    Phase.PROGRESSING: "New revision detected, progressing canary analysis.",
    Phase.WAITING_PROMOTION: "Waiting for approval.",
    Phase.PROMOTING: "Canary analysis completed, starting primary rolling update.",
    Phase.FINALISING: "Canary analysis completed, routing all traffic to primary.",
    Phase.SUCCEEDED: "Canary analysis completed successfully, promotion finished.",
    Phase.FAILED: "Canary analysis failed, {kind} scaled to zero.",
}
_OTHERWISE = "New {kind} detected, starting initialization."


def conditions_for(phase: Phase, kind: str, known: Sequence[Mapping[str, Any]], now: str) -> list[dict[str, Any]]:
    """The conditions of a canary whose target is a `kind` on entering `phase`.

    `known` are the present ones: they stay as they are while status and reason do, and the transition time
    moves only with the status. `now` is an RFC 3339 time.
    """
    status = "True" if phase in _TRUE else "False" if phase is Phase.FAILED else "Unknown"
    old = next((condition for condition in known if condition.get("type") == PROMOTED), None)
    if old is not None and (old.get("status"), old.get("reason")) == (status, phase.value):
        return [dict(condition) for condition in known]
    unchanged = old is not None and old.get("status") == status
    return [
        {
            "type": PROMOTED,
            "status": status,
            "reason": phase.value,
            "message": _MESSAGES.get(phase, _OTHERWISE).format(kind=kind),
            "lastUpdateTime": now,
            "lastTransitionTime": old["lastTransitionTime"] if old is not None and unchanged else now,
        }
    ]

"""What undoes an action that was done from this machine, on what is true now: a request, or why there is none."""

from __future__ import annotations

from dataclasses import replace

from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.registry import action_of
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import undoing as words


def way_back(situation: Situation | None, done: DoneAction) -> WayBack:
    """How `done` can be undone now."""
    why = ""
    if done.undone_at is not None:
        why = words.UNDONE_ALREADY.text(at=done.undone_at)
    elif done.stage == "in part":
        why = words.IN_PART.text()
    elif done.stage != "done":
        why = words.OUTCOME_UNKNOWN.text()
    elif situation is None:
        why = words.GONE.text(canary="/".join(done.key))
    if why or situation is None:
        return WayBack(why=why)
    try:
        undo = action_of(done.intent).undo
    except KeyError:
        return WayBack(why=words.NO_SUCH_ACTION.text())
    found = undo(situation, done) if undo is not None else WayBack(why=words.NO_WAY_BACK.text())
    if found.request is None:
        return found
    request = replace(found.request, undoes=done.number)
    made = action_of(request.intent).planner(situation, request)
    return WayBack(why=made.refusal) if made.refusal else WayBack(request, title=made.title)

"""Every action there is. Adding one is adding its record here, and its command in :mod:`canarytui.cli.commands`."""

from __future__ import annotations

from canarytui.domain.actions.action import Action, Verb
from canarytui.domain.actions.editing import EDIT
from canarytui.domain.actions.gates import CLOSE_GATE, OPEN_GATE
from canarytui.domain.actions.pausing import EXTEND, PAUSE, RESUME
from canarytui.domain.actions.promoting import END_SKIP, PROMOTE
from canarytui.domain.actions.retrying import RETRY
from canarytui.domain.actions.rolling_back import ROLL_BACK
from canarytui.domain.actions.skipping import FINISH, SKIP_TO
from canarytui.domain.actions.triggering import TRIGGER
from canarytui.domain.plan import Intent

ACTIONS: tuple[Action, ...] = (
    TRIGGER,
    PAUSE,
    RESUME,
    EXTEND,
    PROMOTE,
    ROLL_BACK,
    RETRY,
    OPEN_GATE,
    CLOSE_GATE,
    SKIP_TO,
    FINISH,
    END_SKIP,
    EDIT,
)


def actions() -> tuple[Action, ...]:
    """Every action."""
    return ACTIONS


def intents() -> tuple[Intent, ...]:
    """The names of all actions."""
    return tuple(action.intent for action in actions())


def action_of(intent: Intent) -> Action:
    """The action of that name. Raises KeyError where there is none."""
    for action in actions():
        if action.intent == intent:
            return action
    raise KeyError(intent)


def verbs() -> tuple[Verb, ...]:
    """The commands of all actions."""
    return tuple(action.verb for action in actions() if action.verb is not None)


def verb_named(name: str) -> Verb:
    """The command `name`. Raises KeyError where there is none."""
    for verb in verbs():
        if verb.name == name:
            return verb
    raise KeyError(name)

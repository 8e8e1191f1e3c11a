"""What an action is, as one record: its planner, the controller's answer to it, its command and its key."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences.sentence import Sentence

Undo = Callable[[Situation, DoneAction], WayBack]
Planner = Callable[[Situation, ActionRequest], Plan]


class ControllerAnswer(Struct, frozen=True):
    """What counts as the controller's answer, for a plan that expects one.

    Attributes:
        wanted: the phase that was asked for; "" when each phase that the plan expects is as good.
        new_revision: the phase that it was in before counts, too, once a new revision is in it.
        overwritten: whether the status does not say any more what leads to the answer, so that the write is made
            again (`Plan.repeats`); it gets the plan, what is seen now, and the revision from before the write.
        said: by phase how the answer is worded, where that is not the usual way.
    """

    wanted: str = ""
    new_revision: bool = False
    overwritten: Callable[[Plan, Situation, str], bool] | None = None
    said: Mapping[str, Sentence] = field(default_factory=dict)


class Option(Struct, frozen=True):
    """An option or argument of an action's command, as argparse's ``add_argument`` takes it. Of options with the same
    `one_of` exactly one must be given."""

    flags: tuple[str, ...]
    settings: Mapping[str, Any]
    one_of: str = ""


def option(*flags: str, one_of: str = "", **settings: Any) -> Option:
    """An option, written as a call of ``add_argument``."""
    return Option(flags, settings, one_of)


class Verb(Struct, frozen=True):
    """The command of one or more actions: ``canarytui NAME``. It is listed in :mod:`canarytui.cli.commands`.

    Attributes:
        name: the command.
        description: what its ``--help`` begins with.
        request: from the parsed options to what is asked for; raises UsageError.
        options: its own, beside those that all actions have.
    """

    name: str
    description: str
    request: Callable[[Namespace], ActionRequest]
    options: tuple[Option, ...] = ()


class ActionKey(Struct, frozen=True):
    """The key of an action in the console.

    Attributes:
        keys: as Textual names them, separated by commas.
        shown: as a person reads them.
        name: what the configuration calls it.
        help: what the help says.
        place: the help lists the smallest first.
        hint: shown in the line of key hints.
        does: Textual's action, where a dialog of its own opens; "" plans the action.
    """

    keys: str
    shown: str
    name: str
    help: str
    place: int
    hint: bool = False
    does: str = ""


class Action(Struct, frozen=True):
    """One action.

    Attributes:
        intent: its name.
        planner: makes its plan, or a refusal.
        answer: what the controller's answer is.
        verb: its command; None where another action's command stands for it, or it has none.
        key: its key; None where another action's key stands for it, or it has none.
        undo: what takes it back, or why nothing does; None where there is nothing to say but that.
        typical: requests that say most about whether it is possible, tried in this order; empty: the plain one.
    """

    intent: Intent
    planner: Planner
    answer: ControllerAnswer = ControllerAnswer()
    verb: Verb | None = None
    key: ActionKey | None = None
    undo: Undo | None = None
    typical: tuple[ActionRequest, ...] = ()

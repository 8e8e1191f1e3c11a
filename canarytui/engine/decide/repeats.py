"""One alert for each start and each ending of a rollout, however often the rest of it has to be tried.

Flagger sends one at every tick in which a write is refused, and of an ending one for each of its reasons.
"""

from __future__ import annotations

from canarytui.engine.decide.effects import Decision, SendAlert
from canarytui.engine.decide.tick import Tick

START, ENDING = "start alerted", "ending alerted"


def alert_once(tick: Tick, what: str, alert: SendAlert, of: str = "the rollout") -> Decision[None]:
    """Send the alert unless one about this start or ending `of` a revision has been sent."""
    if tick.settings.strict or tick.notes.get(what) != of:
        tick.notes[what] = of
        yield alert


def forget(tick: Tick, what: str) -> None:
    """It is recorded in the status, or another rollout has begun: the next one is another."""
    tick.notes.pop(what, None)

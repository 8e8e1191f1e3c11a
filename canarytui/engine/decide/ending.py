"""One alert for each ending of a rollout: for the reason that came first, however often the rest has to be tried.

Flagger sends one for each reason, and again at every tick in which a router refuses the rollback.
"""

from __future__ import annotations

from canarytui.engine.decide.effects import Alert, Decision
from canarytui.engine.decide.tick import Tick

_NOTE = "ending alerted"


def alert_once(tick: Tick, alert: Alert) -> Decision[None]:
    """Send the alert unless one about this ending has been sent."""
    if tick.settings.strict or not tick.notes.get(_NOTE):
        tick.notes[_NOTE] = True
        yield alert


def forget(tick: Tick) -> None:
    """The ending is recorded, or another rollout has begun: the next ending is another one."""
    tick.notes.pop(_NOTE, None)

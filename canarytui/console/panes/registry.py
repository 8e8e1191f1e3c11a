"""Every pane. Adding one is adding a record to `PANES`; priorities leave gaps, so that another fits between."""

from __future__ import annotations

from canarytui.console.panes.contents import numbers_pane, pods_pane, trends_pane, versions_pane
from canarytui.console.panes.grouped_timeline import grouped_timeline
from canarytui.console.panes.pane import Pane
from canarytui.console.panes.plan_pane import plan_heading, plan_pane

PANES: tuple[Pane, ...] = (
    Pane("plan", 10, 40, 4, plan_pane, lines=5, spreads=True, at_once=True, heading=plan_heading),
    Pane("trend", 20, 50, 9, trends_pane, lines=12, spreads=True, grows=2),
    Pane("numbers", 25, 52, 4, numbers_pane, lines=9),
    Pane("versions", 30, 36, 4, versions_pane, lines=7),
    Pane("pods", 40, 36, 3, pods_pane, lines=8, grows=1),
    Pane("timeline", 28, 36, 2, grouped_timeline, lines=8, grows=2),
)


def panes() -> tuple[Pane, ...]:
    """Every pane there is, the most important first."""
    return tuple(sorted(PANES, key=lambda pane: pane.priority))

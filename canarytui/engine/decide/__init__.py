"""The pure core: a canary and the cluster view as seen go in, effects and events come out; no IO, no clock."""

from __future__ import annotations

from canarytui.engine.decide.tick import ControllerSettings, Tick

__all__ = ["ControllerSettings", "Tick"]

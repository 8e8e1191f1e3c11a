"""The pure core: a canary and the world as seen go in, effects and events come out; no IO, no clock."""

from __future__ import annotations

from canarytui.engine.decide.tick import Settings, Tick

__all__ = ["Settings", "Tick"]

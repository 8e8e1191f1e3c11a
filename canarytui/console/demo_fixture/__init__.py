"""A fixed cluster without a network, for ``canarytui screenshot``, pictures and tests."""

from __future__ import annotations

from canarytui.console.demo_fixture.connection import (
    FixtureConnection,
    FixtureExecutor,
    fixture_state,
    open_fixture,
)
from canarytui.console.demo_fixture.objects import NOW, canary_object, deployment_object, event_object, router_object
from canarytui.console.demo_fixture.rollouts import fill

__all__ = [
    "NOW",
    "FixtureConnection",
    "FixtureExecutor",
    "canary_object",
    "deployment_object",
    "event_object",
    "fill",
    "fixture_state",
    "open_fixture",
    "router_object",
]

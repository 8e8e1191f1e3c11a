"""A drill ready for one canary: what is sent where, and what is looked at meanwhile. Pure values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_run
from canarytui.domain.values import NamespacedName
from canarytui.drills.drill import Drill
from canarytui.drills.hey_command import Way, shown, slice_commands
from canarytui.drills.predicted import Prediction
from canarytui.drills.target import DrillTarget, TargetAddress
from canarytui.drills.traffic import Traffic


class Origin(StrEnum):
    """Where hey runs."""

    CLUSTER = drill_run.IN_THE_CLUSTER.text()
    """In the canary's load tester."""
    HERE = "here"
    """As a child of this process."""


class DrillPlan(Struct, frozen=True):
    """What a person confirms. `id` marks the requests, ``podinfo-1a2b3c``; `who` is the cluster's word for the user."""

    id: str
    drill: Drill
    target: DrillTarget
    place: TargetAddress
    way: Way
    origin: Origin
    context: str
    who: str
    prediction: Prediction
    watches_users: bool = False
    """Whether it could be measured, at planning time, how many requests of the primary's own users fail."""

    @property
    def key(self) -> NamespacedName:
        return self.target.namespace, self.target.name

    def command(self, number: int = 1) -> str:
        """One slice's command, as shown to a person. Raises UnsafeCommand."""
        return shown(slice_commands(self.drill, self.place, self.way, f"{self.id}/{number}"))


class Other(Struct, frozen=True):
    """Another canary: whether its rollout is under way, and the hosts that lead to it."""

    key: NamespacedName
    active: bool
    hosts: tuple[str, ...] = ()


class Sight(Struct, frozen=True):
    """One look at the cluster. `trouble` says why nothing could be seen; `situation` is None then, and if the canary is
    gone. `traffic` is None while nobody asked."""

    at: datetime
    context: str
    situation: Situation | None
    others: tuple[Other, ...] = ()
    traffic: Traffic | None = None
    trouble: str = ""

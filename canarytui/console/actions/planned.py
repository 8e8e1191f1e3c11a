"""One canary's part of an action that was asked for, before and after its confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from msgspec import Struct
from msgspec.structs import replace

from canarytui.domain.actions import ActionRequest
from canarytui.domain.plan import Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.values import NamespacedName


class PlannedAction(Struct, frozen=True):
    """`plan` fulfils `request` in `situation`."""

    key: NamespacedName
    request: ActionRequest
    situation: Situation
    plan: Plan


def oldest(planned: Sequence[PlannedAction]) -> Stale | None:
    """The oldest of what the plans were made on; None when all of it is up to date."""
    stale = [each.situation.stale for each in planned if each.situation.stale is not None]
    return min(stale, key=lambda each: each.since, default=None)


def local(stale: Stale | None, zone: tzinfo | None) -> Stale | None:
    """`stale` with its time in the zone that people read."""
    return None if stale is None else replace(stale, since=stale.since.astimezone(zone))

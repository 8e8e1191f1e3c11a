"""Carries out the plan that was shown, under the title of the moment when it is written."""

from __future__ import annotations

from dataclasses import replace

from canarytui.domain.plan import Plan, PlannedWrite


def renewed(shown: Plan, now: Plan) -> Plan:
    """`shown`, called as `now` is, the same action planned when it was confirmed: a weight may have moved meanwhile.

    Where `now` would write something else, `shown` as it is: its precondition decides.
    """
    same = [_asked(write) for write in shown.writes] == [_asked(write) for write in now.writes]
    return replace(shown, title=now.title) if now.allowed and same and shown.calls == now.calls else shown


def _asked(write: PlannedWrite) -> tuple[object, ...]:
    return write.method, write.path, {name: value for name, value in write.body.items() if name != "metadata"}

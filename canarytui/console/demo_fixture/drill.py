"""A drill in the fixed cluster: the canary's own host and load tester, and answers as hey would count them.

Nothing is sent; what would have been sent is recorded.
"""

from __future__ import annotations

from datetime import datetime

from canarytui.domain.plan import Permission
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.values import NamespacedName
from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import DrillPlan, Origin, Sight
from canarytui.drills.drill_state import DrillRefused, Slice
from canarytui.drills.guards import users_watched
from canarytui.drills.hey_command import SLICE_S, Way
from canarytui.drills.hey_report import BUCKETS_S, Answers
from canarytui.drills.prediction import predict
from canarytui.drills.target import DrillTarget, find_target
from canarytui.drills.traffic import Traffic
from canarytui.session.state import ClusterState

_USERS = 20.0
_USUAL_MS = 40.0


def fixture_answers(drill: Drill, seconds: int) -> Answers:
    """The answers to `seconds` of a drill."""
    codes: dict[int, int] = {}
    latencies = [0] * len(BUCKETS_S)
    for stream in drill.streams:
        count = round(drill.rate * seconds * stream.share / 100)
        codes[stream.effect.status or 200] = codes.get(stream.effect.status or 200, 0) + count
        took_s = stream.effect.delay_s + _USUAL_MS / 1000
        latencies[next(index for index, end in enumerate(BUCKETS_S) if took_s <= end)] += count
    return Answers(codes, {}, tuple(latencies), float(seconds), 0.09)


class FixtureSender:
    """Answers at once and records slices in `sent`."""

    def __init__(self, plan: DrillPlan, sent: list[Slice]) -> None:
        self._plan, self._sent = plan, sent

    async def send(self, piece: Slice) -> Answers:
        self._sent.append(piece)
        return fixture_answers(self._plan.drill, SLICE_S)

    async def stop(self) -> None:
        """Nothing is running."""


class FixtureProbe:
    """Looks at a state without a network."""

    def __init__(self, state: ClusterState, key: NamespacedName, context: str, sent: list[Slice]) -> None:
        self._state, self._key, self._context, self._sent = state, key, context, sent

    def now(self) -> datetime:
        return self._state.now()

    async def target(self) -> DrillTarget:
        name = self._key[1]
        rule = {"match": "Host(`app.example.com`)", "services": [{"name": name, "kind": "TraefikService"}]}
        route = {"kind": "IngressRoute", "metadata": {"name": name}, "spec": {"routes": [rule]}}
        return find_target(self._situation().canary, [route])

    async def plan(
        self, drill: Drill, target: DrillTarget, *, host: str = "", way: Way | None = None, origin: Origin | None = None
    ) -> DrillPlan:
        place, situation, now = target.place(host), self._situation(), self.now()
        if place is None:
            raise DrillRefused(f"No host leads to canary {'/'.join(self._key)}.")
        origin = origin or Origin.CLUSTER
        share = situation.weight / 100
        traffic = Traffic(now, 60.0, _USERS * share, _USERS * (1 - share), 0.0)
        prediction = predict(situation, drill, traffic, now)
        way = way or Way(gateway=target.gateway if origin is Origin.CLUSTER else "")
        watched = users_watched(situation, traffic)
        return DrillPlan(
            f"{self._key[1]}-1a2b3c", drill, target, place, way, origin, self._context, "jane", prediction, watched
        )

    def permission(self, plan: DrillPlan) -> Permission | None:
        return Permission("create", "", "services", "proxy", self._key[0]) if plan.origin is Origin.CLUSTER else None

    def sender(self, plan: DrillPlan) -> FixtureSender:
        return FixtureSender(plan, self._sent)

    async def look(self) -> Sight:
        return Sight(self.now(), self._context, self._state.situation(self._key))

    async def watch_traffic(self) -> None:
        """Nothing is measured in a fixture."""

    def _situation(self) -> Situation:
        situation = self._state.situation(self._key)
        if situation is None:
            raise DrillRefused(f"Canary {'/'.join(self._key)} cannot be read.")
        return situation

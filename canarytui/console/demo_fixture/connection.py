"""A connection to the fixed cluster: it accepts every write and sends none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING

from canarytui.actions.executor import CarriedOut
from canarytui.actions.read_only_executor import ReadOnlyExecutor
from canarytui.actions.rules import SANDBOX_CONTEXT
from canarytui.cluster.audit import AuditLog, default_path
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture.objects import NOW
from canarytui.console.demo_fixture.rollouts import fill
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.situation import Situation
from canarytui.errors import ClusterUnreachable
from canarytui.session.connection import Connection, Key
from canarytui.session.state import World

if TYPE_CHECKING:
    from canarytui.console.demo_fixture.drill import FixtureProbe
    from canarytui.drills.drill_state import Slice
    from canarytui.drills.orphans import Orphan
    from canarytui.session.canary_detail import CloseUp


class FixtureExecutor(ReadOnlyExecutor):
    """Records plans and writes nothing; `reason` is why actions are refused, "" when they are allowed."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.plans: list[Plan] = []

    def forbidden(self, intent: Intent) -> str:
        return ""

    def drill_forbidden(self) -> str:
        return ""

    async def refusal(self, plan: Plan) -> str:
        return plan.refusal or self._reason

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
        self.plans.append(plan)
        return CarriedOut()


class FixtureConnection:
    """Accepts every request; records plans in `plans` and the slices of drills in `faults`."""

    def __init__(
        self, *, context: str = SANDBOX_CONTEXT, scope: str = "", refusal: str = "", state: World | None = None
    ) -> None:
        self.context = context
        self.server = "https://127.0.0.1:6443"
        self.scope = scope
        self.hands = FixtureExecutor(refusal)
        self.faults: list[Slice] = []
        self.left: list[CloseUp] = []
        self._state = state

    def metrics_phrase(self) -> str:
        return "prometheus via API proxy, 3 s old"

    def timeline_phrase(self) -> str:
        return ""

    def look_at(self, keys: Iterable[Key]) -> None:
        """Nothing is measured in a fixture."""

    @property
    def plans(self) -> list[Plan]:
        """What was confirmed."""
        return self.hands.plans

    @property
    def audit(self) -> AuditLog:
        return AuditLog(default_path())

    async def close_drills(self) -> list[Orphan]:
        return []

    def drill_eyes(self, key: Key, zone: tzinfo | None) -> FixtureProbe:
        from canarytui.console.demo_fixture.drill import FixtureProbe

        return FixtureProbe(self._state or fixture_state(), key, self.context, self.faults)

    def keep_looking(self, keys: Iterable[Key]) -> None:
        """Nothing is measured in a fixture."""

    async def read_again(self, key: Key) -> None:
        raise ClusterUnreachable(f"The API server of context {self.context} cannot be reached: this is a fixed scene.")

    def look_closely(self, key: Key) -> CloseUp:
        from canarytui.console.demo_fixture.detail import fixture_detail

        return fixture_detail(self._state or fixture_state(), key)

    def look_away(self, closeup: CloseUp) -> None:
        self.left.append(closeup)

    async def close(self) -> None:
        """Nothing is open."""


def fixture_state() -> World:
    """A state whose clock stands still."""
    return World(now=lambda: NOW)


async def open_fixture(world: World, *, context: str | None = None) -> Connection:
    """A connector for the app: the fixed cluster."""
    fill(world)
    for resource, store in world.stores.items():
        if resource in (CANARIES, DEPLOYMENTS):
            store.replace(list(store.objects()))
    return FixtureConnection(context=context or SANDBOX_CONTEXT, state=world)

"""A connection to the fixed cluster: it accepts every write and sends none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, NoReturn

from canarytui.actions.audited_command import AuditedCommand
from canarytui.actions.executor import CarriedOut
from canarytui.actions.read_only_executor import ReadOnlyExecutor
from canarytui.actions.rules import SANDBOX_CONTEXT
from canarytui.cluster.audit import AuditLog, default_path
from canarytui.cluster.request_log import RequestLog
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture.objects import NOW
from canarytui.console.demo_fixture.rollouts import fill
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import backtest
from canarytui.domain.values import NamespacedName
from canarytui.errors import ClusterUnreachable
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from canarytui.console.demo_fixture.drill import FixtureProbe
    from canarytui.drills.drill_state import Slice
    from canarytui.drills.orphans import Orphan
    from canarytui.session.canary_detail import CanaryDetail


class FixtureExecutor(ReadOnlyExecutor):
    """Records plans and writes nothing; `reason` is why actions are refused, "" when they are allowed."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.plans: list[Plan] = []
        self.commands: list[AuditedCommand] = []

    def forbidden(self, intent: Intent) -> str:
        return ""

    def drill_forbidden(self) -> str:
        return ""

    async def refusal(self, plan: Plan) -> str:
        return plan.refusal or self._reason

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
        if not dry_run:
            self.plans.append(plan)
        return CarriedOut()

    async def run_command(self, command: AuditedCommand, run: Callable[[], Awaitable[int]]) -> int:
        self.commands.append(command)
        return await run()


class FixtureConnection:
    """Accepts every request; records plans in `plans` and the slices of drills in `faults`."""

    def __init__(
        self, *, context: str = SANDBOX_CONTEXT, scope: str = "", refusal: str = "", state: ClusterState | None = None
    ) -> None:
        self.context = context
        self.server = "https://127.0.0.1:6443"
        self.scope = scope
        self.executor = FixtureExecutor(refusal)
        self.faults: list[Slice] = []
        self.left: list[CanaryDetail] = []
        self._state = state
        self._requests = RequestLog()

    def metrics_phrase(self) -> str:
        return "prometheus via API proxy, 3 s old"

    def metrics_outage(self) -> str:
        return ""

    def timeline_phrase(self) -> str:
        return ""

    async def canaries_elsewhere(self) -> Mapping[str, int]:
        return {}

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """Nothing is measured in a fixture."""

    @property
    def plans(self) -> list[Plan]:
        """What was confirmed."""
        return self.executor.plans

    @property
    def audit(self) -> AuditLog:
        return AuditLog(default_path())

    @property
    def requests(self) -> RequestLog:
        return self._requests

    async def close_drills(self) -> list[Orphan]:
        return []

    def drill_probe(self, key: NamespacedName, zone: tzinfo | None) -> FixtureProbe:
        from canarytui.console.demo_fixture.drill import FixtureProbe

        return FixtureProbe(self._state or fixture_state(), key, self.context, self.faults)

    def keep_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """Nothing is measured in a fixture."""

    def metric_access(self) -> NoReturn:
        raise ClusterUnreachable(backtest.FIXED_SCENE.text())

    async def read_again(self, key: NamespacedName) -> None:
        raise ClusterUnreachable(f"The API server of context {self.context} cannot be reached: this is a fixed scene.")

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        from canarytui.console.demo_fixture.detail import fixture_detail

        return fixture_detail(self._state or fixture_state(), key)

    def close_detail(self, canary_detail: CanaryDetail) -> None:
        self.left.append(canary_detail)

    async def close(self) -> None:
        """Nothing is open."""


def fixture_state() -> ClusterState:
    """A state whose clock stands still."""
    return ClusterState(now=lambda: NOW)


async def open_fixture(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
    """A connector for the app: the fixed cluster."""
    fill(cluster_state)
    for resource, store in cluster_state.stores.items():
        if resource in (CANARIES, DEPLOYMENTS):
            store.replace(list(store.objects()))
    return FixtureConnection(context=context or SANDBOX_CONTEXT, state=cluster_state)

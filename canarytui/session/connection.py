"""What the screens need from the other side, whether it is a live cluster or a fixed one.

Two implementations: ``live.LiveConnection`` and the console's ``FixtureConnection`` (screenshots and tests), which
needs no client.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Protocol

from canarytui.domain.values import NamespacedName
from canarytui.session.state import ClusterState

if TYPE_CHECKING:
    from canarytui.actions.executor import ActionExecutor
    from canarytui.cluster.audit import AuditLog
    from canarytui.cluster.request_log import RequestLog
    from canarytui.drills.orphans import Orphan
    from canarytui.drills.probe import DrillProbe
    from canarytui.session.canary_detail import CanaryDetail
    from canarytui.session.metric_access import MetricAccess


class Connection(Protocol):
    """One open cluster."""

    context: str
    server: str
    scope: str
    """Namespace that is watched, "" for all."""

    @property
    def executor(self) -> ActionExecutor:
        """With what a person acts here."""
        ...

    def metrics_phrase(self) -> str:
        """How Prometheus is reached and how old its data is, for the title bar."""
        ...

    def metrics_outage(self) -> str:
        """``PROMETHEUS DOWN 25 s`` while no query succeeds, for the title bar; "" while they do."""
        ...

    def timeline_phrase(self) -> str:
        """What the timeline lacks, for its own screen: the controller's log, or a place on disk; "" when nothing."""
        ...

    async def canaries_elsewhere(self) -> Mapping[str, int]:
        """How many canaries each namespace has that is not watched here; none where all are watched, or where they may
        not be listed."""
        ...

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """Whose checks are on the screen and worth asking for; replaces the previous set."""
        ...

    @property
    def requests(self) -> RequestLog:
        """The last requests that were sent for this connection."""
        ...

    @property
    def audit(self) -> AuditLog:
        """Where everything that is done from here is written down."""
        ...

    def drill_probe(self, key: NamespacedName, zone: tzinfo | None) -> DrillProbe:
        """What a drill on a canary needs of this cluster. Raises ReadOnly."""
        ...

    async def close_drills(self) -> list[Orphan]:
        """Close, once, the drills that a process that has ended left open in the audit log."""
        ...

    def keep_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        """Whose checks are asked for whatever is on the screen; replaces the previous set."""
        ...

    def metric_access(self) -> MetricAccess:
        """What past values are read with. Raises CanarytuiError where there are none."""
        ...

    async def read_again(self, key: NamespacedName) -> None:
        """Read one canary and its objects by themselves, now: contact with the server is lost, or was. Raises
        CanarytuiError where that cannot be done either."""
        ...

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        """Follow all that is known of one canary only while it is open; end it with :meth:`close_detail`."""
        ...

    def close_detail(self, canary_detail: CanaryDetail) -> None:
        """End what :meth:`open_detail` began, its watches and log streams included."""
        ...

    async def close(self) -> None: ...


class Connector(Protocol):
    """Opens a connection that fills the given state.

    Raises CanarytuiError when there is nothing to show: no such context, no server, no canaries API.
    """

    def __call__(self, cluster_state: ClusterState, *, context: str | None = None) -> Awaitable[Connection]: ...

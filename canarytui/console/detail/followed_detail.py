"""What is watched of one canary only, for its detail or for the panes about it."""

from __future__ import annotations

from canarytui.console.model import ConsoleModel
from canarytui.domain.values import NamespacedName
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.connection import Connection


class FollowedDetail:
    """Opens the detail of one canary at a time and closes the one before. It has no timer: its owner calls
    :meth:`follow` when the cursor has rested, so that a cursor that runs over rows opens nothing."""

    def __init__(self, model: ConsoleModel) -> None:
        self._model = model
        self._opened: tuple[Connection, CanaryDetail] | None = None

    def of(self, key: NamespacedName | None) -> CanaryDetail | None:
        """What is known of `key`; None when another one is followed, or none."""
        if self._opened is None or key is None or self._opened[1].key != key:
            return None
        return self._opened[1] if self._opened[0] is self._model.contexts.current.connection else None

    def follow(self, key: NamespacedName | None) -> None:
        """Follow canary `key` of the current context; None for none."""
        connection = self._model.contexts.current.connection
        if key is None or connection is None:
            self.close()
        elif self.of(key) is None:
            self.close()
            self._opened = connection, connection.open_detail(key)

    def close(self) -> None:
        """End the watch, if there is one."""
        if self._opened is not None:
            connection, canary_detail = self._opened
            self._opened = None
            connection.close_detail(canary_detail)

    @property
    def revision(self) -> int:
        """Rises while something new arrives; -1 while nothing is followed."""
        return -1 if self._opened is None else self._opened[1].revision

"""Base of the controllers: which changes concern one, and how it reconciles a key.

Reconciling is synchronous: the API core is in this process and its calls do not wait. So a controller is
never interrupted in the middle of one object.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.events import ControllerEventRecorder
from canarytui.sandbox.controllers.objects import GroupResource, Manifest, controller_of, key_of
from canarytui.sandbox.controllers.workqueue import WorkQueue
from canarytui.sandbox.values import NamespacedName

log = logging.getLogger(__name__)


class Controller(ABC):
    """Base of all controllers. Subclasses subscribe to caches in their constructor and add keys to the
    queue."""

    component = "kube-controller-manager"
    """Source of the controller's Events."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self.client = client
        self.clock = clock
        self.queue = WorkQueue(clock)
        self.events = ControllerEventRecorder(client, clock, self.component)

    @abstractmethod
    def reconcile(self, key: NamespacedName) -> None:
        """Bring the actual state closer to the spec of the object at `key`.

        Raises:
            StatusError: a write was refused; the key is retried.
        """

    def watch(self, resource: GroupResource) -> None:
        """Enqueue each object of `resource` that changes."""

        def changed(before: Manifest | None, after: Manifest | None) -> None:
            manifest = after or before
            assert manifest is not None
            self.queue.add(key_of(manifest))

        self.client.cache(resource).subscribe(changed)

    def watch_controlled(self, resource: GroupResource, owner_kind: str) -> None:
        """Enqueue the controlling owner (of `owner_kind`) of each object of `resource` that changes."""

        def changed(before: Manifest | None, after: Manifest | None) -> None:
            for manifest in (before, after):
                owner = controller_of(manifest) if manifest is not None else None
                if manifest is not None and owner is not None and owner["kind"] == owner_kind:
                    self.queue.add((key_of(manifest)[0], owner["name"]))

        self.client.cache(resource).subscribe(changed)

    def process(self, key: NamespacedName) -> None:
        """Reconcile `key`; retry after a failure."""
        try:
            self.reconcile(key)
        except StatusError as error:
            if error.reason not in ("Conflict", "AlreadyExists", "NotFound"):
                log.warning("%s: %s/%s: %s", type(self).__name__, *key, error)
            self.queue.retry(key)
        except Exception:
            log.exception("%s: %s/%s", type(self).__name__, *key)
            self.queue.retry(key)
        else:
            self.queue.forget(key)

    async def run(self) -> None:
        """Process keys forever, a few at a time, so that requests are served in between."""
        while True:
            key = self.queue.pop_ready()
            if key is None:
                await self.queue.wait()
            else:
                self.process(key)
                await asyncio.sleep(0)

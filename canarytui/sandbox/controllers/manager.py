"""Runs all controllers of the sandbox over one API core.

Called by the supervisor. Each resource that is served is watched once, and every controller reads that one
cache; resources that come and go with a CustomResourceDefinition are followed as long as they are served.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.background import in_background
from canarytui.sandbox.controllers.addons import LoadTesterInstaller
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock, SystemClock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.daemon_set import DaemonSetController
from canarytui.sandbox.controllers.deployment.controller import DeploymentController
from canarytui.sandbox.controllers.endpoints.controller import EndpointsController
from canarytui.sandbox.controllers.endpoints.slices import EndpointSliceController
from canarytui.sandbox.controllers.expiry import EventExpiryController, PodExpiryController
from canarytui.sandbox.controllers.garbage_collector import GarbageCollector
from canarytui.sandbox.controllers.horizontal_pod_autoscaler import HorizontalPodAutoscalerController
from canarytui.sandbox.controllers.informer import follow
from canarytui.sandbox.controllers.namespaces import (
    NamespaceDefaultsController,
    NamespaceTerminationController,
)
from canarytui.sandbox.controllers.objects import CRDS, EVENTS, GroupResource, Manifest
from canarytui.sandbox.controllers.replicaset.controller import ReplicaSetController
from canarytui.sandbox.controllers.scheduler import Scheduler


@dataclass(frozen=True)
class ManagerOptions:
    """What differs between sandboxes.

    Attributes:
        ca_pem: the API server's CA, put into every namespace.
        load_tester_namespace: where the load tester is installed when it appears; empty for nowhere.
        load_tester: its objects for a namespace.
    """

    ca_pem: str = ""
    load_tester_namespace: str = ""
    load_tester: Callable[[str], list[Manifest]] = field(default=lambda namespace: [])


class ControllerManager:
    """All controllers, their caches, and the tasks that keep both going."""

    def __init__(self, api: Api, options: ManagerOptions, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        self.client = Client(api)
        self.garbage_collector = GarbageCollector(self.client, clock)
        self.controllers: Sequence[Controller] = (
            DeploymentController(self.client, clock),
            ReplicaSetController(self.client, clock),
            DaemonSetController(self.client, clock),
            Scheduler(self.client, clock),
            EndpointsController(self.client, clock),
            EndpointSliceController(self.client, clock),
            HorizontalPodAutoscalerController(self.client, clock),
            NamespaceDefaultsController(self.client, clock, options.ca_pem),
            NamespaceTerminationController(self.client, clock),
            LoadTesterInstaller(self.client, clock, options.load_tester_namespace, options.load_tester),
            EventExpiryController(self.client, clock),
            PodExpiryController(self.client, clock),
            self.garbage_collector,
        )
        self._followers: dict[GroupResource, asyncio.Task[None]] = {}
        self.client.cache(CRDS).subscribe(lambda before, after: self._served_changed.set())
        self._served_changed = asyncio.Event()

    async def run(self) -> None:
        """Run until cancelled; a controller that crashes ends them all with its exception."""
        try:
            self._follow_served()
            await self._synced()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow_crds())
                for controller in self.controllers:
                    group.create_task(controller.run(), name=type(controller).__name__)
        finally:
            for task in self._followers.values():
                task.cancel()
            await asyncio.gather(*self._followers.values(), return_exceptions=True)

    async def _synced(self) -> None:
        """Wait until every followed cache has its first list: controllers must not act on partial state."""
        while not all(self.client.caches[resource].synced for resource in self._followers):  # noqa: ASYNC110 - all sync within this loop
            await asyncio.sleep(0)

    async def _follow_crds(self) -> None:
        while True:
            await self._served_changed.wait()
            self._served_changed.clear()
            self._follow_served()

    def _follow_served(self) -> None:
        """Watch newly served resources, stop watching those no longer served."""
        served = served_resources(self.client)
        for resource in served - self._followers.keys():
            cache = self.client.cache(resource)
            if resource != EVENTS:
                self.garbage_collector.include(cache)
            self._followers[resource] = in_background(follow(self.client, cache), f"watch {resource.plural}")
        for resource in self._followers.keys() - served:
            self._followers.pop(resource).cancel()
            self.client.caches[resource].replace([])


def served_resources(client: Client) -> set[GroupResource]:
    """Every resource that can be watched, versions and second shapes aside."""
    return {
        GroupResource(each.group, each.plural)
        for each in client.api.registry.all()
        if "watch" in each.verbs and each.group != "events.k8s.io"
    }

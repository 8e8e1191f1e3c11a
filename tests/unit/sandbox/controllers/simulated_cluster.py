"""A control plane without sockets: the real API core and all controllers, a clock moved by hand, a kubelet's stand-in.

The stand-in does to pods what a kubelet does, when a test says so: start them, make them ready or not, end them.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.sandbox.apiserver.api import MERGE_PATCH, Api
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.controllers.manager import ControllerManager, ManagerOptions

Object = dict[str, Any]
TEST = "test"
_QUIET_ROUNDS = 8
_ROUNDS_MOST = 20_000


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        return self.moment


class SimulatedCluster:
    """Short forms: names of resources are written ``deployments.apps``, the namespace is ``test``."""

    def __init__(self, options: ManagerOptions | None = None) -> None:
        self.api = Api()
        self.clock = HandClock()
        self.manager = ControllerManager(self.api, options or ManagerOptions(), self.clock)
        self._addresses = 0

    async def start(self) -> None:
        """Run the controllers over a node and the namespace ``test``."""
        self.create("nodes", {"metadata": {"name": "sandbox"}, "spec": {}})
        self.create("namespaces", {"metadata": {"name": TEST}})
        self._task = asyncio.create_task(self.manager.run())
        await self.settle()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def rt(self, resource: str) -> ResourceType:
        plural, _, group = resource.partition(".")
        return self.api.registry.find(group, plural)

    def _namespace(self, resource: str) -> str | None:
        return TEST if self.rt(resource).namespaced else None

    def create(self, resource: str, obj: Object) -> Object:
        return self.api.create(self.rt(resource), self._namespace(resource), obj)

    def get(self, resource: str, name: str) -> Object:
        return self.api.get(self.rt(resource), self._namespace(resource), name)

    def find(self, resource: str, name: str) -> Object | None:
        return self.api.find(self.rt(resource), self._namespace(resource), name)

    def all(self, resource: str, labels: str = "") -> list[Object]:
        return self.api.list(self.rt(resource), self._namespace(resource), label_selector=labels).items

    def patch(self, resource: str, name: str, patch: Object, *, subresource: str = "") -> Object:
        namespace = self._namespace(resource)
        return self.api.patch(self.rt(resource), namespace, name, patch, MERGE_PATCH, subresource=subresource)[0]

    def delete(self, resource: str, name: str, propagation: str | None = None) -> None:
        self.api.delete(self.rt(resource), self._namespace(resource), name, propagation=propagation)

    def events(self, reason: str) -> list[str]:
        """Messages of Events, oldest first."""
        found = [each for each in self.all("events") if each["reason"] == reason]
        found.sort(key=lambda each: int(each["metadata"]["resourceVersion"]))
        return [each["message"] for each in found]

    async def settle(self) -> None:
        """Let the controllers work until nothing changes any more at this moment of the clock.

        A few hundredths of a second pass on the clock: enough for the first tries after a conflict.
        """
        for _ in range(4):
            await self._quiet()
            await self._move(0.01)
        await self._quiet()

    async def _quiet(self) -> None:
        quiet, rounds, last = 0, 0, self.api.store.revision
        while quiet < _QUIET_ROUNDS:
            await asyncio.sleep(0)
            rounds += 1
            assert rounds < _ROUNDS_MOST, "the controllers write without end"
            quiet = quiet + 1 if self.api.store.revision == last else 0
            last = self.api.store.revision

    async def _move(self, seconds: float) -> None:
        self.clock.moment += timedelta(seconds=seconds)
        for controller in self.manager.controllers:
            controller.queue.wake()

    async def advance(self, seconds: float) -> None:
        """Let time pass, and the controllers do what falls due."""
        await self._move(seconds)
        await self.settle()

    def pods(self, labels: str = "") -> list[Object]:
        """Pods that are not being deleted."""
        return [pod for pod in self.all("pods", labels) if not pod["metadata"].get("deletionTimestamp")]

    async def kubelet(self, *, ready: bool = True) -> None:
        """One look of the kubelet: end what is to end, start what is bound here and does not run yet."""
        for pod in self.all("pods"):
            name, status = pod["metadata"]["name"], pod.get("status") or {}
            if pod["metadata"].get("deletionTimestamp"):
                self.api.delete(self.rt("pods"), TEST, name, grace_period_s=0)
            elif pod["spec"].get("nodeName") and status.get("phase") != "Running":
                self.set_ready(name, ready)
        await self.settle()

    def set_ready(self, name: str, ready: bool) -> None:
        """The kubelet's status of a running pod, its readiness since now."""
        pod = self.get("pods", name)
        ip = (pod.get("status") or {}).get("podIP")
        if not ip:
            self._addresses += 1
            ip = f"10.42.0.{self._addresses}"
        others = [each for each in (pod.get("status") or {}).get("conditions") or [] if each["type"] != "Ready"]
        since = self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
        status = {"phase": "Running", "podIP": ip, "conditions": [*others, condition]}
        self.patch("pods", name, {"status": status}, subresource="status")

    async def roll_out(self, looks: int = 30) -> None:
        """Let controllers and kubelet take turns until the kubelet finds nothing to do."""
        for _ in range(looks):
            before = self.api.store.revision
            await self.kubelet()
            if self.api.store.revision == before:
                return
        raise AssertionError(f"still changing after {looks} looks of the kubelet")


def condition(obj: Object, kind: str) -> Object:
    """A condition by type; empty when there is none."""
    found = [each for each in (obj.get("status") or {}).get("conditions") or [] if each["type"] == kind]
    return found[0] if found else {}


def deployment(name: str = "web", *, replicas: int = 3, image: str = "app:1", **spec: Any) -> Object:
    """A Deployment of pods labelled ``app: name``."""
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": _containers(image)}}
    selector = {"matchLabels": {"app": name}}
    return {
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": selector, "template": template, **spec},
    }


def image(value: str) -> Object:
    """A merge patch that sets the image (and writes the rest of the list as it was: merge patches replace lists)."""
    return {"spec": {"template": {"spec": {"containers": _containers(value)}}}}


def _containers(image_name: str) -> list[Object]:
    return [{"name": "app", "image": image_name, "ports": [{"name": "http", "containerPort": 8080}]}]

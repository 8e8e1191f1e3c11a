"""Keeps one container of a pod running: pull, configure, start, probe, restart with back-off, stop.

One task per container, started by the pod worker. Every change of the container's record is reported
immediately; the pod worker turns the records into the pod's status.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from canarytui.sandbox.background import in_background
from canarytui.sandbox.client.resources import CONFIG_MAPS, SECRETS
from canarytui.sandbox.errors import RequestRefused, SandboxError, ServerUnreachable
from canarytui.sandbox.node import container_record as records
from canarytui.sandbox.node import environment
from canarytui.sandbox.node.container_record import ContainerRecord, Running
from canarytui.sandbox.node.host import Host
from canarytui.sandbox.node.images import Image, parse_image, pull_problem
from canarytui.sandbox.node.instances import Instance, Launch
from canarytui.sandbox.node.logbook import ContainerLog
from canarytui.sandbox.node.prober import run_probes
from canarytui.sandbox.node.probes import Kind, probes_of
from canarytui.sandbox.values import ReadOnlyObject

_CONFIG_RETRY_S = 2.0
_START_ERROR_CODE = 128
_SIGKILLED = 137
_BASE_ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "KUBERNETES_SERVICE_HOST": "10.43.0.1",
    "KUBERNETES_SERVICE_PORT": "443",
}


class ContainerLoop:
    """One container of one pod.

    Attributes:
        record: its present state.
        env: variables of the present or last run.
        image: parsed image, None while the reference is invalid.
        log, previous_log: lines of the present and of the last run.
        listens: container port -> ``127.0.0.1:PORT`` while it runs.
    """

    def __init__(
        self,
        pod: Callable[[], ReadOnlyObject],
        pod_ip: str,
        spec: ReadOnlyObject,
        record: ContainerRecord,
        host: Host,
        changed: Callable[[], None],
    ) -> None:
        self.spec = spec
        self.record = record
        self.env: dict[str, str] = {}
        self.image: Image | None = parse_image(str(spec["image"]))
        self.log = ContainerLog()
        self.previous_log: ContainerLog | None = None
        self._pod = pod
        self._pod_ip = pod_ip
        self._host = host
        self._changed = changed
        self._instance: Instance | None = None
        self._preferred: dict[int, str] = {}
        self._stopping = False
        self._kill_requested = asyncio.Event()

    @property
    def pod(self) -> ReadOnlyObject:
        """The newest version of the Pod object."""
        return self._pod()

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def listens(self) -> Mapping[int, str]:
        return self._instance.listens if self._instance is not None else {}

    @property
    def instance(self) -> Instance | None:
        """What runs now."""
        return self._instance

    async def run(self) -> None:
        """Run until the container ends and its restart policy asks for no restart, or :meth:`stop` is called."""
        policy = str(self._pod()["spec"].get("restartPolicy") or "Always")
        while not self._stopping:
            image = await self._pull()
            env = await self._configure()
            exit_code = await self._run_once(image, env)
            if self._stopping or not records.restarts(policy, exit_code):
                return
            await self._back_off()

    async def stop(self, grace_s: float) -> None:
        """SIGTERM, and SIGKILL after `grace_s` seconds; returns when the container has ended."""
        self._stopping = True
        instance = self._instance
        if instance is None:
            return
        try:
            async with asyncio.timeout(grace_s + 2):
                await instance.stop(grace_s)
        except TimeoutError:
            self._note(records.end(self.record, _now(), _SIGKILLED))

    async def _pull(self) -> Image:
        reference = str(self.spec["image"])
        failures = 0
        while True:
            image = parse_image(reference)
            if image is None:
                problem = f'Failed to apply default image tag "{reference}": couldn\'t parse image name'
                self._note(records.wait(self.record, "InvalidImageName", f"{problem}: invalid reference format"))
                self._event("Warning", "InspectFailed", f"{problem}: invalid reference format")
                await asyncio.sleep(records.MAX_BACKOFF_S)
                continue
            started = time.monotonic()
            always = self._pull_policy(image) == "Always"
            error = pull_problem(image)
            if always or error is not None:
                self._event("Normal", "Pulling", f'Pulling image "{reference}"')
            if error is None:
                self._pulled(reference, always, time.monotonic() - started)
                return image
            failures += 1
            self._event("Warning", "Failed", f'Failed to pull image "{reference}": {error}')
            self._event("Warning", "Failed", "Error: ErrImagePull")
            self._note(records.wait(self.record, "ErrImagePull", error))
            await asyncio.sleep(1.0)
            back_off = f'Back-off pulling image "{reference}"'
            self._event("Normal", "BackOff", back_off)
            self._event("Warning", "Failed", "Error: ImagePullBackOff")
            message = f"{back_off}: ErrImagePull: {error}"
            self._note(records.wait(self.record, "ImagePullBackOff", message))
            await asyncio.sleep(records.pull_backoff_s(failures))

    def _pull_policy(self, image: Image) -> str:
        default = "Always" if image.tag == "latest" and not image.digest else "IfNotPresent"
        return str(self.spec.get("imagePullPolicy") or default)

    def _pulled(self, reference: str, always: bool, seconds: float) -> None:
        if always:
            took = f"{seconds * 1000:.0f}ms"
            message = f'Successfully pulled image "{reference}" in {took} ({took} including waiting)'
        else:
            message = f'Container image "{reference}" already present on machine'
        self._event("Normal", "Pulled", message)

    async def _configure(self) -> dict[str, str]:
        while True:
            try:
                return await self._environment()
            except environment.ConfigProblem as problem:
                self._event("Warning", "Failed", f"Error: {problem}")
                self._note(records.wait(self.record, "CreateContainerConfigError", str(problem)))
            except SandboxError:
                pass  # the API server is unreachable: keep the state and retry
            await asyncio.sleep(_CONFIG_RETRY_S)

    async def _environment(self) -> dict[str, str]:
        pod = self._pod()
        found: dict[environment.Reference, ReadOnlyObject | None] = {}
        for reference in environment.references(self.spec):
            resource = CONFIG_MAPS if reference.kind == "ConfigMap" else SECRETS
            path = resource.path(str(pod["metadata"].get("namespace", "")), reference.name)
            try:
                found[reference] = await self._host.client.get(path)
            except RequestRefused as error:
                if error.code != 404:
                    raise
                found[reference] = None
        hostname = str(pod["spec"].get("hostname") or pod["metadata"]["name"])
        status = {**(pod.get("status") or {}), "podIP": self._pod_ip}
        known = {**pod, "status": status}
        return environment.resolve(known, self.spec, found, {**_BASE_ENV, "HOSTNAME": hostname})

    async def _run_once(self, image: Image, env: dict[str, str]) -> int:
        self.env = env
        if not isinstance(self.record.state, records.Waiting) or self.record.last is not None:
            self.previous_log, self.log = self.log, ContainerLog()
        launch = Launch(self._pod(), self.spec, image, env, self.log, self._preferred)
        container_id = f"canarytui://{secrets.token_hex(32)}"
        self._event("Normal", "Created", f"Created container: {self.name}")
        try:
            instance = await self._host.launchers[image.kind](launch)
        except (OSError, ServerUnreachable, RequestRefused) as error:
            return self._start_failed(str(error))
        self._instance = instance
        self._preferred = {**self._preferred, **instance.listens}
        self._note(records.run(self.record, _now(), container_id, image.name, image.image_id))
        self._event("Normal", "Started", f"Started container {self.name}")
        probing = in_background(self._probe(instance), f"probes of {self.name}")
        try:
            exit_code = await self._ended(instance)
        except asyncio.CancelledError:
            await instance.stop(0)  # the kubelet is stopping: close its listeners and connections
            raise
        finally:
            probing.cancel()
            self._instance = None
            self.log.close()
        self._note(records.end(self.record, _now(), exit_code))
        return exit_code

    def _start_failed(self, message: str) -> int:
        self._event("Warning", "Failed", f"Error: {message}")
        self._note(records.end(self.record, _now(), _START_ERROR_CODE, reason="StartError", message=message))
        return _START_ERROR_CODE

    async def _ended(self, instance: Instance) -> int:
        """The exit code; a failed liveness probe stops the instance first."""
        ending = asyncio.ensure_future(instance.wait())
        killing = asyncio.create_task(self._kill_requested.wait())
        try:
            await asyncio.wait({ending, killing}, return_when=asyncio.FIRST_COMPLETED)
            if killing.done() and not ending.done():
                self._kill_requested.clear()
                await instance.stop(float(self._pod()["spec"].get("terminationGracePeriodSeconds") or 30))
            return await ending
        finally:
            killing.cancel()
            ending.cancel()

    async def _probe(self, instance: Instance) -> None:
        def report(kind: Kind, success: bool) -> None:
            if not isinstance(self.record.state, Running):
                return
            if kind == "readiness" and self.record.ready != success:
                self._note(replace(self.record, ready=success))
            elif kind == "startup" and success and not self.record.started:
                self._note(replace(self.record, started=True))
            elif not success and kind != "readiness" and not self._stopping:
                message = f"Container {self.name} failed {kind} probe, will be restarted"
                self._event("Normal", "Killing", message)
                self._kill_requested.set()

        def failed(kind: Kind, problem: str) -> None:
            if not self._stopping:
                self._event("Warning", "Unhealthy", f"{kind.capitalize()} probe failed: {problem}")

        client = self._host.probe_client
        with contextlib.suppress(asyncio.CancelledError):
            await run_probes(probes_of(self.spec), instance.listens, self._pod_ip, client, report, failed)

    async def _back_off(self) -> None:
        delay_s = records.crash_backoff_s(self.record.crashes)
        if not delay_s:
            return
        metadata = self._pod()["metadata"]
        where = f"{metadata['name']}_{metadata.get('namespace', '')}({metadata.get('uid', '')})"
        message = f"back-off {_go_duration(delay_s)} restarting failed container={self.name} pod={where}"
        self._note(records.wait(self.record, "CrashLoopBackOff", message))
        text = f"Back-off restarting failed container {self.name} in pod {where}"
        self._event("Warning", "BackOff", text)
        await asyncio.sleep(delay_s)

    def _note(self, record: ContainerRecord) -> None:
        if record != self.record:
            self.record = record
            self._changed()

    def _event(self, type_: Any, reason: str, message: str) -> None:
        self._host.events.emit(self._pod(), type_, reason, message, self.name)


def _now() -> datetime:
    return datetime.now(UTC)


def _go_duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"

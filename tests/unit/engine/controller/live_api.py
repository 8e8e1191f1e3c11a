"""The sandbox's API server on a loopback port, without its controllers: it notes who asks what, and can be told to
refuse. Controllers run against it in the test's own process, or as processes of their own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.access.bootstrap import bootstrap_rbac
from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.api import MERGE_PATCH, Api
from canarytui.sandbox.apiserver.http.server import make_app

Object = dict[str, Any]
NAMESPACES = ("default", "kube-system", "test", "other")
SETTLES_S = 20.0


@dataclass(frozen=True)
class Asked:
    """One request. `at` is monotonic seconds."""

    who: str
    method: str
    path: str
    code: int
    at: float

    @property
    def is_write(self) -> bool:
        """Whether it changes what controllers work on: leases and questions about rights do not."""
        return self.method != "GET" and "/leases" not in self.path and "/authorization.k8s.io/" not in self.path


class LiveApi:
    """`users` have a token each and all rights; ``reader`` may list Events in ``test``."""

    def __init__(self, folder: Path, users: tuple[str, ...] = ("one", "two")) -> None:
        self.api = Api()
        self.asked: list[Asked] = []
        self.silent = asyncio.Event()
        self.answer: Callable[[web.Request, Any], Awaitable[web.StreamResponse]] = _as_it_is
        self._folder = folder
        self._users = users
        for name in NAMESPACES:
            self.create("namespaces", {"metadata": {"name": name}}, None)
        for obj in bootstrap_rbac():
            plural = "clusterroles" if obj["kind"] == "ClusterRole" else "clusterrolebindings"
            self.create(f"{plural}.rbac.authorization.k8s.io", obj, None)
        self._let_reader_list_events()

    def _let_reader_list_events(self) -> None:
        rbac = "rbac.authorization.k8s.io"
        rules = [{"apiGroups": [""], "resources": ["events"], "verbs": ["list"]}]
        self.create(f"roles.{rbac}", {"metadata": {"name": "reader"}, "rules": rules})
        binding = {
            "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "reader"},
            "subjects": [{"apiGroup": rbac, "kind": "User", "name": "reader"}],
        }
        self.create(f"rolebindings.{rbac}", binding)

    async def start(self) -> None:
        people = {name: user(name, MASTERS) for name in self._users} | {"reader": user("reader")}
        app = make_app(self.api, users=people, secret="secret")
        app.middlewares.append(self._note)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])

    async def stop(self) -> None:
        await self._runner.cleanup()

    def install_crds(self, *kinds: str) -> None:
        """Flagger's and Traefik's definitions, all of them or those of some kinds."""
        for definition in manifests.crds():
            if not kinds or definition["spec"]["names"]["kind"] in kinds:
                self.create("customresourcedefinitions.apiextensions.k8s.io", definition, None)

    def rt(self, name: str) -> Any:
        plural, _, group = name.partition(".")
        return self.api.registry.find(group, plural)

    def create(self, resource: str, obj: Object, namespace: str | None = "test") -> Object:
        return self.api.create(self.rt(resource), namespace, obj)

    def patch(self, resource: str, name: str, patch: Object, namespace: str = "test") -> None:
        self.api.patch(self.rt(resource), namespace, name, patch, MERGE_PATCH)

    def find(self, resource: str, name: str, namespace: str = "test") -> Object | None:
        return self.api.find(self.rt(resource), namespace, name)

    def events(self, namespace: str = "test") -> list[Object]:
        """Events, oldest first."""
        found = self.api.list(self.rt("events"), namespace).items
        return sorted(found, key=lambda each: int(each["metadata"]["resourceVersion"]))

    def canary(self, name: str = "podinfo", **spec: Any) -> Object:
        """Create the seed's canary, with its target and an interval of a second."""
        deployment = manifests.documents("podinfo/deployment.yaml")[0]
        deployment["metadata"] |= {"name": name, "namespace": "test"}
        canary = manifests.documents("seed/podinfo-canary.yaml")[0]
        canary["metadata"]["name"] = canary["spec"]["targetRef"]["name"] = name
        canary["spec"].pop("autoscalerRef", None)
        canary["spec"]["analysis"] |= {"interval": "1s", "webhooks": []}
        canary["spec"] |= spec
        self.create("deployments.apps", deployment)
        return self.create("canaries.flagger.app", canary)

    def kubeconfig(self, who: str = "one", namespace: str = "default") -> Path:
        path = self._folder / f"{who}.kubeconfig"
        text = {
            "apiVersion": "v1", "kind": "Config", "current-context": who,
            "clusters": [{"name": "live", "cluster": {"server": self.url}}],
            "users": [{"name": who, "user": {"token": who}}],
            "contexts": [{"name": who, "context": {"cluster": "live", "user": who, "namespace": namespace}}],
        }  # fmt: skip
        path.write_text(yaml.safe_dump(text))
        return path

    async def connect(self, who: str = "one") -> Cluster:
        return await connect(ClusterTarget(kubeconfig=str(self.kubeconfig(who))))

    def writes_of(self, who: str) -> list[Asked]:
        return [each for each in self.asked if each.who == who and each.is_write]

    async def until(self, what: str, holds: Callable[[], Any], timeout_s: float = SETTLES_S) -> None:
        """Wait; fails the test with the requests so far when it takes too long."""
        try:
            async with asyncio.timeout(timeout_s):
                while not holds():  # noqa: ASYNC110  # what it waits for is another process
                    await asyncio.sleep(0.02)
        except TimeoutError:
            shown = "\n".join(f"{each.who} {each.code} {each.method} {each.path}" for each in self.asked[-40:])
            raise AssertionError(f"{what}: not within {timeout_s} s\n{shown}") from None

    @web.middleware
    async def _note(self, request: web.Request, handler: Any) -> web.StreamResponse:
        who = request.headers.get("Authorization", "").removeprefix("Bearer ")
        began = time.monotonic()
        if self.silent.is_set():
            raise web.HTTPServiceUnavailable
        self.asked.append(Asked(who, request.method, request.path_qs, 0, began))
        position = len(self.asked) - 1
        answer = await self.answer(request, handler)
        self.asked[position] = Asked(who, request.method, request.path_qs, answer.status, began)
        return answer


async def _as_it_is(request: web.Request, handler: Any) -> web.StreamResponse:
    answer: web.StreamResponse = await handler(request)
    return answer


class ControllerProcess:
    """``canarytui controller`` as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.log: list[dict[str, Any]] = []
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, kubeconfig: Path, port: int, *arguments: str) -> ControllerProcess:
        command = [sys.executable, "-m", "canarytui", "controller", f"-kubeconfig={kubeconfig}", f"-port={port}"]
        process = await asyncio.create_subprocess_exec(*command, *arguments, stderr=asyncio.subprocess.PIPE)
        return cls(process, port)

    def messages(self) -> list[str]:
        return [str(line["msg"]) for line in self.log]

    async def ended(self, timeout_s: float = SETTLES_S) -> int:
        """The exit code, once all that was logged is read."""
        async with asyncio.timeout(timeout_s):
            code = await self.process.wait()
            await self._reading
        return code

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.ended()

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            try:
                self.log.append(json.loads(line))
            except ValueError:
                self.log.append({"msg": line.decode(), "level": "not JSON"})


Start = Callable[..., Awaitable[ControllerProcess]]
"""Starts a controller: the user's name, then flags."""

"""An API server of a hundred lines for the data plane's tests: objects in a dictionary, merge patches,
watches.

It keeps what the data plane relies on: resource versions, uid preconditions, graceful pod deletion, field
selectors on the node name, and a watch from a version on.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

Object = dict[str, Any]
ADMIN_TOKEN = "admin-token"


class FakeApi:
    """Serves any resource under any group; `objects` is keyed by (resource path, namespace, name)."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str, str], Object] = {}
        self.history: list[tuple[int, str, str, Object]] = []
        self.version = 0
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def kubeconfig(self, path: Path) -> Path:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
            "users": [{"name": "kubelet", "user": {"token": "kubelet-token"}}],
            "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "kubelet"}}],
            "current-context": "fake",
        }
        path.write_text(yaml.safe_dump(config))
        return path

    def put(self, resource: str, obj: Object) -> Object:
        """Create or replace, as any other client would."""
        metadata = obj["metadata"]
        key = (resource, metadata.get("namespace", ""), metadata["name"])
        metadata.setdefault("uid", str(uuid.uuid4()))
        event = "MODIFIED" if key in self.objects else "ADDED"
        self._store(event, key, obj)
        return obj

    def get(self, resource: str, namespace: str, name: str) -> Object | None:
        return self.objects.get((resource, namespace, name))

    def named(self, resource: str) -> list[Object]:
        return [obj for (kind, _, _), obj in self.objects.items() if kind == resource]

    def remove(self, resource: str, namespace: str, name: str) -> None:
        obj = self.objects.pop((resource, namespace, name))
        self._record("DELETED", resource, obj)

    def delete_pod(self, namespace: str, name: str, grace_s: int = 30) -> None:
        """As ``kubectl delete pod``: the kubelet finishes it."""
        pod = json.loads(json.dumps(self.objects["pods", namespace, name]))
        pod["metadata"]["deletionTimestamp"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        pod["metadata"]["deletionGracePeriodSeconds"] = grace_s
        self.put("pods", pod)

    def _store(self, event: str, key: tuple[str, str, str], obj: Object) -> None:
        self.version += 1
        obj["metadata"]["resourceVersion"] = str(self.version)
        self.objects[key] = obj
        self._append(event, key[0], obj)

    def _record(self, event: str, resource: str, obj: Object) -> None:
        self.version += 1
        self._append(event, resource, {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.version)}})

    def _append(self, event: str, resource: str, obj: Object) -> None:
        self.history.append((self.version, event, resource, json.loads(json.dumps(obj))))
        self._changed.set()
        self._changed = asyncio.Event()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        parts = [part for part in request.path.split("/") if part]
        if parts == ["version"]:
            return web.json_response({"gitVersion": "v1.32.0"})
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        resource, name, subresource = (*rest, "", "")[:3]
        if resource == "tokenreviews":
            return await self._review(request)
        if request.method == "GET" and not name:
            return await self._list_or_watch(request, resource)
        if request.method == "POST":
            return await self._create(request, resource, namespace)
        key = (resource, namespace, name)
        if key not in self.objects:
            return _status(404, "NotFound", f'{resource} "{name}" not found')
        if request.method == "PATCH":
            return await self._patch(request, key, subresource)
        if request.method == "DELETE":
            return await self._delete(request, key)
        return web.json_response(self.objects[key])

    async def _review(self, request: web.Request) -> web.Response:
        review = await request.json()
        good = review["spec"]["token"] == ADMIN_TOKEN
        user = {"username": "admin", "groups": ["system:masters"]} if good else {}
        return web.json_response({**review, "status": {"authenticated": good, "user": user}}, status=201)

    async def _list_or_watch(self, request: web.Request, resource: str) -> web.StreamResponse:
        on_node = "spec.nodeName" in request.query.get("fieldSelector", "")
        if request.query.get("watch") != "true":
            items = [o for o in self.named(resource) if not on_node or o["spec"].get("nodeName")]
            return web.json_response({"metadata": {"resourceVersion": str(self.version)}, "items": items})
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        position = int(request.query.get("resourceVersion") or 0)
        while True:
            changed = self._changed
            for version, event, kind, obj in self.history:
                if version > position and kind == resource and (not on_node or obj["spec"].get("nodeName")):
                    await response.write(json.dumps({"type": event, "object": obj}).encode() + b"\n")
            position = self.version
            await changed.wait()

    async def _create(self, request: web.Request, resource: str, namespace: str) -> web.Response:
        obj = await request.json()
        obj["metadata"]["namespace"] = namespace
        if (resource, namespace, obj["metadata"]["name"]) in self.objects:
            return _status(409, "AlreadyExists", "already exists")
        return web.json_response(self.put(resource, obj), status=201)

    async def _patch(self, request: web.Request, key: tuple[str, str, str], subresource: str) -> web.Response:
        patch = await request.json()
        before = self.objects[key]
        uid = (patch.get("metadata") or {}).get("uid")
        if uid and uid != before["metadata"]["uid"]:
            return _status(409, "Conflict", "the UID in the precondition does not match")
        part = {"status": patch.get("status")} if subresource == "status" else patch
        after = merge(before, part)
        if after != before:
            self._store("MODIFIED", key, after)
        return web.json_response(self.objects[key])

    async def _delete(self, request: web.Request, key: tuple[str, str, str]) -> web.Response:
        options = await request.json() if request.can_read_body else {}
        obj = self.objects[key]
        uid = (options.get("preconditions") or {}).get("uid")
        if uid and uid != obj["metadata"]["uid"]:
            return _status(409, "Conflict", "the UID in the precondition does not match")
        self.remove(*key)
        return web.json_response({"kind": "Status", "status": "Success"})


def merge(target: Any, patch: Any) -> Any:
    """JSON merge patch."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def _status(code: int, reason: str, message: str) -> web.Response:
    body = {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message}
    return web.json_response(body, status=code)


def podinfo_pod(
    name: str,
    *,
    image: str = "stefanprodan/podinfo:6.0.0",
    namespace: str = "test",
    labels: dict[str, str] | None = None,
    **container: Any,
) -> Object:
    """A podinfo pod that is bound to the node; keyword arguments are fields of its container."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels or {"app": "podinfo"}},
        "spec": {
            "nodeName": "sandbox",
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "containers": [
                {
                    "name": "podinfod",
                    "image": image,
                    "ports": [{"name": "http", "containerPort": 9898, "protocol": "TCP"}],
                    **container,
                }
            ],
        },
    }


def gateway_pod(name: str = "traefik-1") -> Object:
    """A pod of the gateway."""
    pod = podinfo_pod(name, image="docker.io/traefik:v3.7.0", namespace="traefik", labels={"app": "traefik"})
    pod["spec"]["containers"][0] |= {
        "name": "traefik",
        "args": ["--entryPoints.metrics.address=:9100/tcp", "--entryPoints.web.address=:8000/tcp"],
        "ports": [
            {"name": "web", "containerPort": 8000, "protocol": "TCP"},
            {"name": "metrics", "containerPort": 9100, "protocol": "TCP"},
        ],
    }
    return pod


def service(name: str, namespace: str = "test", port: int = 80, target: Any = 9898) -> Object:
    spec = {"ports": [{"name": "http", "port": port, "targetPort": target}], "clusterIP": "10.43.0.7"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def endpoints(name: str, pods: list[str], namespace: str = "test", port: int = 9898) -> Object:
    addresses = [{"ip": "10.42.0.2", "targetRef": {"kind": "Pod", "namespace": namespace, "name": pod}} for pod in pods]
    subsets = [{"addresses": addresses, "ports": [{"name": "http", "port": port}]}] if pods else []
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata, "subsets": subsets}


def traefik_service(name: str, spec: Object, namespace: str = "test") -> Object:
    return {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "TraefikService",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def weighted(*entries: tuple[str, int], **more: Any) -> Object:
    services = [{"name": name, "namespace": "test", "port": 80, "weight": weight} for name, weight in entries]
    return {"weighted": {"services": services, **more}}


def ingress_route(match: str, services: list[Object], name: str = "podinfo", **route: Any) -> Object:
    return {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "IngressRoute",
        "metadata": {"name": name, "namespace": "test"},
        "spec": {
            "entryPoints": ["web"],
            "routes": [{"match": match, "kind": "Rule", "services": services, **route}],
        },
    }


def ready(pod: Object | None) -> bool:
    """Whether the Ready condition is true."""
    return any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for condition in ((pod or {}).get("status") or {}).get("conditions", ())
    )


def events_about(api: FakeApi, name: str) -> Iterator[tuple[str, str]]:
    """(reason, message) of the Events about a pod, oldest first."""
    for event in api.named("events"):
        if event["involvedObject"]["name"] == name:
            yield event["reason"], event["message"]


def gateway_class(name: str = "traefik", controller: str = "traefik.io/gateway-controller") -> Object:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": name, "generation": 1},
        "spec": {"controllerName": controller},
    }


def gateway_object(*listeners: Object, name: str = "gate", namespace: str = "traefik", of: str = "traefik") -> Object:
    """A Gateway; without `listeners` it has one for all namespaces at port 80."""
    everywhere = {"name": "web", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": name, "namespace": namespace, "generation": 1},
        "spec": {"gatewayClassName": of, "listeners": list(listeners) or [everywhere]},
    }


def http_route(*rules: Object, name: str = "podinfo", generation: int = 1, **spec: Any) -> Object:
    """An HTTPRoute in namespace test for app.example.com at the Gateway of :func:`gateway_object`."""
    whole = {"parentRefs": [{"name": "gate", "namespace": "traefik"}], "hostnames": ["app.example.com"]}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": "test", "generation": generation},
        "spec": {**whole, "rules": list(rules), **spec},
    }


def to_backends(*weights: tuple[str, int], **rule: Any) -> Object:
    """A rule of an HTTPRoute: Services at port 80 with their weights."""
    return {"backendRefs": [{"name": name, "port": 80, "weight": weight} for name, weight in weights], **rule}


def ingress_class(name: str = "nginx", controller: str = "k8s.io/ingress-nginx") -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": name},
        "spec": {"controller": controller},
    }


def ingress(
    name: str, *paths: tuple[str, str, str], host: str = "app.example.com", created: str = "", **annotations: str
) -> Object:
    """An Ingress of class nginx in namespace test: (path, path type, Service at port 80); `annotations` are those of
    ingress-nginx, with underscores for dashes."""
    own = {f"nginx.ingress.kubernetes.io/{key.replace('_', '-')}": value for key, value in annotations.items()}
    listed = [
        {"path": path, "pathType": kind, "backend": {"service": {"name": to, "port": {"number": 80}}}}
        for path, kind, to in paths
    ]
    rule = {**({"host": host} if host else {}), "http": {"paths": listed}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": "test", "creationTimestamp": created, "annotations": own},
        "spec": {"ingressClassName": "nginx", "rules": [rule]},
    }


def ingress_nginx_pod(name: str = "ingress-nginx-1") -> Object:
    """A pod of ingress-nginx's controller."""
    image = "registry.k8s.io/ingress-nginx/controller:v1.14.0"
    return podinfo_pod(
        name,
        image=image,
        namespace="ingress-nginx",
        labels={"app": "ingress-nginx"},
        ports=[{"name": "http", "containerPort": 80}, {"name": "metrics", "containerPort": 10254}],
    )

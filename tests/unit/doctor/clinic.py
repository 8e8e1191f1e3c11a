"""A healthy cluster on loopback: the sandbox's API server with a rollout's objects, and a Prometheus with its series.

Every test breaks something in it.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from live_api import LiveApi

from canarytui.cluster.client import ClusterTarget
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.doctor.run import DoctorReport, examine_canaries
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage
from canarytui.session.opened_cluster import open_cluster
from canarytui.session.state import ClusterState

Object = dict[str, Any]
REQUESTS = "traefik_service_request_duration_seconds_bucket"
GATEWAY = {"job": "traefik", "instance": "10.0.0.9:8080"}
SCRAPES = range(0, 601, 15)


def labelled(side: str, code: str = "200") -> dict[str, str]:
    return {**GATEWAY, "service": f"test-cart-{side}-80@kubernetescrd", "code": code}


class Clinic:
    """`objects` are (resource, object) pairs, made when the cluster is examined; `series` are (name, labels, growth in
    a second)."""

    def __init__(self, folder: Path) -> None:
        self.live = LiveApi(folder)
        self.without_kinds: set[str] = set()
        self.who = "one"
        self.change_definition: Callable[[Object], None] = lambda definition: None
        self.manager = "kubectl"
        self.series: list[tuple[str, Mapping[str, str], float]] = [
            (REQUESTS, {**labelled(side), "le": le}, 5.0)
            for side in ("canary", "primary")
            for le in ("0.1", "0.3", "+Inf")
        ]
        self.restarted: set[str] = set()
        """Names of counters that begin again two minutes ago."""
        self.up: list[tuple[Mapping[str, str], float]] = [(GATEWAY, 1.0)]
        canary = canary_object("test", "cart", "Progressing", weight=20)
        canary["metadata"].pop("uid"), canary["metadata"].pop("resourceVersion")
        canary["spec"]["progressDeadlineSeconds"] = 600
        canary["spec"]["analysis"]["webhooks"][0]["metadata"]["cmd"] = "curl -fsd 'test' http://cart-canary.test/token"
        self.canary: Object = canary
        self.objects: dict[str, tuple[str, Object]] = {
            "target": ("deployments.apps", _deployment("test", "cart", "cart:4.0.7")),
            "primary": ("deployments.apps", _deployment("test", "cart-primary", "cart:4.0.6")),
            "controller": ("deployments.apps", _deployment("kube-system", "flagger", "ghcr.io/fluxcd/flagger:1.44.0")),
            "binding": ("clusterrolebindings.rbac.authorization.k8s.io", _admin("kube-system", "flagger")),
            "split": ("traefikservices.traefik.io", _split()),
            "route": ("ingressroutes.traefik.io", _route()),
            "tester": ("services", _service("flagger-loadtester")),
            "tester endpoints": ("endpoints", _endpoints("flagger-loadtester")),
            **{name: ("services", _service(name)) for name in ("cart", "cart-primary", "cart-canary")},
        }

    def remove(self, *names: str) -> None:
        for name in names:
            del self.objects[name]

    def object(self, name: str) -> Object:
        return self.objects[name][1]

    def add(self, resource: str, obj: Object) -> None:
        self.objects[f"added {len(self.objects)}"] = (resource, obj)

    async def examine(self, prometheus: str | None = None) -> DoctorReport:
        """What doctor says."""
        storage = self._scraped()
        runner = web.AppRunner(PrometheusApi(storage).make_app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = "http://{}:{}".format(*runner.addresses[0][:2])
        await self._fill(url if prometheus is None else prometheus)
        await self.live.start()
        state = ClusterState()
        target = ClusterTarget(kubeconfig=str(self.live.kubeconfig(self.who)))
        opened = await open_cluster(state, target, namespace=None, all_namespaces=False)
        try:
            await asyncio.sleep(0)
            return await examine_canaries(opened, state, state.keys())
        finally:
            await opened.cluster.close()
            await self.live.stop()
            await runner.cleanup()

    async def _fill(self, prometheus: str) -> None:
        from canarytui.sandbox import manifests

        for definition in manifests.crds():
            self.change_definition(definition)
            if definition["spec"]["names"]["kind"] not in self.without_kinds:
                self.live.create("customresourcedefinitions.apiextensions.k8s.io", definition, None)
        for resource, obj in self.objects.values():
            self._create(resource, obj)
        self.canary["spec"].setdefault("metricsServer", prometheus)
        self._create("canaries.flagger.app", self.canary)

    def _create(self, resource: str, obj: Object) -> None:
        obj = copy.deepcopy(obj)
        namespace, status = obj["metadata"].get("namespace"), obj.get("status")
        made = self.live.api.create(self.live.rt(resource), namespace, obj, field_manager=self.manager)
        if status:
            found = self.live.rt(resource)
            made = {**made, "status": status}
            self.live.api.update(found, namespace, made["metadata"]["name"], made, subresource="status")

    def _scraped(self) -> SeriesStorage:
        storage, begin = SeriesStorage(), time.time() - SCRAPES[-1]
        for at_s in SCRAPES:
            for name, labels, growth in self.series:
                since_s = SCRAPES[-1] - 120 if name in self.restarted and at_s > SCRAPES[-1] - 120 else 0
                storage.append(make_labels({"__name__": name, **labels}), begin + at_s, growth * (at_s - since_s) + 7)
            for labels, value in self.up:
                storage.append(make_labels({"__name__": "up", **labels}), begin + at_s, value)
        return storage


def lease(name: str, *, age_s: float = 0.0) -> Object:
    renewed = datetime.fromtimestamp(time.time() - age_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    spec = {"holderIdentity": "laptop", "leaseDurationSeconds": 60, "renewTime": renewed}
    return {"metadata": {"name": name, "namespace": "kube-system"}, "spec": spec}


def _deployment(namespace: str, name: str, image: str) -> Object:
    made = deployment_object(namespace, name, image, 2, 2)
    made["metadata"] = {"namespace": namespace, "name": name}
    made["spec"]["selector"] = {"matchLabels": {"app": name}}
    template = made["spec"]["template"]
    template["metadata"] = {"labels": {"app": name}}
    template["spec"]["serviceAccountName"] = name
    made["status"]["observedGeneration"] = 1
    return made


def _admin(namespace: str, account: str) -> Object:
    return {
        "metadata": {"name": account},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }


def _split() -> Object:
    services = [{"name": "cart-primary", "port": 80, "weight": 80}, {"name": "cart-canary", "port": 80, "weight": 20}]
    return {"metadata": {"name": "cart", "namespace": "test"}, "spec": {"weighted": {"services": services}}}


def _route() -> Object:
    service = {"name": "cart", "kind": "TraefikService", "port": 80}
    rule = {"match": "Host(`app.example.com`)", "kind": "Rule", "services": [service]}
    return {"metadata": {"name": "cart", "namespace": "test"}, "spec": {"entryPoints": ["web"], "routes": [rule]}}


def _service(name: str) -> Object:
    spec = {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": 9898}]}
    return {"metadata": {"name": name, "namespace": "test"}, "spec": spec}


def _endpoints(name: str) -> Object:
    subsets = [{"addresses": [{"ip": "10.0.0.8"}], "ports": [{"name": "http", "port": 9898}]}]
    return {"metadata": {"name": name, "namespace": "test"}, "subsets": subsets}

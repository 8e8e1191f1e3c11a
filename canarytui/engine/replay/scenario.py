"""The objects that a recording's scenario began with, and the actions done to them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from canarytui.domain.text.bounded import parse_json
from canarytui.engine.replay.cluster import KNATIVE, ReplayCluster, merged
from canarytui.engine.replay.recorded_fields import KINDS
from canarytui.engine.replay.recording import Recording
from canarytui.errors import InvalidObject

_PORTS = [{"name": "http", "containerPort": 9898}, {"name": "metrics", "containerPort": 9797}]
_SERIES = 'traefik_service_request_duration_seconds_bucket{service=~"{{ namespace }}-{{ target }}-canary-'
_SERIES += '[0-9a-zA-Z-]+@kubernetescrd",'
_NOT_FOUND_PERCENT = (
    f'sum(rate({_SERIES}code!="404",}}[{{{{ interval }}}}]))/sum(rate({_SERIES}}}[{{{{ interval }}}}]))*100'
)
_ROUTERS = ("TraefikService", "VirtualService", "HTTPRoute")
_SERVER = {"type": "prometheus", "address": "http://prometheus:9090"}


class Scenario:
    """Fills a cluster view at the start and changes it when an action is due."""

    def __init__(self, recording: Recording, cluster_view: ReplayCluster) -> None:
        self._recording = recording
        self._cluster_view = cluster_view
        metadata = recording.canary["metadata"]
        self.name, self.namespace = metadata["name"], metadata["namespace"]
        self._target = recording.canary["spec"]["targetRef"]
        group = str(self._target.get("apiVersion") or "").rpartition("/")[0]
        self._kind = f"{self._target['kind']}.{group}" if group == KNATIVE else self._target["kind"]
        self._configs = recording.configs or (
            [f"configmap/{self.name}-cfg"] if any(what.startswith("configmap") for _, what in recording.actions) else []
        )

    def set_up(self, now: datetime) -> None:
        """What was there: whole manifests, Services, target, scaler, Ingress, configs and templates; then the canary.

        No target where that is the scenario.
        """
        canary = self._recording.canary
        for manifest in self._recording.manifests:
            self._create(manifest)
        for fact in self._recording.given:
            plain = fact.get("object") == "Service" and "apiVersion" not in fact
            if plain and not self._is_there("Service", fact["name"]):
                self._put_service(fact["name"], fact["spec"])
        if self._has_target() and not self._is_there(self._kind, self._target["name"]):
            self._cluster_view.put(self._workload())
        scaler, ingress = canary["spec"].get("autoscalerRef"), canary["spec"].get("ingressRef")
        if scaler and not self._was_missing(f"{scaler['name']}.{self.namespace} get query error"):
            self._put_scaler(scaler)
        known = ingress and self._is_there("Ingress", ingress["name"])
        if (
            ingress
            and not known
            and not self._was_missing(f"ingress {ingress['name']}.{self.namespace} get query error")
        ):
            self._put_ingress(ingress["name"])
        for config in self._configs:
            self._put_config(config, "red")
        for metric in canary["spec"]["analysis"].get("metrics") or ():
            reference = metric.get("templateRef")
            namespace = (reference or {}).get("namespace") or self.namespace
            if reference and not self._was_missing(f"etric template {reference['name']}.{namespace} error"):
                spec = {"provider": _SERVER, "query": self._template_query()}
                self._put("MetricTemplate", reference["name"], namespace=namespace, spec=spec)
        self._cluster_view.let_pods_start(now)
        self._cluster_view.put({**canary, "kind": "Canary", "status": {}})

    def do(self, action: str) -> bool:
        """Carry out an action; False when it ends the scenario.

        Raises:
            InvalidObject: an action that this harness does not know.
        """
        verb, _, argument = action.partition(" ")
        match verb:
            case "set-image" | "stuck":
                self._change_target(lambda spec: _set_image(spec, argument))
            case "scale":
                self._change_target(lambda spec: spec.update(replicas=int(argument)))
            case "configmap" | "secret":
                self._put_config(next(name for name in self._configs if name.startswith(verb)), argument)
            case "patch" | "status":
                self._patch("Canary", self.name, argument)
            case "restart" | "annotate":
                note = argument or f"restarted-{len(self._cluster_view.objects)}"
                self._change_target(lambda spec: _annotate(spec, note))
            case "delete":
                return self._cluster_view.delete("Canary", self.namespace, self.name)
            case "delete-target" | "delete-primary":
                name = self._target["name"] + ("-primary" if verb == "delete-primary" else "")
                self._cluster_view.delete(self._kind, self.namespace, name)
            case "router-reset":
                self._reset_router()
            case "create" if argument.startswith("{"):
                self._create(parse_json(argument))
            case _ if verb.startswith("patch-") and argument.startswith("{"):
                self._patch(*self._meant(verb.removeprefix("patch-")), argument)
            case _:
                raise InvalidObject(f"Recording {self._recording.name}: its action {action!r} cannot be replayed.")
        return True

    def _is_there(self, kind: str, name: str) -> bool:
        return self._cluster_view.get(kind, self.namespace, name) is not None

    def _create(self, manifest: dict[str, Any]) -> None:
        """Put `manifest` into the cluster view; the canary's namespace is meant where it names none.

        Raises:
            InvalidObject: it has no kind or no name.
        """
        metadata = manifest.get("metadata")
        if not manifest.get("kind") or not isinstance(metadata, dict) or not metadata.get("name"):
            problem = "an object to be created has no kind or no metadata.name"
            raise InvalidObject(f"Recording {self._recording.name}: {problem}.")
        self._cluster_view.put({**manifest, "metadata": {"namespace": self.namespace, "generation": 1, **metadata}})

    def _put_service(self, name: str, facts: dict[str, Any]) -> None:
        spec = {key: value for key, value in facts.items() if key not in ("labels", "annotations")}
        metadata = {key: facts[key] for key in ("labels", "annotations") if facts.get(key)}
        metadata |= {"name": name, "namespace": self.namespace, "generation": 1}
        self._cluster_view.put({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})

    def _reset_router(self) -> None:
        """A person resets the router to its initial state: all requests to the primary.

        Raises:
            InvalidObject: there is no router.
        """
        for kind in _ROUTERS:
            router = self._cluster_view.get(kind, self.namespace, self._apex)
            first = self._cluster_view.first_spec(kind, self.namespace, self._apex)
            if router is not None and first is not None:
                self._cluster_view.put({**router, "spec": first})
                return
        raise InvalidObject(f"Recording {self._recording.name}: it resets a router, and there is none.")

    @property
    def _apex(self) -> str:
        service = self._recording.canary["spec"].get("service") or {}
        return str(service.get("name") or self._target["name"])

    def _was_missing(self, complaint: str) -> bool:
        """Whether Flagger reported this about an object that the canary refers to; if so, it is set up like that."""
        return any(complaint in text for text in self._recording.outcome.texts)

    def _has_target(self) -> bool:
        """Whether a workload of the target's name was there at first."""
        of_its_kind = (fact for fact in self._recording.given if fact.get("object") == self._target["kind"])
        return any(fact["name"] == self._target["name"] for fact in of_its_kind)

    def _put(self, kind: str, name: str, *, namespace: str = "", **content: Any) -> None:
        metadata = {"name": name, "namespace": namespace or self.namespace}
        self._cluster_view.put({"apiVersion": "v1", "kind": kind, "metadata": metadata, **content})

    def _put_scaler(self, reference: dict[str, Any]) -> None:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self._target["name"]}
        spec: dict[str, Any] = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 4}
        if reference["kind"] == "ScaledObject":
            spec = {"scaleTargetRef": target, "minReplicaCount": 2, "maxReplicaCount": 4, "triggers": []}
        given = self._recording.given
        recorded = (fact["spec"] for fact in given if KINDS.get(fact.get("object", "")) == reference["kind"])
        self._put(reference["kind"], reference["name"], spec=next(recorded, spec))

    def _put_ingress(self, name: str) -> None:
        port = self._recording.canary["spec"]["service"]["port"]
        backend = {"service": {"name": self._apex, "port": {"number": port}}}
        path = {"path": "/", "pathType": "Prefix", "backend": backend}
        self._put("Ingress", name, spec={"rules": [{"host": "app.example.com", "http": {"paths": [path]}}]})

    def _put_config(self, config: str, value: str) -> None:
        kind, _, name = config.partition("/")
        if kind == "secret":
            self._put("Secret", name, data={"apiKey": value}, type="Opaque")
        else:
            self._put("ConfigMap", name, data={"color": value})

    def _template_query(self) -> str:
        """The seed's template; where another one was recorded, its text as the metric server got it."""
        recorded = [query for query, check in self._recording.checks.items() if check == "template"]
        if not recorded or 'code!="404"' in recorded[0]:
            return _NOT_FOUND_PERCENT
        return recorded[0]

    def _meant(self, what: str) -> tuple[str, str]:
        """Kind and name of what an action changes: the target, its primary, or an object of the apex' name."""
        target = self._target["name"]
        if what in ("target", "primary", self._target["kind"].lower()):
            return self._kind, f"{target}-primary" if what == "primary" else target
        kind, _, name = what.partition("/")
        name = name or (target if self._kind != self._target["kind"] else self._apex)
        kind = {"hpa": KINDS["HPA"].lower()}.get(kind, kind)
        for known, namespace, called in self._cluster_view.objects:
            if known.partition(".")[0].lower() == kind and called == name and namespace in (self.namespace, ""):
                return known, name
        raise InvalidObject(f"Recording {self._recording.name}: its action patch-{what} cannot be replayed.")

    def _patch(self, kind: str, name: str, patch: str) -> None:
        found = self._cluster_view.get(kind, self.namespace, name) or self._cluster_view.get(kind, "", name)
        if found is None:
            raise InvalidObject(f"Recording {self._recording.name}: it changes {kind} {name}, which is not there.")
        changed = merged(found, parse_json(patch))
        if kind in ("Deployment", "DaemonSet") and changed["spec"] != found["spec"]:
            changed["metadata"]["generation"] += 1
        self._cluster_view.put(changed)

    def _change_target(self, change: Any) -> None:
        target = self._cluster_view.get(self._kind, self.namespace, self._target["name"])
        if target is None:
            raise InvalidObject(f"Recording {self._recording.name}: it changes a target that is not there.")
        changed: dict[str, Any] = json.loads(json.dumps(target))
        change(changed["spec"])
        changed["metadata"]["generation"] += 1
        self._cluster_view.put(changed)

    def _workload(self) -> dict[str, Any]:
        kind, name = self._target["kind"], self._target["name"]
        metadata = {"name": name, "namespace": self.namespace, "generation": 1}
        if kind == "Service":
            spec: dict[str, Any] = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 9898}]}
            return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}
        defaults, labels = self._recording.defaults, self._recording.selector or {"app": name}
        ports = defaults.get("ports") or _PORTS
        container: dict[str, Any] = {"name": "podinfod", "image": defaults["image"], "ports": ports}
        if self._configs:
            container["envFrom"] = [_env_from(config) for config in self._configs]
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        spec = {"selector": {"matchLabels": labels}, "template": template}
        if kind == "Deployment":
            spec["replicas"] = defaults["replicas"]
        return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


def _set_image(spec: dict[str, Any], tag: str) -> None:
    container = spec["template"]["spec"]["containers"][0]
    container["image"] = f"{container['image'].rpartition(':')[0]}:{tag}"


def _annotate(spec: dict[str, Any], note: str) -> None:
    spec["template"]["metadata"].setdefault("annotations", {})["kubectl.kubernetes.io/restartedAt"] = note


def _env_from(config: str) -> dict[str, Any]:
    kind, _, name = config.partition("/")
    return {"secretRef" if kind == "secret" else "configMapRef": {"name": name}}

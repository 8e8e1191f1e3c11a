"""A Rollout of Argo Rollouts as a Deployment, a Canary and MetricTemplates of Flagger's."""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.errors import ConfigError
from canarytui.migration import resources
from canarytui.migration.argo_routing import FlaggerRouting, flagger_routing
from canarytui.migration.argo_runbook import to_flagger_runbook
from canarytui.migration.argo_steps import AnalysisSteps, analysis_steps, flagger_interval, gate_hooks, steps_of
from canarytui.migration.argo_templates import CheckDraft, checks_of
from canarytui.migration.counterparts import FieldNote, note
from canarytui.migration.manifests import applicable, require_name
from canarytui.migration.objects import ObjectSet, name_of
from canarytui.migration.runbook import Migration

_SELECTED_BY = ("app", "name", "app.kubernetes.io/name")
_INTERVAL_S = 60.0
_LOST = {
    "canary": {
        "abortScaleDownDelaySeconds": "Flagger scales the canary down as soon as it has rolled back",
        "antiAffinity": "write it into the pod template",
        "canaryMetadata": "labels and annotations of pods are those of the Deployment",
        "dynamicStableScale": "the primary keeps its size",
        "minPodsPerReplicaSet": "the canary has as many pods as its Deployment or autoscaler says",
        "pingPong": "Flagger's Services do not change places",
        "scaleDownDelayRevisionLimit": "Flagger scales the canary down at once",
        "scaleDownDelaySeconds": "Flagger scales the canary down at once",
        "stableMetadata": "labels and annotations of pods are those of the Deployment",
    },
    "blueGreen": {
        "abortScaleDownDelaySeconds": "Flagger scales the canary down as soon as it has rolled back",
        "activeMetadata": "labels and annotations of pods are those of the Deployment",
        "antiAffinity": "write it into the pod template",
        "autoPromotionSeconds": "the promotion comes after the iterations: interval times iterations",
        "postPromotionAnalysis": "after the promotion only post-rollout hooks run; they cannot undo it",
        "previewMetadata": "labels and annotations of pods are those of the Deployment",
        "previewReplicaCount": "the canary has as many pods as its Deployment or autoscaler says",
        "scaleDownDelayRevisionLimit": "Flagger scales the canary down at once",
        "scaleDownDelaySeconds": "Flagger scales the canary down at once",
    },
}
_LOST_OF_SPEC = {
    "progressDeadlineAbort": "Flagger always rolls back at its deadline",
    "restartAt": "restart with canarytui trigger --restart",
    "rollbackWindow": "a rollback to an earlier revision is analysed like any other",
}


def argo_to_flagger(rollout: KubernetesObject, objects: ObjectSet) -> Migration:
    """Raises ConfigError: the Rollout has neither a canary nor a blueGreen strategy, or no pods that are known."""
    name, namespace = name_of(rollout), objects.namespace_of(rollout)
    owner = f"Rollout {namespace}/{name}"
    require_name(owner, "metadata.name", name)
    require_name(owner, "metadata.namespace", namespace)
    spec = as_mapping(rollout.get("spec"))
    strategy = as_mapping(spec.get("strategy"))
    kind = next((each for each in ("canary", "blueGreen") if isinstance(strategy.get(each), dict)), "")
    if not kind:
        raise ConfigError(f"{clean(owner, 300)} has no spec.strategy.canary or blueGreen: there is nothing to migrate.")
    return _Translation(rollout, objects, kind).made()


class _Translation:
    """One Rollout on its way."""

    def __init__(self, rollout: KubernetesObject, objects: ObjectSet, kind: str) -> None:
        self.rollout, self.objects, self.kind = rollout, objects, kind
        self.spec = as_mapping(rollout.get("spec"))
        self.strategy = as_mapping(as_mapping(self.spec.get("strategy")).get(kind))
        self.at = f"spec.strategy.{kind}"
        self.name, self.namespace = name_of(rollout), objects.namespace_of(rollout)
        self.missing: list[FieldNote] = []
        self.changed: list[FieldNote] = []
        self.decide: list[str] = list(objects.unread)

    def made(self) -> Migration:
        target, deployment = self._workload()
        services = self._services()
        apex = self._apex(target, services)
        routing = self._routing()
        steps = analysis_steps(self.rollout, steps_of(self.strategy), f"{self.at}.steps")
        own = {"namespace": self.namespace, "target": target, "service": apex, "name": target}
        own |= {
            field: routing.spec[f"{field}Ref"]["name"]
            for field in ("ingress", "route")
            if f"{field}Ref" in routing.spec
        }
        checks = checks_of(self.rollout, self._analyses(steps), self.objects, own, self._renamed(services, apex))
        autoscaler = self._autoscaler(target)
        self._lost()
        phase = as_text(as_mapping(self.rollout.get("status")).get("phase"))
        if phase in ("Progressing", "Paused"):
            self.decide.insert(0, f"A rollout is in progress ({phase}): change nothing until it has ended.")
        canary: dict[str, Any] = {
            "apiVersion": resources.CANARIES.api_version,
            "kind": resources.CANARIES.kind,
            "metadata": {"name": target, "namespace": self.namespace},
            "spec": {
                "provider": routing.provider,
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
                **({"autoscalerRef": _reference(autoscaler)} if autoscaler else {}),
                **routing.spec,
                "progressDeadlineSeconds": self.spec.get("progressDeadlineSeconds", 600),
                "service": {**self._service(apex, target, services, deployment), **routing.service},
                "analysis": self._analysis(routing, steps, checks),
            },
        }
        for part in (routing, steps, checks):
            self.missing += part.missing
            self.changed += part.changed
        self.decide += [*routing.decide, *checks.decide]
        runbook = to_flagger_runbook(
            self.name,
            target,
            apex,
            self.namespace,
            self._replicas(),
            with_deployment=bool(deployment),
            waits=routing.waits,
        )
        own_objects = (each for each in (deployment, autoscaler) if each is not None)
        return Migration(
            subject=f"Rollout {clean(self.name, 253)} in namespace {clean(self.namespace, 63)}",
            way=f"Argo Rollouts to Flagger (spec.provider: {routing.provider})",
            manifests=(*own_objects, *checks.templates, canary),
            runbook=runbook,
            decide=tuple(dict.fromkeys(self.decide)),
            missing=tuple(dict.fromkeys(self.missing)),
            changed=tuple(dict.fromkeys(self.changed)),
        )

    def _workload(self) -> tuple[str, dict[str, Any] | None]:
        """(the target's name, its Deployment where the Rollout has the pods itself)."""
        reference = as_mapping(self.spec.get("workloadRef"))
        if reference:
            name, kind = as_text(reference.get("name")), as_text(reference.get("kind"))
            owner = f"Rollout {self.namespace}/{self.name}"
            if kind != resources.DEPLOYMENTS.kind:
                raise ConfigError(
                    f"{owner}: spec.workloadRef.kind is {clean(kind, 60) or 'missing'}; a Canary's target is a "
                    "Deployment: make one of it first."
                )
            require_name(owner, "spec.workloadRef.name", name)
            scaled = reference.get("scaleDown") or "never"
            if scaled != "never":
                text = "set it to never on the Rollout first, or Argo Rollouts scales Flagger's target down"
                self.changed.append(note(self.rollout, "spec.workloadRef.scaleDown", scaled, text))
            return name, None
        if not as_mapping(self.spec.get("template")):
            raise ConfigError(f"Rollout {self.namespace}/{self.name} has neither spec.template nor spec.workloadRef.")
        labels = as_mapping(as_mapping(self.spec.get("selector")).get("matchLabels"))
        if not any(label in labels for label in _SELECTED_BY):
            text = f"Flagger needs one of {', '.join(_SELECTED_BY)} in it, or its flag -selector-labels"
            self.missing.append(note(self.rollout, "spec.selector.matchLabels", dict(labels), text))
        rolling = {key: self.strategy[key] for key in ("maxSurge", "maxUnavailable") if key in self.strategy}
        kept = (
            "replicas",
            "selector",
            "minReadySeconds",
            "revisionHistoryLimit",
            "progressDeadlineSeconds",
            "template",
        )
        made = {key: copy.deepcopy(self.spec[key]) for key in kept if key in self.spec}
        if rolling:
            made["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}
        resource = resources.DEPLOYMENTS
        deployment = applicable(
            {**self.rollout, "apiVersion": resource.api_version, "kind": resource.kind, "spec": made}
        )
        deployment["metadata"]["namespace"] = self.namespace
        return self.name, deployment

    def _services(self) -> dict[str, str]:
        """The names of the Rollout's Services by their role."""
        roles = ("stableService", "canaryService", "activeService", "previewService")
        return {role: as_text(self.strategy[role]) for role in roles if as_text(self.strategy.get(role))}

    def _apex(self, target: str, services: dict[str, str]) -> str:
        """A name whose Services, and those with -primary and -canary, Argo Rollouts does not write."""
        taken = set(services.values())
        if taken & {target, f"{target}-primary", f"{target}-canary"}:
            text = f"Argo Rollouts writes to a Service that Flagger would: spec.service.name is {target}-flagger"
            self.changed.append(note(self.rollout, f"{self.at}", ", ".join(sorted(taken)), text))
            return f"{target}-flagger"
        return target

    def _renamed(self, services: dict[str, str], apex: str) -> dict[str, str]:
        roles = {"stableService": "primary", "activeService": "primary", "canaryService": "canary",
                 "previewService": "canary"}  # fmt: skip
        return {name: f"{apex}-{roles[role]}" for role, name in services.items()}

    def _service(
        self, apex: str, target: str, services: dict[str, str], deployment: dict[str, Any] | None
    ) -> dict[str, Any]:
        name = services.get("stableService") or services.get("activeService") or ""
        found = self.objects.find(resources.SERVICES, self.namespace, name) if name else None
        named = {"name": apex} if apex != target else {}
        for port in as_mappings(as_mapping((found or {}).get("spec")).get("ports"))[:1]:
            fields = {"portName": port.get("name"), "port": port.get("port"), "targetPort": port.get("targetPort")}
            return {**named, **{key: value for key, value in fields.items() if value is not None}}
        for number in self._container_ports(deployment, target)[:1]:
            text = "its Service was not read: the port is the container's first"
            self.changed.append(note(self.rollout, f"{self.at}.stableService", name or None, text))
            return {**named, "port": number}
        self.decide.append(
            "No Service and no container port was found: write spec.service.port of the Canary, which the API server "
            "refuses without."
        )
        return named

    def _container_ports(self, deployment: dict[str, Any] | None, target: str) -> list[int]:
        found = deployment or self.objects.find(resources.DEPLOYMENTS, self.namespace, target) or {}
        pods = as_mapping(as_mapping(as_mapping(found.get("spec")).get("template")).get("spec"))
        ports = (port for each in as_mappings(pods.get("containers")) for port in as_mappings(each.get("ports")))
        return [port["containerPort"] for port in ports if isinstance(port.get("containerPort"), int)]

    def _routing(self) -> FlaggerRouting:
        given = as_mapping(self.strategy.get("trafficRouting"))
        routing = flagger_routing(self.rollout, given, self.objects, f"{self.at}.trafficRouting")
        if self.kind == "canary" and not given:
            text = "without trafficRouting weights are numbers of pods, which Flagger has not: it becomes blue/green"
            self.missing.append(note(self.rollout, f"{self.at}.trafficRouting", None, text))
        return routing

    def _analyses(self, steps: AnalysisSteps) -> list[tuple[str, KubernetesObject]]:
        found: list[tuple[str, KubernetesObject]] = [(f"{self.at}.steps", each) for each in steps.templates]
        found += [
            (f"{self.at}.{field}", self.strategy[field])
            for field in ("analysis", "prePromotionAnalysis")
            if isinstance(self.strategy.get(field), dict)
        ]
        starting = as_mapping(self.strategy.get("analysis")).get("startingStep")
        if starting is not None:
            text = "Flagger measures from the first step on"
            self.missing.append(note(self.rollout, f"{self.at}.analysis.startingStep", starting, text))
        return found

    def _analysis(self, routing: FlaggerRouting, steps: AnalysisSteps, checks: CheckDraft) -> dict[str, Any]:
        interval_s = steps.interval_s or max(10.0, min(checks.intervals_s, default=_INTERVAL_S))
        made: dict[str, Any] = {"interval": flagger_interval(interval_s)}
        made["threshold"] = min(checks.failures, default=0) + 1
        if len(set(checks.failures)) > 1:
            text = f"Flagger counts the failures of all checks together: threshold {made['threshold']}"
            self.changed.append(note(self.rollout, f"{self.at}.analysis", f"failureLimit {checks.failures}", text))
        gates = list(steps.gates)
        if self.kind == "blueGreen" or not routing.splits:
            made["iterations"] = max([*checks.counts, len(steps.weights), 1])
            if self.strategy.get("autoPromotionEnabled") is False:
                gates.append("confirm-promotion")
                text = "a confirm-promotion hook: it is promoted when somebody opens the gate"
                self.changed.append(note(self.rollout, f"{self.at}.autoPromotionEnabled", False, text))
        else:
            made["stepWeights"] = steps.weights or [100]
            if not steps.weights:
                text = "no step sets a weight: all traffic moves at once"
                self.changed.append(note(self.rollout, f"{self.at}.steps", None, text))
        if checks.metrics:
            made["metrics"] = checks.metrics
        else:
            self.decide.append("No check is left: Flagger promotes after its steps, whatever happens. Add metrics.")
        if gates:
            made["webhooks"] = gate_hooks(gates, self.namespace)
            self.decide.append(f"The gates are asked at flagger-loadtester.{self.namespace}: see that it runs there.")
        return made

    def _autoscaler(self, target: str) -> dict[str, Any] | None:
        for obj in self.objects.all(resources.AUTOSCALERS, self.namespace):
            scaled = as_mapping(as_mapping(obj.get("spec")).get("scaleTargetRef"))
            if scaled.get("kind") == resources.ROLLOUTS.kind and scaled.get("name") == self.name:
                made = applicable(obj)
                made["metadata"]["name"] = f"{name_of(obj)}-flagger"
                made["spec"]["scaleTargetRef"] = {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}
                return made
        return None

    def _replicas(self) -> int:
        replicas = self.spec.get("replicas", 1)
        return replicas if isinstance(replicas, int) else 1

    def _lost(self) -> None:
        for field, text in _LOST[self.kind].items():
            if self.strategy.get(field) is not None:
                self.missing.append(note(self.rollout, f"{self.at}.{field}", self.strategy[field], text))
        for field, text in _LOST_OF_SPEC.items():
            if self.spec.get(field) is not None:
                self.missing.append(note(self.rollout, f"spec.{field}", self.spec[field], text))
        for key, value in as_mapping(as_mapping(self.rollout.get("metadata")).get("annotations")).items():
            if str(key).startswith("notifications.argoproj.io/"):
                text = "alerts are AlertProviders in spec.analysis.alerts"
                self.missing.append(note(self.rollout, f"metadata.annotations[{key}]", value, text))


def _reference(obj: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "name": obj["metadata"]["name"]}

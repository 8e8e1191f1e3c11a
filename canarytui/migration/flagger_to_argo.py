"""A Canary of Flagger's as a Rollout of Argo Rollouts on the same Deployment, with AnalysisTemplates and Services."""

from __future__ import annotations

from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import istio
from canarytui.domain.values import KubernetesObject, as_mapping
from canarytui.errors import ConfigError
from canarytui.migration import resources
from canarytui.migration.argo_routing import argo_routing
from canarytui.migration.argo_runbook import to_argo_runbook
from canarytui.migration.argo_steps import flagger_interval
from canarytui.migration.counterparts import FieldNote, note
from canarytui.migration.flagger_checks import analysis_templates
from canarytui.migration.gateway_runbook import in_progress
from canarytui.migration.manifests import applicable, require_names
from canarytui.migration.objects import ObjectSet, name_of
from canarytui.migration.runbook import Migration

_PROMETHEUS = "prometheus"
_LOST_OF_ANALYSIS = {
    "alerts": "alerts are subscriptions: annotations notifications.argoproj.io/subscribe… of the Rollout",
    "canaryReadyThreshold": "Argo Rollouts waits for every pod of a step",
    "mirror": "mirroring is a step (setMirrorRoute), for Istio only",
    "mirrorWeight": "mirroring is a step (setMirrorRoute), for Istio only",
    "primaryReadyThreshold": "there is no primary: the new pods become the stable ones",
    "sessionAffinity": "Argo Rollouts keeps no sessions",
    "stepWeightPromotion": "there is no promotion in steps: the new pods become the stable ones",
}
_LOST_OF_SERVICE = {
    "apex", "backends", "canary", "corsPolicy", "delegation", "gatewayRefs", "gateways", "headers", "hosts", "match",
    "meshName", "mirror", "primary", "retries", "rewrite", "timeout", "trafficPolicy",
}  # fmt: skip
_LOST_HOOKS = {
    "event": "use notifications",
    "post-rollout": "nothing runs after a Rollout: use notifications",
    "pre-rollout": "make an analysis step with a job or web metric before the first setWeight",
    "rollback": "nobody can ask for a rollback by a webhook: kubectl argo rollouts abort",
    "rollout": "make a background analysis with a web metric, or a Job that sends the load",
}


def flagger_to_argo(canary: Canary, objects: ObjectSet) -> Migration:
    """Raises ConfigError: the target is no Deployment."""
    require_names(canary)
    if canary.spec.target.kind != resources.DEPLOYMENTS.kind:
        raise ConfigError(
            f"Canary {canary.namespace}/{canary.name}: its target is a {clean(canary.spec.target.kind, 60)}; a Rollout "
            "replaces Deployments only."
        )
    return _Translation(canary, objects).made()


class _Translation:
    """One Canary on its way."""

    def __init__(self, canary: Canary, objects: ObjectSet) -> None:
        self.canary, self.objects = canary, objects
        self.provider = canary.spec.provider or istio.PROVIDER.name
        self.missing: list[FieldNote] = []
        self.changed: list[FieldNote] = []
        self.decide: list[str] = [*in_progress(canary), *objects.unread]
        if not canary.spec.provider:
            self.decide.append(f"The Canary names no provider: {self.provider}, Flagger's default, is assumed.")
        target = objects.find(resources.DEPLOYMENTS, canary.namespace, canary.target_name)
        self.target = as_mapping((target or {}).get("spec"))
        if target is None:
            text = "was not read: see that spec.selector of the Rollout is the Deployment's"
            self.decide.append(f"Deployment {canary.target_name} {text}.")

    def made(self) -> Migration:
        canary = self.canary
        replicas, selector = self._replicas(), self._selector()
        checks = analysis_templates(canary, self.provider, self.objects)
        templates = checks.templates
        self.missing += checks.missing
        self.changed += checks.changed
        self.decide += checks.decide
        strategy = self._strategy([name_of(each) for each in templates])
        rollout: dict[str, Any] = {
            "apiVersion": resources.ROLLOUTS.api_version,
            "kind": resources.ROLLOUTS.kind,
            "metadata": {"name": canary.target_name, "namespace": canary.namespace},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": selector},
                "workloadRef": {
                    "apiVersion": resources.DEPLOYMENTS.api_version,
                    "kind": resources.DEPLOYMENTS.kind,
                    "name": canary.target_name,
                    "scaleDown": "never",
                },
                "progressDeadlineSeconds": canary.spec.progress_deadline_s,
                **({"paused": True} if canary.spec.suspend else {}),
                "strategy": strategy,
            },
        }
        self._lost()
        return Migration(
            subject=f"Canary {clean(canary.name, 253)} in namespace {clean(canary.namespace, 63)}",
            way="Flagger to Argo Rollouts",
            manifests=(*self._services(selector), *templates, *self._autoscalers(), rollout),
            runbook=to_argo_runbook(canary, replicas),
            decide=tuple(dict.fromkeys(self.decide)),
            missing=tuple(dict.fromkeys(self.missing)),
            changed=tuple(dict.fromkeys(self.changed)),
        )

    def _replicas(self) -> int:
        """The primary's; the target has none between rollouts."""
        primary = self.objects.find(resources.DEPLOYMENTS, self.canary.namespace, self.canary.primary_name)
        for spec in (as_mapping((primary or {}).get("spec")), self.target):
            if isinstance(spec.get("replicas"), int) and spec["replicas"] > 0:
                return int(spec["replicas"])
        self.decide.append("How many pods run was not read: set spec.replicas of the Rollout.")
        return 1

    def _selector(self) -> dict[str, Any]:
        labels = as_mapping(as_mapping(self.target.get("selector")).get("matchLabels"))
        return dict(labels) or {"app": self.canary.target_name}

    def _services(self, selector: dict[str, Any]) -> list[dict[str, Any]]:
        service = self.canary.spec.service
        port = {"name": service.port_name, "port": service.port, "targetPort": service.target_port}
        return [
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": f"{self.canary.apex_name}-rollout-{role}", "namespace": self.canary.namespace},
                "spec": {"selector": dict(selector), "ports": [dict(port)]},
            }
            for role in ("stable", "canary")
        ]

    def _strategy(self, templates: list[str]) -> dict[str, Any]:
        canary, plan = self.canary, step_plan(self.canary)
        stable, other = (f"{canary.apex_name}-rollout-{role}" for role in ("stable", "canary"))
        analysis = {"templates": [{"templateName": name} for name in templates]}
        hooks = {hook.type for hook in canary.spec.analysis.webhooks}
        interval = flagger_interval(canary.spec.analysis.interval_s)
        if plan.strategy is AnalysisStrategy.BLUE_GREEN:
            text = "a preview beside the active Service; the analysis runs before the promotion"
            self.changed.append(note(canary.raw, "spec.analysis.iterations", plan.total, text))
            return {
                "blueGreen": {
                    "activeService": stable,
                    "previewService": other,
                    "autoPromotionEnabled": "confirm-promotion" not in hooks,
                    **({"prePromotionAnalysis": analysis} if templates else {}),
                }
            }
        routing, notes = argo_routing(canary, self.provider)
        self.missing += notes
        if plan.strategy is AnalysisStrategy.AB:
            steps, routing = self._header_steps(routing, plan.total)
        else:
            pause = {} if "confirm-traffic-increase" in hooks else {"duration": interval}
            steps = [step for weight in plan.stops for step in ({"setWeight": weight}, {"pause": dict(pause)})]
        if "confirm-rollout" in hooks:
            steps.insert(0, {"pause": {}})
        if "confirm-promotion" in hooks:
            steps.append({"pause": {}})
        return {
            "canary": {
                "stableService": stable,
                "canaryService": other,
                **({"trafficRouting": routing} if routing else {}),
                "steps": steps,
                **({"analysis": analysis} if templates else {}),
            }
        }

    def _header_steps(self, routing: dict[str, Any], iterations: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        analysis, route = self.canary.spec.analysis, f"{self.canary.apex_name}-canary-header"
        matches = [
            {"headerName": name, "headerValue": {key: value for key, value in as_mapping(given).items() if value}}
            for match in analysis.match
            for name, given in as_mapping(match.get("headers")).items()
        ]
        seconds = analysis.interval_s * max(iterations, 1)
        steps: list[dict[str, Any]] = [
            {"setCanaryScale": {"weight": 100}},  # without a weight there would be no pods
            {"setHeaderRoute": {"name": route, "match": matches}},
            {"pause": {"duration": flagger_interval(seconds)}},
        ]
        text = "a header route, which needs Istio, ALB or APISIX; all of its headers must match, in Flagger any entry"
        self.missing.append(note(self.canary.raw, "spec.analysis.match", list(analysis.match), text))
        return [*steps, {"setHeaderRoute": {"name": route}}], {**routing, "managedRoutes": [{"name": route}]}

    def _autoscalers(self) -> list[dict[str, Any]]:
        reference = self.canary.spec.autoscaler
        found = None
        if reference is not None:
            found = self.objects.find(resources.AUTOSCALERS, self.canary.namespace, reference.name)
            if found is None:
                text = "was not read: its scaleTargetRef must become the Rollout"
                self.missing.append(note(self.canary.raw, "spec.autoscalerRef", reference.name, text))
        if found is None:
            return []
        made = applicable(found)
        made["metadata"]["name"] = f"{name_of(found)}-rollout"
        rollouts = resources.ROLLOUTS
        target = {"apiVersion": rollouts.api_version, "kind": rollouts.kind, "name": self.canary.target_name}
        made["spec"]["scaleTargetRef"] = target
        return [made]

    def _lost(self) -> None:
        raw: KubernetesObject = self.canary.raw
        spec = as_mapping(raw.get("spec"))
        analysis, service = as_mapping(spec.get("analysis")), as_mapping(spec.get("service"))
        self.missing += [
            note(raw, f"spec.analysis.{field}", analysis[field], text)
            for field, text in _LOST_OF_ANALYSIS.items()
            if analysis.get(field)
        ]
        self.missing += [
            note(raw, f"spec.service.{field}", service[field], "Argo Rollouts writes no routes: keep it in yours")
            for field in service
            if field in _LOST_OF_SERVICE and service[field]
        ]
        self.missing += [
            note(raw, f"spec.analysis.webhooks[{number}]", hook.name, _LOST_HOOKS[hook.type])
            for number, hook in enumerate(self.canary.spec.analysis.webhooks)
            if hook.type in _LOST_HOOKS
        ]
        for field, text in (
            ("skipAnalysis", "every Rollout runs its steps: remove the analysis to promote without"),
            ("revertOnDeletion", "a deleted Rollout takes its pods with it"),
        ):
            if spec.get(field):
                self.missing.append(note(raw, f"spec.{field}", spec[field], text))

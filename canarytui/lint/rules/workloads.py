"""The workload that a canary rolls out, and what else acts on it: autoscalers and Services."""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import Phase
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.domain.workloads.image_reference import BadReference, parse
from canarytui.lint.check import LintCheck, LintedObject, Problem, canary_check

IMAGE_LATEST = Rule("image-latest", Severity.WARNING, "An image without a fixed tag: pushing it starts no rollout.")
HPA_WITHOUT_REFERENCE = Rule(
    "autoscaler-without-reference", Severity.ERROR, "An autoscaler scales the target, and the canary does not name it."
)
AUTOSCALER_NOT_FOUND = Rule(
    "autoscaler-not-found", Severity.ERROR, "The canary's autoscaler is not among the documents, and others are."
)
FIXED_REPLICAS = Rule("replicas-beside-autoscaler", Severity.NOTE, "replicas in a workload that an autoscaler scales.")
SCALER_QUERY = Rule(
    "scaler-query-without-target", Severity.WARNING, "The primary's autoscaler asks the query that the target's asks."
)
NO_SELECTOR_LABEL = Rule(
    "selector-label-missing", Severity.ERROR, "The target's selector has none of the labels that Flagger looks for."
)
SERVICE_FIGHTS = Rule(
    "service-fights-controller", Severity.WARNING, "A Service here has the name of one that the controller writes."
)
NO_SERVICE = Rule("service-missing", Severity.ERROR, "The canary has no spec.service, and so no port for its Services.")
PORT_UNKNOWN = Rule("target-port-unknown", Severity.ERROR, "No container of the target has a port of this name.")

_WORKLOADS = ("Deployment", "DaemonSet")
_SCALERS = {"HorizontalPodAutoscaler": "scaleTargetRef", "ScaledObject": "scaleTargetRef"}
_SELECTOR_LABELS = ("app", "name", "app.kubernetes.io/name")
"""Flagger's default for ``-selector-labels``."""


def _target_of(canary: Canary, linted: LintedObject) -> KubernetesObject | None:
    if canary.spec.target.kind not in _WORKLOADS:
        return None
    return linted.manifests.named(canary.spec.target.kind, canary.target_name, canary.namespace)


def _canary_of(linted: LintedObject) -> Canary | None:
    """The canary that rolls this workload out."""
    kind = linted.obj.get("kind")
    for canary in linted.manifests.canaries_about(linted.name, linted.namespace):
        target = canary.spec.target
        if target.kind == kind and target.name == linted.name:
            return canary
    return None


def _containers(workload: KubernetesObject) -> Iterator[tuple[str, KubernetesObject]]:
    pod = as_mapping(as_mapping(as_mapping(workload.get("spec")).get("template")).get("spec"))
    for index, container in enumerate(as_mappings(pod.get("containers"))):
        yield f"spec.template.spec.containers[{index}]", container


def _latest(linted: LintedObject) -> Iterator[Problem]:
    if _canary_of(linted) is None:
        return
    for path, container in _containers(linted.obj):
        image = as_text(container.get("image"))
        try:
            reference = parse(image)
        except BadReference:
            continue  # a placeholder that something else fills in
        if reference.digest or reference.tag not in ("", "latest"):
            continue
        yield Problem(
            f"{path}.image",
            f"Image {clean(image, 100)} has no fixed tag: a new push does not change the pod template, so no rollout"
            " starts, and restarted pods of the primary run what was never analysed.",
            "Use a tag for each build, or a digest.",
        )


def _scalers_of(canary: Canary, linted: LintedObject) -> Iterator[KubernetesObject]:
    target = canary.spec.target
    for kind, field in _SCALERS.items():
        for scaler in linted.manifests.beside(kind, canary.namespace):
            reference = as_mapping(as_mapping(scaler.get("spec")).get(field))
            if reference.get("name") == target.name and reference.get("kind", "Deployment") == target.kind:
                yield scaler


def _no_reference(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    if canary.spec.autoscaler is not None:
        return
    for scaler in _scalers_of(canary, linted):
        kind, name = as_text(scaler.get("kind")), _name(scaler)
        yield Problem(
            "spec",
            f"{kind} {clean(name, 60)} scales {canary.target_name}, and the canary has no autoscalerRef: the primary,"
            " which serves the users, is not scaled.",
            f"Set spec.autoscalerRef to {kind} {clean(name, 60)}.",
        )


def _not_found(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    reference = canary.spec.autoscaler
    if reference is None or linted.manifests.named(reference.kind, reference.name, canary.namespace) is not None:
        return
    for scaler in _scalers_of(canary, linted):
        kind, name = as_text(scaler.get("kind")), clean(_name(scaler), 60)
        yield Problem(
            "spec.autoscalerRef",
            f"No {reference.kind} {clean(reference.name, 60)} was found; what scales"
            f" {canary.target_name} is {kind} {name}.",
            f"Set autoscalerRef to {kind} {name}.",
        )
        return


def _scaler_query(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    reference = canary.spec.autoscaler
    if reference is None or reference.kind != "ScaledObject":
        return
    scaler = linted.manifests.named(reference.kind, reference.name, canary.namespace)
    replaced = as_mapping(canary.spec.autoscaler_overrides.get("primaryScalerQueries"))
    for index, trigger in enumerate(as_mappings(as_mapping((scaler or {}).get("spec")).get("triggers"))):
        query = as_text(as_mapping(trigger.get("metadata")).get("query"))
        name = as_text(trigger.get("name"))
        if query and canary.target_name not in query and name not in replaced:
            yield Problem(
                "spec.autoscalerRef",
                f"The query of trigger {clean(name, 60) or index} of ScaledObject {reference.name} does not name"
                f" {canary.target_name}, so the primary's copy asks the same: both are scaled by the same load.",
                "Give the trigger a name, and the primary's query in autoscalerRef.primaryScalerQueries.",
            )


def _replicas(linted: LintedObject) -> Iterator[Problem]:
    canary = _canary_of(linted)
    if canary is None or canary.spec.autoscaler is None or linted.spec.get("replicas") is None:
        return
    if as_mapping(linted.obj.get("metadata")).get("uid"):
        return  # in a cluster every workload has replicas
    yield Problem(
        "spec.replicas",
        f"replicas is fixed at {clean(linted.spec['replicas'], 20)}, and {canary.spec.autoscaler.kind}"
        f" {canary.spec.autoscaler.name} scales the same pods: each apply sets the target back, also while the canary"
        " has traffic or rests at zero.",
        "Remove spec.replicas.",
    )


def _selector(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    workload = _target_of(canary, linted)
    if workload is None or canary.status.phase not in (Phase.NONE, Phase.INITIALIZING):
        return  # a controller with other -selector-labels has it already
    labels = as_mapping(as_mapping(as_mapping(workload.get("spec")).get("selector")).get("matchLabels"))
    if labels and not any(name in labels for name in _SELECTOR_LABELS):
        yield Problem(
            "spec.targetRef",
            f"The selector of {canary.spec.target.kind} {canary.target_name} ({', '.join(map(str, labels))}) has none"
            f" of the labels {', '.join(_SELECTOR_LABELS)}: the canary never gets beyond Initializing.",
            "Add one of them to the selector and the pods, or start the controller with -selector-labels.",
        )


def _fights(linted: LintedObject) -> Iterator[Problem]:
    selector = as_mapping(linted.spec.get("selector"))
    if any(as_text(value).endswith("-primary") for value in selector.values()):
        return  # as the controller has it
    for canary in linted.manifests.canaries_about(linted.name, linted.namespace):
        if canary.spec.target.kind not in _WORKLOADS:
            continue
        written = (canary.apex_name, canary.primary_service_name, canary.canary_service_name)
        if linted.name not in written or not selector or _is_owned(linted.obj):
            continue
        yield Problem(
            "spec.selector",
            f"The controller writes Service {linted.name} for canary {canary.name}; each apply of this one sets its"
            " selector back, and users reach the target's pods, which are scaled to zero between rollouts.",
            "Remove the Service; the controller makes it from spec.service.",
        )
        return


def _is_owned(obj: KubernetesObject) -> bool:
    owners = as_mapping(obj.get("metadata")).get("ownerReferences")
    return any(owner.get("kind") == "Canary" for owner in as_mappings(owners))


def _port(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    workload, port = _target_of(canary, linted), canary.spec.service.target_port
    if workload is None or not isinstance(port, str) or not port:
        return
    names = [
        as_text(each.get("name"))
        for _, container in _containers(workload)
        for each in as_mappings(container.get("ports"))
    ]
    if port not in names:
        yield Problem(
            "spec.service.targetPort",
            f"No container of {canary.spec.target.kind} {canary.target_name} has a port called {clean(port, 60)}"
            f" ({', '.join(filter(None, names)) or 'none has a name'}): the Services have no endpoints.",
            "Use the name or the number of a container's port.",
        )


def _name(obj: KubernetesObject) -> str:
    return as_text(as_mapping(obj.get("metadata")).get("name"))


def _no_service(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    if registry.of_target(canary) is None and not canary.spec.service.raw:
        yield Problem(
            "spec",
            "spec.service is missing: the controller makes the canary's Services with its port, and Kubernetes refuses"
            " them without one. The canary never gets beyond Initializing.",
            "Set spec.service.port.",
        )


CHECKS = (
    canary_check(NO_SERVICE, _no_service),
    LintCheck(IMAGE_LATEST, _WORKLOADS, _latest),
    canary_check(HPA_WITHOUT_REFERENCE, _no_reference),
    canary_check(AUTOSCALER_NOT_FOUND, _not_found),
    canary_check(SCALER_QUERY, _scaler_query),
    LintCheck(FIXED_REPLICAS, _WORKLOADS, _replicas),
    canary_check(NO_SELECTOR_LABEL, _selector),
    LintCheck(SERVICE_FIGHTS, ("Service",), _fights),
    canary_check(PORT_UNKNOWN, _port),
)

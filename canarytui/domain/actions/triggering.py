"""Starting a rollout: another image, another value of a variable, or a restart annotation on the pods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from canarytui.domain import image_reference
from canarytui.domain.actions.phases import IN_ANALYSIS, PROMOTING, called, next_tick_words, no_target, phase_words
from canarytui.domain.actions.wish import Wish
from canarytui.domain.actions.writing import workload_patch
from canarytui.domain.containers import containers_for, is_reference
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.situation import Situation
from canarytui.domain.workload import Container, Workload

RESTART_ANNOTATION = "kubectl.kubernetes.io/restartedAt"
"""What ``kubectl rollout restart`` sets: every tool shows it, none objects to it."""

_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def plan_trigger(situation: Situation, wish: Wish) -> Plan:
    """Start a rollout by changing the target's pods as `wish` says."""
    target = situation.target
    refusal = no_target(situation)
    container = chosen(situation, wish)
    title = f"Trigger {called(situation)}: {_what(container, wish)}"
    if target is not None and container is None:
        refusal = unclear(situation, wish) or "its target has no containers"
    if container is not None and target is not None:
        refusal = refusal or _pointless(situation, target, container, wish)
    if situation.phase in PROMOTING:
        refusal = refusal or (
            f"{phase_words(situation)}: a new revision now would be taken up only after this promotion; wait for "
            "Succeeded"
        )
    if refusal or target is None or container is None:
        return Plan(Intent.TRIGGER, title, refusal=refusal)
    restarts = situation.phase in IN_ANALYSIS
    paused = situation.canary.spec.suspend
    return Plan(
        Intent.TRIGGER,
        title,
        writes=(workload_patch(target, {"template": template_change(situation, container, wish)}),),
        effect=_effect(situation, wish, container),
        when="when it is resumed: it is paused" if paused else next_tick_words(situation),
        risk=Risk.MEDIUM if restarts or situation.phase in ("", "Initializing") else Risk.LOW,
        risk_text=_risk(situation),
        undo="roll back while it is in analysis",
        owner=target.owner,
        expects=frozenset()
        if paused or _is_promoted(situation, container, wish)
        else frozenset({"Progressing", "Waiting"}),
    )


def template_change(situation: Situation, container: Container, wish: Wish) -> dict[str, Any]:
    """The part of the pod template that `wish` changes, as a strategic merge patch."""
    if wish.restart:
        stamp = situation.clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"metadata": {"annotations": {RESTART_ANNOTATION: stamp}}}
    changed: dict[str, Any] = {"name": container.name}
    if wish.env is not None:
        changed["env"] = [{"name": wish.env[0], "value": wish.env[1]}]
    else:
        changed["image"] = wish.image
    return {"spec": {"containers": [changed]}}


def chosen(situation: Situation, wish: Wish) -> Container | None:
    """The container that `wish` names, else the one it can only be meant for; None where there is no such one."""
    target = situation.target
    if target is None or not target.containers:
        return None
    if wish.container:
        return next((each for each in target.containers if each.name == wish.container), None)
    if wish.restart:
        return target.containers[0]  # the pods start again, all of their containers
    found = containers_for(situation.canary, target, wish.image)
    return found[0] if len(found) == 1 else None


def unclear(situation: Situation, wish: Wish) -> str:
    """Why no container can be told from `wish`, with those to choose from; "" where one can."""
    target = situation.target
    if target is None or not target.containers or chosen(situation, wish) is not None:
        return ""
    found = containers_for(situation.canary, target, wish.image)
    if wish.container:
        names = ", ".join(each.name for each in target.containers)
        return f"its target has no container {clean(wish.container, 63)}, only {names}"
    listed = ", ".join(f"{each.name} ({each.image})" for each in found)
    if is_reference(wish.image):
        how = "several containers run" if len(found) < len(target.containers) else "no single container runs"
        return f"{how} the repository of {clean(wish.image, 200)}: choose one of {listed}"
    port = situation.canary.spec.service.target_port
    return f"no single container declares service.targetPort {port}: choose one of {listed}"


def _what(container: Container | None, wish: Wish) -> str:
    if wish.restart:
        return "the same pods once more (restart annotation)"
    if wish.env is not None:
        return f"{clean(wish.env[0], 100)}={clean(wish.env[1], 100)}"
    return f"{clean(container.image, 200) if container else '?'} → {clean(wish.image, 200)}"


def _pointless(situation: Situation, target: Workload, container: Container, wish: Wish) -> str:
    if wish.restart:
        return ""
    if wish.env is not None:
        return _bad_variable(target, container, *wish.env)
    image = wish.image
    if wrong := image_reference.problem(image):
        return f"{clean(image, 200)!r} is no image reference: {wrong}"
    if image == container.image:
        return f"container {container.name} runs {image} already: that is no new revision"
    if situation.phase in IN_ANALYSIS and _is_promoted(situation, container, wish):
        return (
            f"{clean(image, 200)} is the promoted image, and setting it back in an analysis is no rollback: Flagger "
            "goes on, promotes the reverted pods and analyses them again; roll back instead"
        )
    return ""


def _bad_variable(target: Workload, container: Container, name: str, value: str) -> str:
    if not _VARIABLE.fullmatch(name):
        return f"{clean(name, 60)!r} is no name of a variable"
    for entry in _environment(target.template, container.name):
        if entry.get("name") != name:
            continue
        if "valueFrom" in entry:
            return f"variable {name} of container {container.name} has a valueFrom: change it there"
        if entry.get("value") == value:
            return (
                f"variable {name} of container {container.name} is {clean(value, 60)} already: that is no new revision"
            )
    return ""


def _environment(template: Mapping[str, Any], container: str) -> list[Mapping[str, Any]]:
    spec = template.get("spec")
    listed = spec.get("containers") if isinstance(spec, Mapping) else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and entry.get("name") == container:
            variables = entry.get("env")
            return [each for each in variables if isinstance(each, Mapping)] if isinstance(variables, list) else []
    return []


def _is_promoted(situation: Situation, container: Container, wish: Wish) -> bool:
    """Whether the target would run exactly the primary's images again."""
    if situation.primary is None or situation.target is None or wish.restart or wish.env is not None:
        return False
    wanted = {each.name: each.image for each in situation.target.containers} | {container.name: wish.image}
    return wanted == {each.name: each.image for each in situation.primary.containers}


def _effect(situation: Situation, wish: Wish, container: Container) -> str:
    if situation.phase in ("", "Initializing"):
        return "Initialisation is not finished: the new revision becomes the first primary without any analysis."
    if _is_promoted(situation, container, wish):
        return "That is what the primary runs: Flagger takes it for no new revision and starts nothing."
    if situation.phase in IN_ANALYSIS:
        return "Flagger restarts the analysis from weight 0 with the new pods."
    return "Flagger scales the canary up, runs the pre-rollout checks and begins to shift traffic, step by step."


def _risk(situation: Situation) -> str:
    if situation.canary.spec.skip_analysis:
        return "spec.skipAnalysis is true: the new revision is promoted without any check."
    threshold = situation.canary.spec.analysis.threshold
    return f"Users reach the new version in growing part; it rolls back after {threshold} failed checks."

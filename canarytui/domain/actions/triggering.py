"""Starting a rollout: another image, another value of a variable, or a restart annotation on the pods."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb, option
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import workload_patch
from canarytui.domain.actions.phases import (
    IN_ANALYSIS,
    PROMOTING,
    called,
    next_tick_words,
    no_target,
    phase_words,
    risk_words,
)
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import triggering as words
from canarytui.domain.sentences import undoing
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.text.plain import clean
from canarytui.domain.workloads import image_reference
from canarytui.domain.workloads.containers import containers_for, is_reference
from canarytui.domain.workloads.workload import Container, WorkloadStatus
from canarytui.errors import UsageError

RESTART_ANNOTATION = "kubectl.kubernetes.io/restartedAt"
"""What ``kubectl rollout restart`` sets: every tool shows it, none objects to it."""

_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def plan_trigger(situation: Situation, request: ActionRequest) -> Plan:
    """Start a rollout by changing the target's pods as `request` says."""
    target = situation.target
    refusal = no_target(situation)
    container = chosen(situation, request)
    title = f"Trigger {called(situation)}: {_what(container, request)}"
    if target is not None and container is None:
        refusal = unclear(situation, request) or words.NO_CONTAINERS.text()
    if container is not None and target is not None:
        refusal = refusal or _pointless(situation, target, container, request)
    if situation.phase in PROMOTING:
        refusal = refusal or words.PROMOTION_FIRST.text(it_is=phase_words(situation))
    if refusal or target is None or container is None:
        return Plan(Intent.TRIGGER, title, refusal=refusal)
    restarts = situation.phase in IN_ANALYSIS
    paused = situation.canary.spec.suspend
    return Plan(
        Intent.TRIGGER,
        title,
        writes=(workload_patch(target, {"template": template_change(situation, container, request)}),),
        effect=_effect(situation, request, container),
        when=words.WHEN_RESUMED.text() if paused else next_tick_words(situation),
        risk=Risk.MEDIUM if restarts or situation.phase in ("", "Initializing") else Risk.LOW,
        risk_text=risk_words(situation, _risk(situation, request, container)),
        undo=words.UNDO.text(),
        owner=target.owner,
        expects=frozenset()
        if paused or _is_promoted(situation, container, request)
        else frozenset({"Progressing", "Waiting"}),
    )


def template_change(situation: Situation, container: Container, request: ActionRequest) -> dict[str, Any]:
    """The part of the pod template that `request` changes, as a strategic merge patch."""
    if request.restart:
        stamp = situation.clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"metadata": {"annotations": {RESTART_ANNOTATION: stamp}}}
    changed: dict[str, Any] = {"name": container.name}
    if request.env is not None:
        changed["env"] = [{"name": request.env[0], "value": request.env[1]}]
    else:
        changed["image"] = request.image
    return {"spec": {"containers": [changed]}}


def chosen(situation: Situation, request: ActionRequest) -> Container | None:
    """The container that `request` names, else the only possible one; None where there is no such container."""
    target = situation.target
    if target is None or not target.containers:
        return None
    if request.container:
        return next((each for each in target.containers if each.name == request.container), None)
    if request.restart:
        return target.containers[0]  # the pods start again, all of their containers
    found = containers_for(situation.canary, target, request.image)
    return found[0] if len(found) == 1 else None


def unclear(situation: Situation, request: ActionRequest) -> str:
    """Why `request` does not determine a container: its image is invalid, or several are possible; "" where it does."""
    target = situation.target
    if target is None or not target.containers or chosen(situation, request) is not None:
        return ""
    if request.image and (wrong := _bad_image(request)):
        return wrong
    found = containers_for(situation.canary, target, request.image)
    if request.container:
        names = ", ".join(each.name for each in target.containers)
        return words.NO_SUCH_CONTAINER.text(name=clean(request.container, 63), names=names)
    listed = ", ".join(f"{each.name} ({each.image})" for each in found)
    if is_reference(request.image):
        how = words.SEVERAL.text() if len(found) < len(target.containers) else words.NONE_RUNS.text()
        return words.WHICH_CONTAINER.text(how=how, repository=clean(request.image, 200), choice=listed)
    port = situation.canary.spec.service.target_port
    return words.WHICH_PORT.text(port=port, choice=listed)


def _what(container: Container | None, request: ActionRequest) -> str:
    if request.restart:
        return words.RESTART.text()
    if request.env is not None:
        return f"{clean(request.env[0], 100)}={clean(request.env[1], 100)}"
    return f"{clean(container.image, 200) if container else '?'} → {clean(request.image, 200)}"


def _pointless(situation: Situation, target: WorkloadStatus, container: Container, request: ActionRequest) -> str:
    if request.restart:
        return ""
    if request.env is not None:
        return _bad_variable(target, container, *request.env)
    image = request.image
    if wrong := _bad_image(request):
        return wrong
    if image == container.image:
        return words.SAME_IMAGE.text(container=container.name, image=image)
    if situation.phase in IN_ANALYSIS and _is_promoted(situation, container, request):
        return words.PROMOTED_IMAGE.text(image=clean(image, 200))
    return ""


def _bad_image(request: ActionRequest) -> str:
    if request.restart or request.env is not None or not (wrong := image_reference.problem(request.image)):
        return ""
    return words.BAD_IMAGE.text(image=clean(request.image, 200), why=wrong)


def _bad_variable(target: WorkloadStatus, container: Container, name: str, value: str) -> str:
    if not _VARIABLE.fullmatch(name):
        return words.BAD_VARIABLE.text(name=clean(name, 60))
    for entry in _environment(target.template, container.name):
        if entry.get("name") != name:
            continue
        if "valueFrom" in entry:
            return words.VALUE_FROM.text(name=name, container=container.name)
        if entry.get("value") == value:
            return words.SAME_VALUE.text(name=name, container=container.name, value=clean(value, 60))
    return ""


def _environment(template: Mapping[str, Any], container: str) -> list[Mapping[str, Any]]:
    spec = template.get("spec")
    listed = spec.get("containers") if isinstance(spec, Mapping) else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and entry.get("name") == container:
            variables = entry.get("env")
            return [each for each in variables if isinstance(each, Mapping)] if isinstance(variables, list) else []
    return []


def _is_promoted(situation: Situation, container: Container, request: ActionRequest) -> bool:
    """Whether the target would run exactly the primary's images again."""
    if situation.primary is None or situation.target is None or request.restart or request.env is not None:
        return False
    wanted = {each.name: each.image for each in situation.target.containers} | {container.name: request.image}
    return wanted == {each.name: each.image for each in situation.primary.containers}


def _effect(situation: Situation, request: ActionRequest, container: Container) -> str:
    spec = situation.canary.spec
    if situation.phase in ("", "Initializing"):
        return words.FIRST.text()
    if _is_promoted(situation, container, request):
        return words.AS_PRIMARY.text()
    if spec.skip_analysis:
        return words.STARTS_UNCHECKED.text()
    if situation.phase in IN_ANALYSIS:
        return words.RESTARTS.text()
    if spec.analysis.iterations > 0:
        return words.STARTS_ITERATIONS.text(iterations=spec.analysis.iterations)
    return words.STARTS_STEPS.text()


def _risk(situation: Situation, request: ActionRequest, container: Container) -> str:
    spec = situation.canary.spec
    if situation.phase in ("", "Initializing"):
        return words.FIRST_UNCHECKED.text()
    if _is_promoted(situation, container, request):
        return ""
    if spec.skip_analysis:
        return words.UNCHECKED.text()
    users = {
        AnalysisStrategy.CANARY: words.GROWING_SHARE,
        AnalysisStrategy.AB: words.MATCHING_USERS,
        AnalysisStrategy.BLUE_GREEN: words.NO_USERS_YET,
    }[step_plan(situation.canary).strategy]
    return users.text(threshold=max(spec.analysis.threshold, 1))


def _asked(options: Namespace) -> ActionRequest:
    name, equals, value = str(options.env).partition("=")
    if options.env and not (name and equals):
        from canarytui.domain.sentences.command_action import NO_ASSIGNMENT

        raise UsageError(NO_ASSIGNMENT.text(given=repr(options.env)))
    env = (name, value) if options.env else None
    return ActionRequest(Intent.TRIGGER, options.container, options.image, env, options.restart)


def _taken_back(situation: Situation, done: DoneAction) -> WayBack:
    """The image from before. In the middle of an analysis that would not cancel it, so the rollout is rolled back."""
    now = {each.name: each.image for each in situation.target.containers} if situation.target is not None else {}
    for each in done.containers:
        container, image = str(each.get("name")), each.get("image")
        if image is not None and now and now.get(container) != image:
            return WayBack(why=undoing.CHANGED_SINCE.text(container=container, image=now.get(container, "no image")))
    if situation.phase in IN_ANALYSIS:
        return WayBack(ActionRequest(Intent.ROLL_BACK))
    changed = next((each for each in done.containers if "image" in each), None)
    if changed is None:
        return WayBack(why=(undoing.VARIABLE if done.containers else undoing.RESTARTED).text())
    container = str(changed.get("name"))
    before = done.images.get(container, "")
    if not before:
        return WayBack(why=undoing.NO_IMAGE_BEFORE.text(container=clean(container, 63)))
    return WayBack(ActionRequest(Intent.TRIGGER, container, before))


_WHAT = "what"
TRIGGER = Action(
    Intent.TRIGGER,
    plan_trigger,
    answer=ControllerAnswer(new_revision=True),
    verb=Verb(
        "trigger",
        description="Start a rollout.",
        request=_asked,
        options=(
            option("--image", one_of=_WHAT, metavar="IMAGE", default="", help="the new image, or only its new tag"),
            option("--env", one_of=_WHAT, metavar="NAME=VALUE", default="", help="a variable and its new value"),
            option(
                "--restart",
                one_of=_WHAT,
                action="store_true",
                help="restart the same pods, by a restart annotation",
            ),
            option(
                "--container",
                metavar="NAME",
                default="",
                help="which container (default: the one that runs IMAGE's repository, or serves targetPort)",
            ),
        ),
    ),
    key=ActionKey("t", "t", "trigger", help="trigger: choose the new image", place=10, hint=True),
    undo=_taken_back,
    typical=(ActionRequest(Intent.TRIGGER, restart=True),),
)

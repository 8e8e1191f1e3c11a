"""Starting a rollout: another image, another value of a variable, or a restart annotation on the pods."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from canarytui.domain import image_reference
from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb, option
from canarytui.domain.actions.phases import IN_ANALYSIS, PROMOTING, called, next_tick_words, no_target, phase_words
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.actions.writing import workload_patch
from canarytui.domain.containers import containers_for, is_reference
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent, Plan, Risk
from canarytui.domain.sentences import triggering as words
from canarytui.domain.situation import Situation
from canarytui.domain.steps import Strategy, step_plan
from canarytui.domain.workload import Container, Workload
from canarytui.errors import UsageError

RESTART_ANNOTATION = "kubectl.kubernetes.io/restartedAt"
"""What ``kubectl rollout restart`` sets: every tool shows it, none objects to it."""

_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def plan_trigger(situation: Situation, wish: ActionRequest) -> Plan:
    """Start a rollout by changing the target's pods as `wish` says."""
    target = situation.target
    refusal = no_target(situation)
    container = chosen(situation, wish)
    title = f"Trigger {called(situation)}: {_what(container, wish)}"
    if target is not None and container is None:
        refusal = unclear(situation, wish) or words.NO_CONTAINERS.text()
    if container is not None and target is not None:
        refusal = refusal or _pointless(situation, target, container, wish)
    if situation.phase in PROMOTING:
        refusal = refusal or words.PROMOTION_FIRST.text(it_is=phase_words(situation))
    if refusal or target is None or container is None:
        return Plan(Intent.TRIGGER, title, refusal=refusal)
    restarts = situation.phase in IN_ANALYSIS
    paused = situation.canary.spec.suspend
    return Plan(
        Intent.TRIGGER,
        title,
        writes=(workload_patch(target, {"template": template_change(situation, container, wish)}),),
        effect=_effect(situation, wish, container),
        when=words.WHEN_RESUMED.text() if paused else next_tick_words(situation),
        risk=Risk.MEDIUM if restarts or situation.phase in ("", "Initializing") else Risk.LOW,
        risk_text=_risk(situation, wish, container),
        undo=words.UNDO.text(),
        owner=target.owner,
        expects=frozenset()
        if paused or _is_promoted(situation, container, wish)
        else frozenset({"Progressing", "Waiting"}),
    )


def template_change(situation: Situation, container: Container, wish: ActionRequest) -> dict[str, Any]:
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


def chosen(situation: Situation, wish: ActionRequest) -> Container | None:
    """The container that `wish` names, else the only possible one; None where there is no such container."""
    target = situation.target
    if target is None or not target.containers:
        return None
    if wish.container:
        return next((each for each in target.containers if each.name == wish.container), None)
    if wish.restart:
        return target.containers[0]  # the pods start again, all of their containers
    found = containers_for(situation.canary, target, wish.image)
    return found[0] if len(found) == 1 else None


def unclear(situation: Situation, wish: ActionRequest) -> str:
    """Why `wish` does not determine a container: its image is invalid, or several are possible; "" where it does."""
    target = situation.target
    if target is None or not target.containers or chosen(situation, wish) is not None:
        return ""
    if wish.image and (wrong := _bad_image(wish)):
        return wrong
    found = containers_for(situation.canary, target, wish.image)
    if wish.container:
        names = ", ".join(each.name for each in target.containers)
        return words.NO_SUCH_CONTAINER.text(name=clean(wish.container, 63), names=names)
    listed = ", ".join(f"{each.name} ({each.image})" for each in found)
    if is_reference(wish.image):
        how = words.SEVERAL.text() if len(found) < len(target.containers) else words.NONE_RUNS.text()
        return words.WHICH_CONTAINER.text(how=how, repository=clean(wish.image, 200), choice=listed)
    port = situation.canary.spec.service.target_port
    return words.WHICH_PORT.text(port=port, choice=listed)


def _what(container: Container | None, wish: ActionRequest) -> str:
    if wish.restart:
        return words.RESTART.text()
    if wish.env is not None:
        return f"{clean(wish.env[0], 100)}={clean(wish.env[1], 100)}"
    return f"{clean(container.image, 200) if container else '?'} → {clean(wish.image, 200)}"


def _pointless(situation: Situation, target: Workload, container: Container, wish: ActionRequest) -> str:
    if wish.restart:
        return ""
    if wish.env is not None:
        return _bad_variable(target, container, *wish.env)
    image = wish.image
    if wrong := _bad_image(wish):
        return wrong
    if image == container.image:
        return words.SAME_IMAGE.text(container=container.name, image=image)
    if situation.phase in IN_ANALYSIS and _is_promoted(situation, container, wish):
        return words.PROMOTED_IMAGE.text(image=clean(image, 200))
    return ""


def _bad_image(wish: ActionRequest) -> str:
    if wish.restart or wish.env is not None or not (wrong := image_reference.problem(wish.image)):
        return ""
    return words.BAD_IMAGE.text(image=clean(wish.image, 200), why=wrong)


def _bad_variable(target: Workload, container: Container, name: str, value: str) -> str:
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


def _is_promoted(situation: Situation, container: Container, wish: ActionRequest) -> bool:
    """Whether the target would run exactly the primary's images again."""
    if situation.primary is None or situation.target is None or wish.restart or wish.env is not None:
        return False
    wanted = {each.name: each.image for each in situation.target.containers} | {container.name: wish.image}
    return wanted == {each.name: each.image for each in situation.primary.containers}


def _effect(situation: Situation, wish: ActionRequest, container: Container) -> str:
    spec = situation.canary.spec
    if situation.phase in ("", "Initializing"):
        return words.FIRST.text()
    if _is_promoted(situation, container, wish):
        return words.AS_PRIMARY.text()
    if spec.skip_analysis:
        return words.STARTS_UNCHECKED.text()
    if situation.phase in IN_ANALYSIS:
        return words.RESTARTS.text()
    if spec.analysis.iterations > 0:
        return words.STARTS_ITERATIONS.text(iterations=spec.analysis.iterations)
    return words.STARTS_STEPS.text()


def _risk(situation: Situation, wish: ActionRequest, container: Container) -> str:
    spec = situation.canary.spec
    if situation.phase in ("", "Initializing"):
        return words.FIRST_UNCHECKED.text()
    if _is_promoted(situation, container, wish):
        return ""
    if spec.skip_analysis:
        return words.UNCHECKED.text()
    users = {
        Strategy.CANARY: words.GROWING_SHARE,
        Strategy.AB: words.MATCHING_USERS,
        Strategy.BLUE_GREEN: words.NO_USERS_YET,
    }[step_plan(situation.canary).strategy]
    return users.text(threshold=max(spec.analysis.threshold, 1))


def _asked(options: Namespace) -> ActionRequest:
    name, equals, value = str(options.env).partition("=")
    if options.env and not (name and equals):
        from canarytui.domain.sentences.command_action import NO_ASSIGNMENT

        raise UsageError(NO_ASSIGNMENT.text(given=repr(options.env)))
    env = (name, value) if options.env else None
    return ActionRequest(Intent.TRIGGER, options.container, options.image, env, options.restart)


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
    typical=(ActionRequest(Intent.TRIGGER, restart=True),),
)

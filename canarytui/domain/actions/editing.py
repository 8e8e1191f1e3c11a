"""Editing a canary by hand: what a person changed in their editor, as a plan. Pure.

The write has the resourceVersion of what was opened: if somebody else has changed the spec since, nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.actions.action import Action, ActionKey
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.patches import MERGE_PATCH
from canarytui.domain.actions.phases import IN_ANALYSIS, called
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.conflict_relevance import differences, relevant_fields
from canarytui.domain.plan import Intent, Plan, PlannedWrite, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import NOTHING, undoing
from canarytui.domain.sentences import editing as words
from canarytui.domain.values import as_mapping

_NAMED_MOST = 12


def plan_edit(situation: Situation, request: ActionRequest) -> Plan:
    """Write the edited fields."""
    title = words.TITLE.text(canary=called(situation))
    canary, changes, opened = situation.canary, request.changes, request.opened or situation.canary.raw
    if changes is None:
        return Plan(Intent.EDIT, title, refusal=words.UNCHANGED.text())
    write = PlannedWrite(
        group="flagger.app",
        version="v1beta1",
        plural="canaries",
        namespace=canary.namespace,
        name=canary.name,
        content_type=MERGE_PATCH,
        body=_with_version(changes, str(as_mapping(opened.get("metadata")).get("resourceVersion") or "")),
        seen=relevant_fields("canaries", opened),
    )
    risks, risk = _risks(situation, as_mapping(changes.get("spec")), as_mapping(opened.get("spec")))
    what = _listed(changes, opened)
    return Plan(
        Intent.EDIT,
        title,
        writes=(write,),
        effect=words.CHANGES.text(what=what) if what else "",
        when=_when(situation, changes),
        risk=risk,
        risk_text=" ".join(risks),
        undo=words.UNDO.text(),
        owner=situation.canary_owner,
    )


def _with_version(changes: Mapping[str, Any], version: str) -> dict[str, Any]:
    metadata = {"resourceVersion": version, **as_mapping(changes.get("metadata"))}
    return {"metadata": metadata, **{name: value for name, value in changes.items() if name != "metadata"}}


def _listed(changes: Mapping[str, Any], opened: Mapping[str, Any]) -> str:
    """``spec.analysis.threshold 10 → 5, …``."""
    found = list(differences(_same_fields(opened, changes), changes))
    more = words.MORE.say(count=len(found) - _NAMED_MOST) if len(found) > _NAMED_MOST else NOTHING
    return f"{', '.join(found[:_NAMED_MOST])}{more}"


def _same_fields(obj: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `obj` that `patch` is about."""
    found: dict[str, Any] = {}
    for name, value in patch.items():
        was = obj.get(name)
        found[name] = _same_fields(was, value) if isinstance(was, Mapping) and isinstance(value, Mapping) else was
    return found


def _when(situation: Situation, changes: Mapping[str, Any]) -> str:
    if "spec" not in changes:
        return words.METADATA_ONLY.text()
    return (words.NEXT_CHECK if situation.phase in IN_ANALYSIS else words.NEXT_ROLLOUT).text()


def _risks(situation: Situation, spec: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[list[str], Risk]:
    """What an edit may set off, and how much that matters."""
    found: list[str] = []
    risk = Risk.LOW
    if "targetRef" in spec:
        found.append(words.NEW_TARGET.text())
        risk = Risk.HIGH
    if spec.get("skipAnalysis") is True:
        found.append(words.UNANALYSED.text())
        risk = Risk.HIGH
    if "suspend" in spec and before.get("suspend") is True and spec["suspend"] is not True:
        found.append(words.GOES_ON.text())
    if {"service", "provider"} & spec.keys():
        found.append(words.NEW_SERVICE.text())
    if "analysis" in spec and situation.phase in IN_ANALYSIS:
        found.append(words.STRICTER.text())
    return found, Risk.MEDIUM if found and risk is Risk.LOW else risk


def _not_kept(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(why=undoing.EDITED.text())


EDIT = Action(
    Intent.EDIT,
    plan_edit,
    undo=_not_kept,
    key=ActionKey("ctrl+e", "Ctrl+E", "edit", help="edit the canary in $EDITOR; E in its detail", place=110),
    typical=(ActionRequest(Intent.EDIT, changes={}),),
)

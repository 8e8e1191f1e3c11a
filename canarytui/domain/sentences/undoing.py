"""Undoing what was done from this machine: what there is to undo, and why something cannot be."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNDONE_ALREADY = Sentence(
    "undoing.undone_already",
    "undone at {at:%m-%d %H:%M:%S %Z}",
    evidence="the audit log has a later action that says it undoes this one, and that was done",
)
IN_PART = Sentence(
    "undoing.in_part",
    "it was done in part: look at the canary, the audit log says what was written",
    evidence="the audit log's outcome of the action",
)
OUTCOME_UNKNOWN = Sentence(
    "undoing.outcome_unknown",
    "whether it was done is not known",
    evidence="the audit log has no outcome of the action, or an unknown one",
)
GONE = Sentence(
    "undoing.gone",
    "{canary} is gone, or cannot be read",
    evidence="the canary is not among those that can be read now",
)
NO_SUCH_ACTION = Sentence(
    "undoing.no_such_action",
    "this version does not know that action",
    evidence="the name in the audit log is no action's",
)
NO_WAY_BACK = Sentence(
    "undoing.no_way_back",
    "nothing undoes it",
    evidence="the action has no way back",
)
PROMOTED = Sentence(
    "undoing.promoted",
    "the primary has the new version; trigger the old image, which is analysed like any other",
    evidence="the action was a promotion, and Flagger keeps nothing of the version before it",
)
UNCHECKED = Sentence(
    "undoing.unchecked",
    "with spec.skipAnalysis set again, later rollouts would go unchecked",
    evidence="the action set spec.skipAnalysis to false",
)
RESTARTED = Sentence(
    "undoing.restarted",
    "a restart changes no version: there is none to go back to",
    evidence="the write set only the restart annotation",
)
VARIABLE = Sentence(
    "undoing.variable",
    "the audit log has no value of the variable from before it",
    evidence="the write set a variable, and only images are recorded from before an action",
)
EDITED = Sentence(
    "undoing.edited",
    "the audit log has what the edit wrote, not what was there before it; edit it back",
    evidence="the record of the action: an edit's former values are not kept",
)
NO_IMAGE_BEFORE = Sentence(
    "undoing.no_image_before",
    "the audit log has no image of container {container} from before it",
    evidence="the record of the action",
)
CHANGED_SINCE = Sentence(
    "undoing.changed_since",
    "container {container} has {image} now, which is not what it set",
    evidence="the target's image now, and the one in the write",
)
OTHER_REVISION = Sentence(
    "undoing.other_revision",
    "its pods have another version now, so a retry would be about that one",
    evidence="the target's images now, and those from before the action",
)
NO_WEIGHT_BEFORE = Sentence(
    "undoing.no_weight_before",
    "the audit log has no weight above 0 from before it; roll back instead",
    evidence="the record of the action",
)
NOTHING_DONE = Sentence(
    "undoing.nothing_done",
    "Nothing has been done on {where} from this machine.",
    evidence="the audit log has no action on this cluster that was carried out",
)
LIST_TITLE = Sentence(
    "undoing.list_title",
    "Done from this machine on {context}, newest first",
    evidence="the audit log's actions on this cluster",
)
LIST_KEYS = Sentence(
    "undoing.list_keys",
    "j k choose · Enter undo (the plan comes next) · Esc back",
    evidence="the keys of the dialog",
)
CAN_UNDO = Sentence(
    "undoing.can_undo",
    "undo: {title}",
    evidence="the plan of the way back, made on what is known of the canary now",
)
CANNOT_UNDO = Sentence(
    "undoing.cannot_undo",
    "not possible: {why}",
    evidence="the record of the action, and what is known of the canary now",
)
NO_NUMBER = Sentence(
    "undoing.no_number",
    "There is no {number} in the list: it has 1 to {most}.",
    evidence="the numbers and ids of the list that the command shows",
)
NOT_UNDONE = Sentence(
    "undoing.not_undone",
    "{title}: cannot be undone: {why}",
    evidence="the record of the action, and what is known of the canary now",
)
TO_UNDO = Sentence(
    "undoing.to_undo",
    "Undo one with: canarytui undo --to NUMBER",
    evidence="the option of the command",
)

"""Editing a canary in the person's editor: the plan, and why an edit cannot be used."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TITLE = Sentence(
    "editing.title",
    "Edit {canary}",
    evidence="the canary that the person was shown",
)
UNCHANGED = Sentence(
    "editing.unchanged",
    "nothing was changed",
    evidence="the edited fields equal those that were read",
)
CHANGES = Sentence(
    "editing.changes",
    "Changes {what}.",
    evidence="the fields that differ between what was read and what was saved",
)
MORE = Sentence(
    "editing.more",
    " and {count} more",
    evidence="the number of further fields that differ",
)
NEXT_CHECK = Sentence(
    "editing.next_check",
    "the rollout in progress goes on under the new spec at its next check",
    evidence="the phase is one of an analysis, and the controller reads the spec at every check",
)
NEXT_ROLLOUT = Sentence(
    "editing.next_rollout",
    "the controller reads it at its next check; it applies to the next rollout",
    evidence="no analysis is in progress",
)
METADATA_ONLY = Sentence(
    "editing.metadata_only",
    "at once; the spec stays as it is",
    evidence="only labels and annotations differ",
)
NEW_TARGET = Sentence(
    "editing.new_target",
    "Another target is set up as a new canary: its primary is created, and a rollout in progress is dropped.",
    evidence="spec.targetRef differs",
)
NEW_SERVICE = Sentence(
    "editing.new_service",
    "The controller rewrites the Services and routes that users reach the target by.",
    evidence="spec.service or spec.provider differs",
)
GOES_ON = Sentence(
    "editing.goes_on",
    "Clearing suspend lets a rollout go on, or starts one if the pod template has changed meanwhile.",
    evidence="spec.suspend was true and is not any more",
)
UNANALYSED = Sentence(
    "editing.unanalysed",
    "With skipAnalysis a rollout is promoted without any check.",
    evidence="spec.skipAnalysis becomes true",
)
STRICTER = Sentence(
    "editing.stricter",
    "The analysis in progress is judged by the edited checks from its next check on.",
    evidence="spec.analysis differs while a rollout is in progress",
)
UNDO = Sentence(
    "editing.undo",
    "edit it again: the previous values are named above",
    evidence="the plan names each changed field with its old value, as far as there is room",
)
FIRST_LINES = Sentence(
    "editing.first_lines",
    "# Edit {canary} in context {context}; the console shows what changes and asks before it writes.\n"
    "# Save without changes to leave everything as it is. Status and managed fields are left out.\n",
    evidence="the canary and the context that the person was shown",
)
NOT_YAML = Sentence(
    "editing.not_yaml",
    "The edited text is not YAML{where}: {why}.",
    evidence="the YAML parser's refusal",
)
NOT_OBJECT = Sentence(
    "editing.not_object",
    "The edited text is not one object with apiVersion, kind, metadata and spec.",
    evidence="the edited text holds something else",
)
FIXED = Sentence(
    "editing.fixed",
    "{field} cannot be changed by an edit: it was {before}.",
    evidence="a field that names the object differs",
)
NO_JSON = Sentence(
    "editing.no_json",
    "{field} is a value that JSON does not have: put it in quotes.",
    evidence="the value's type after YAML's own conversion",
)
NOT_WRITTEN = Sentence(
    "editing.not_written",
    "{why} Your text is kept in {path}.",
    evidence="the edit was not written, and the file is there",
)
KEPT = Sentence(
    "editing.kept",
    "Your text is kept in {path}.",
    evidence="the person answered no, or the write failed; the file is there",
)
NO_CHANGE = Sentence(
    "editing.no_change",
    "Edit: nothing was changed.",
    evidence="the saved text has the same fields as the one that was opened",
)
EDITOR_FAILED = Sentence(
    "editing.editor_failed",
    "{editor} ended with exit code {code}: nothing was written. The text is in {path}.",
    evidence="the editor's exit code",
)
NO_FILE = Sentence(
    "editing.no_file",
    "The file to edit cannot be used: {path}: {why}.",
    evidence="the system's error",
)

"""The outcome of an action's writes and calls, with the evidence."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

BESIDES = Sentence(
    "outcomes.besides",
    "{error} Besides, {note}.",
    evidence="the action failed, and the audit log could not be closed",
)
REFUSED = Sentence(
    "outcomes.refused",
    "{url} refused ({lost})",
    evidence="the HTTP status is one of refusal, and the gate's state could not be read",
)
SAYS = Sentence(
    "outcomes.says",
    "{outcome}: {why}",
    evidence="what is known of the step, and the reason",
)
NOTHING_WRITTEN_BECAUSE = Sentence(
    "outcomes.nothing_written_because",
    "Nothing was written: {why}.",
    evidence="the reason came before any request",
)
READ_ONLY = Sentence(
    "outcomes.read_only",
    "this console is read-only",
    evidence="the connection was opened for reading only",
)
NOT_POSSIBLE = Sentence(
    "outcomes.not_possible",
    "{title}: not possible, {why}",
    evidence="the person's rules forbid it, or the console is read-only; nothing was sent",
)
IN_PART = Sentence(
    "outcomes.in_part",
    "Done in part ({done} of {total})",
    evidence="some steps of the plan were done before one was not",
)
NO_AUDIT = Sentence(
    "outcomes.no_audit",
    "Nothing was written: {why}, and what cannot be audited is not done: {remedy}.",
    evidence="the audit log could not be written before the first request",
)
DONE_ALTHOUGH = Sentence(
    "outcomes.done_although",
    "{title}: done, although {found}",
    evidence="an answer was lost, and what was read again shows the write",
)
DONE_BUT = Sentence(
    "outcomes.done_but",
    "{title}: done, but {note}",
    evidence="the steps were done, and the audit log could not be closed",
)
AUDIT_LATER = Sentence(
    "outcomes.audit_later",
    "{why}: the outcome is added later, once it can be written",
    evidence="the audit log could not be written after the action, whose record stays on disk",
    otherwise="outcomes.dry_run_unaudited",
)
MAY_BE_SET = Sentence(
    "outcomes.may_be_set",
    "may have been set",
    evidence="the record of the change is on disk, and the outcome of its write is not known",
    otherwise="outcomes.was_set",
)
WAS_SET = Sentence(
    "outcomes.was_set",
    "was set",
    evidence="the record of the change is on disk, and its write was not found undone",
)
LEFT_BEHIND = Sentence(
    "outcomes.left_behind",
    (
        "{namespace}/{name}: {field} {was} for “{title}” by a canarytui that ended before putting it back; "
        "this one will, once the controller has answered"
    ),
    evidence="the record of the change is on disk, and nobody alive holds it",
)
ABSENT = Sentence(
    "outcomes.absent",
    "it does not exist any more",
    evidence="the API server answered that there is none",
)
CHANGED_SINCE = Sentence(
    "outcomes.changed_since",
    ", and has been changed since: {differs}",
    evidence="the object has other values than were written",
)
IN_MANAGED_FIELDS = Sentence(
    "outcomes.in_managed_fields",
    "its managedFields list {manager}{since}",
    evidence="the object's managedFields, as they were read again",
)
UNCHANGED = Sentence(
    "outcomes.unchanged",
    "it is unchanged (resourceVersion {version})",
    evidence="the resourceVersion is the one that the write was made against",
)
SPEC_UNCHANGED = Sentence(
    "outcomes.spec_unchanged",
    "its spec is unchanged (generation {generation})",
    evidence="metadata.generation is the one from before the write: it rises with every change of the spec",
)
WRITTEN_SINCE = Sentence(
    "outcomes.written_since",
    "{who} has written it since: {differs}",
    evidence="the object has another resourceVersion; its managedFields name the last writer",
)
GATE_UNREADABLE = Sentence(
    "outcomes.gate_unreadable",
    "the gate's state cannot be read: {why}",
    evidence="the load tester was asked, and its answer told no state",
)
GATE_IS = Sentence(
    "outcomes.gate_is",
    "the gate is {state}",
    evidence="the load tester's answer to the question that hooks ask",
)
WAS_SO = Sentence(
    "outcomes.was_so",
    "it already was: there was nothing to change",
    evidence="the object has what was asked for, and its resourceVersion did not change",
)
HOLDS = Sentence(
    "outcomes.holds",
    "it has what was requested",
    evidence="the object as it was read again; it lists no managers",
)
HOLDS_THOUGH = Sentence(
    "outcomes.holds_though",
    "it has what was requested, though {who} has written it since",
    evidence="the object as it was read again; its managedFields do not list this write",
)
NOTHING_WRITTEN = Sentence(
    "outcomes.nothing_written",
    "Nothing was written",
    evidence="the API server refused the write for certain",
)
NOT_DONE = Sentence(
    "outcomes.not_done",
    "Not done",
    evidence="what was read again shows that the step was not done",
)
UNKNOWN = Sentence(
    "outcomes.unknown",
    "Outcome unknown",
    evidence="there was no answer, and what was read again does not tell",
)
ANSWER_NO_OBJECT = Sentence(
    "outcomes.answer_no_object",
    "it was not an object",
    evidence="the answer to the write is not the object with a resourceVersion",
)
NO_DRY_RUN = Sentence(
    "outcomes.no_dry_run",
    "the dry run was not answered ({lost})",
    evidence="no usable answer to a request with dryRun=All",
)
READ_AGAIN = Sentence(
    "outcomes.read_again",
    "there was no usable answer ({lost}); read again: {why}",
    evidence="the object as it was read after the answer was lost",
)
TOO_FAST = Sentence(
    "outcomes.too_fast",
    "others write the object faster than it can be read. Try again.",
    evidence="each attempt met a conflict, and the object shows that none was written",
)
UNREAD = Sentence(
    "outcomes.unread",
    "it cannot be read",
    evidence="the object was not read yet",
)
UNREADABLE = Sentence(
    "outcomes.unreadable",
    "it cannot be read again ({why})",
    evidence="the error of the last attempt to read the object again",
)
UNREADABLE_NO_OBJECT = Sentence(
    "outcomes.unreadable_no_object",
    "it cannot be read again (the answer was not an object)",
    evidence="the answer to the last attempt to read the object again",
)
CALL_UNANSWERED = Sentence(
    "outcomes.call_unanswered",
    "{url} gave no usable answer ({lost}); asked again, {why}",
    evidence="the answer to the call, or its error; the gate's state, asked afterwards",
)
LOOK_AT_GATE = Sentence(
    "outcomes.look_at_gate",
    "{why}. Check with `canarytui gate status`.",
    evidence="the gate's state could not be read",
)
GATE_ANSWERED = Sentence(
    "outcomes.gate_answered",
    "unknown: it answered {status}",
    evidence="the HTTP status of an answer that tells no state",
)
HOW_TO_CHECK = Sentence(
    "outcomes.how_to_check",
    (
        "{called}: {why}. Check `{kubectl} get {plural} {name} -o yaml --show-managed-fields`: it "
        "was done if managedFields list {manager}."
    ),
    evidence="each write has a field manager of its own, which managedFields list once it was made",
)
READ_AGAIN_AT = Sentence(
    "outcomes.read_again_at",
    "there was no usable answer ({lost}); {called} was read again at {now:%H:%M:%S} UTC: {why}.",
    evidence="the object as it was read after the answer was lost",
)
NO_ANSWER_AND = Sentence(
    "outcomes.no_answer_and",
    "there was no usable answer ({lost}), and {why}",
    evidence="the answer was lost, and the object was read again or could not be",
)
SOMEBODY_CHANGED_IT = Sentence(
    "outcomes.somebody_changed_it",
    "somebody else changed the object",
    evidence="the API server answered with a conflict",
)
LOOK_AGAIN = Sentence(
    "outcomes.look_again",
    "{changed}, after you looked at it. Look again and repeat.",
    evidence="the object differs from what the plan was made from",
)
DRY_RUN_UNAUDITED = Sentence(
    "outcomes.dry_run_unaudited",
    "{why}: it lacks the outcome of the dry run",
    evidence="the audit log could not be written after a dry run, of which no record is kept",
)

"""What the dialogs ask and explain before anything is written or sent."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

YES_SEND = Sentence(
    "dialogs.yes_send",
    "Yes, send it",
    evidence="the plan has requests to a load tester and no writes",
)
YES_APPLY = Sentence(
    "dialogs.yes_apply",
    "Yes, apply",
    evidence="the plan has writes",
    otherwise="dialogs.yes_send",
)
YES_ALL = Sentence(
    "dialogs.yes_all",
    "Yes, all {count}",
    evidence="the plans that are possible",
)
GUARDED = Sentence(
    "dialogs.guarded",
    "{reason}: type {name} to continue",
    evidence="the place is guarded by the configuration's rules or its namespace's name",
)
SEVERAL = Sentence(
    "dialogs.several",
    "{intent}: {count} of {total:n canary}",
    evidence="the canaries that were chosen, and those for which it is possible",
)
LEFT_OUT = Sentence(
    "dialogs.left_out",
    "✗ left out: {reason}",
    evidence="the canary's plan was refused",
)
ONE_AT_A_TIME = Sentence(
    "dialogs.one_at_a_time",
    "{intent} needs choices for one canary: clear the marks (Esc).",
    evidence="several canaries are marked, and the action has choices of its own",
)
UNREADABLE = Sentence(
    "dialogs.unreadable",
    "its object cannot be read",
    evidence="the canary is not known now, or cannot be parsed",
)
CANNOT_ACT = Sentence(
    "dialogs.cannot_act",
    "{canary}: not possible, its object cannot be read",
    evidence="the canary is not known now, or cannot be parsed",
)
UNDER_WAY = Sentence(
    "dialogs.under_way",
    "{canary}: another action on it is still under way.",
    evidence="this console has asked about it, or is writing it",
)
NOT_POSSIBLE = Sentence(
    "dialogs.not_possible",
    "{title}: not possible, {reason}",
    evidence="the plan, or the API server's answer to whether this person may",
)
READING_AGAIN = Sentence(
    "dialogs.reading_again",
    "Contact is lost: reading {what} again …",
    evidence="what the plan rests on is stale, and is being read",
)
OUTCOME = Sentence(
    "dialogs.outcome",
    "{intent}: {written} written, {failed} not",
    evidence="what came of each canary's write",
)
OUTCOME_UNKNOWN = Sentence(
    "dialogs.outcome_unknown",
    ", {count} unknown",
    evidence="writes whose answer was lost and whose outcome could not be read",
)
OUTCOME_REFUSED = Sentence(
    "dialogs.outcome_refused",
    ", {count} not possible",
    evidence="the canaries whose plan was refused",
)
REMOVED_AGAIN = Sentence(
    "dialogs.removed_again",
    "removed again",
    evidence="the plan is temporary, and the field was not set before",
)
PUT_BACK = Sentence(
    "dialogs.put_back",
    "put back to {before}",
    evidence="the plan is temporary, and what the field was before",
)
LATEST = Sentence(
    "dialogs.latest",
    ", at {due:%H:%M:%S} UTC at the latest",
    evidence="the plan's due time, at which it is taken back whatever happens",
)
LATER = Sentence(
    "dialogs.later",
    "spec.{field} is {back}{when}, also after a crash of this console",
    evidence="the write is journalled before it is sent, and taken back by the next console",
)
FOR_EACH = Sentence(
    "dialogs.for_each",
    "for each: {effect}",
    evidence="the effect of the plan with the highest risk",
)
OLD = Sentence(
    "dialogs.old",
    "{since}. Everything here is as it was then.",
    evidence="what the plan rests on is stale",
)
OLD_WRITE = Sentence(
    "dialogs.old_write",
    (
        "The write names the version that was seen. If the object has changed since, it is read again, and nothing "
        "is written where its spec, its phase or its pod template is another. Weights and counts may have moved on."
    ),
    evidence="what the plan rests on is stale, and it has writes, which carry a resourceVersion",
)
OLD_CALL = Sentence(
    "dialogs.old_call",
    "Requests to a load tester are sent whatever has changed since.",
    evidence="what the plan rests on is stale, and it has requests, which carry no version",
)
GATES = Sentence(
    "dialogs.gates",
    "Gates of {canary}",
    evidence="the canary's webhooks that ask a load tester's gate",
)
GATE_KEYS = Sentence(
    "dialogs.gate_keys",
    "o: open · c: close · ↑ ↓: choose · Esc: back",
    evidence="the keys that are bound in this dialog",
)
GATE_HOOKS = Sentence(
    "dialogs.gate_hooks",
    "asked by {hooks}",
    evidence="the webhooks that ask this gate",
)
GATE_PLACE = Sentence(
    "dialogs.gate_place",
    "at {place}",
    evidence="the address of the load tester in the webhooks",
)
GATE_UNKNOWN = Sentence(
    "dialogs.gate_unknown",
    "? not known",
    evidence="whether the gate is open was not answered, or may not be asked; why is below",
)
GATE_SCOPE = Sentence(
    "dialogs.gate_scope",
    "Each gate serves all its hooks, in this rollout and every later one.",
    evidence="a load tester keeps one switch for a canary and a kind of gate",
)
NUMBER_KEYS = Sentence(
    "dialogs.number_keys",
    "Enter: review · ↑ ↓: more, less · Esc: back",
    evidence="the keys that are bound in this dialog",
)
EXTEND = Sentence(
    "dialogs.extend",
    "Extend the step of {canary}: by how many ticks?",
    evidence="the person asked to extend the step",
)
EXTENDED = Sentence(
    "dialogs.extended",
    "One tick is {interval:g} s. Until then nothing is checked and nothing rolls back.",
    evidence=("the canary's interval; the step is extended by spec.suspend, under which the controller does nothing"),
)
SKIP = Sentence(
    "dialogs.skip",
    "Skip {canary} from weight {weight}: to which?",
    evidence="the person asked to skip steps, and the weight now",
)
STOPS = Sentence(
    "dialogs.stops",
    "Still to come: {stops}",
    evidence="the stops of the plan after the weight now",
)
TRIGGER = Sentence(
    "dialogs.trigger",
    "Trigger {canary}: choose the new image",
    evidence="the person asked for a rollout",
)
TRIGGER_KEYS = Sentence(
    "dialogs.trigger_keys",
    ("Enter: review · ^N: earlier tags · ^T: image, variable or restart · ↑ ↓: container · Esc: back"),
    evidence="the keys that are bound in this dialog",
)
RAN_BEFORE = Sentence(
    "dialogs.ran_before",
    "ran before: {tags}",
    evidence="the images of the target's earlier ReplicaSets",
)
NEW_IMAGE = Sentence(
    "dialogs.new_image",
    "new image {where}{image}",
    evidence="the image that is typed",
)
NEW_IMAGE_ABOVE = Sentence(
    "dialogs.new_image_above",
    "new image as above",
    evidence="the field has not been drawn yet",
)
OF_CONTAINER = Sentence(
    "dialogs.of_container",
    "for container {name}: ",
    evidence="the target has several containers, and the one that is chosen",
)
CHOOSE_CONTAINER = Sentence(
    "dialogs.choose_container",
    "Several containers: choose the one to change with ↑ ↓.",
    evidence="the target has several containers, and which runs the application cannot be told",
)
VARIABLE_FORM = Sentence(
    "dialogs.variable_form",
    "NAME=VALUE: a variable and its new value",
    evidence="a variable is to be changed, and none is typed yet",
)
VARIABLE = Sentence(
    "dialogs.variable",
    "variable {name} becomes {value!r}",
    evidence="the variable and the value that are typed",
)
RESTART = Sentence(
    "dialogs.restart",
    "restart annotation: same pods, analysed again",
    evidence="a restart was chosen, which changes an annotation of the template",
)

"""Temporary writes that were reverted, left, or will be retried."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

OF_FIELD = Sentence(
    "restoring.of_field",
    "{field} {what}",
    evidence="the record of the change, and what became of it",
)
GATE_BACK = Sentence(
    "restoring.gate_back",
    "{gate} {state} again ({title})",
    evidence="the load tester's answer to the call that takes it back",
)
ENDING_PUT_BACK = Sentence(
    "restoring.ending_put_back",
    "put back",
    evidence="the field has its former value again",
)
ENDING_NOT_OURS = Sentence(
    "restoring.ending_not_ours",
    "left as it is",
    evidence="somebody else has set the field since",
)
ENDING_NOTHING = Sentence(
    "restoring.ending_nothing",
    "nothing to put back",
    evidence="the object, or the value that was set, is not there any more",
)
ENDING_LATER = Sentence(
    "restoring.ending_later",
    "to be tried again",
    evidence="it is not due, was refused, or the answer was lost",
)
REFUSED = Sentence(
    "restoring.refused",
    "{field} was set to {value}, and cannot be put back: {error}",
    evidence="the API server refused to put it back",
)
NOT_KNOWN = Sentence(
    "restoring.not_known",
    "{field}: whether it is put back is not known ({lost}); it is read again",
    evidence="the answer was lost",
)
FOUND_BACK = Sentence(
    "restoring.found_back",
    "put back to {value} ({title}; the answer was lost)",
    evidence="the object has the former value after a write whose answer was lost",
)
PUT_BACK = Sentence(
    "restoring.put_back",
    "put back to {value} ({title})",
    evidence="the API server's answer to the write",
)
GATE_NOT_KNOWN = Sentence(
    "restoring.gate_not_known",
    "whether it is {state} again is not known: {why}",
    evidence="there was no answer, and the gate cannot be asked",
)
TURNED_AND = Sentence(
    "restoring.turned_and",
    "{gate} was turned {state}; {what}",
    evidence="the record of the change, and what became of taking it back",
)
TURNING_FAILED = Sentence(
    "restoring.turning_failed",
    "{gate} was turned {state}, and turning it {back} failed: {error}",
    evidence="the load tester's refusal",
)
STAYS = Sentence(
    "restoring.stays",
    (
        "is {value} and stays so: {who} changed the spec since this console set it ({title}); set it to "
        "{before} if that is not intended"
    ),
    evidence=(
        "the object's generation has moved, and its managedFields no longer list this console's write of the field"
    ),
)

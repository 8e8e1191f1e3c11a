"""Notes of a few words in the tree of a canary's objects."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

SCALED_TO_ZERO = Sentence("objects.scaled_to_zero", "scaled to zero", evidence="the object wants no pods")
NO_TARGET = Sentence(
    "objects.no_target", "the target does not exist", evidence="objects of its kind were read, and it is not among them"
)
NO_PRIMARY = Sentence(
    "objects.no_primary",
    "the primary does not exist",
    evidence="objects of its kind were read, and it is not among them, in a phase in which the controller has made it",
    otherwise="objects.not_made_yet",
)
NOT_MADE_YET = Sentence(
    "objects.not_made_yet",
    "not created yet",
    evidence="it was not found, in a phase in which the controller may not have made it",
)
PRIMARYS_COPY = Sentence(
    "objects.primarys_copy", "the primary's copy", evidence="the status tracks the config that it is a copy of"
)
NO_TRAFFIC = Sentence(
    "objects.no_traffic",
    "no traffic to the canary",
    evidence="the canary Ingress has neither weight, header nor cookie, or its routes are switched off",
)
UNREADY_PROBE = Sentence(
    "objects.unready_probe",
    "{containers} runs, but its readiness probe does not pass",
    evidence="the container's state is running, and it is not ready",
)
AFTER_EXIT = Sentence("objects.after_exit", " after exit code {code}", evidence="the container's last exit code")
AFTER_EXIT_BECAUSE = Sentence(
    "objects.after_exit_because",
    " after exit code {code} ({reason})",
    evidence="the container's last exit code and its reason",
    otherwise="objects.after_exit",
)
CHANGED_BY = Sentence("objects.changed_by", "{who} changed {what}", evidence="the field manager of the last write")
CHANGED_BY_SOMEBODY = Sentence(
    "objects.changed_by_somebody",
    "somebody else changed {what}",
    evidence="the object differs from what was seen, and names no field manager",
)
ROLLBACK_ASKED = Sentence(
    "objects.rollback_asked",
    "failedChecks reached the threshold",
    evidence="status.failedChecks is not below the threshold",
)
NOT_AS_ASKED = Sentence(
    "objects.not_as_asked",
    "{field} is {now} (requested: {asked})",
    evidence="the object as it was read, and the write",
)

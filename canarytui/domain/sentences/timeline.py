"""Timeline entries from changes of status and router objects."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

STATUS = Sentence(
    "timeline.status",
    "Status: {changes}",
    evidence="two versions of the status, the later one by the controller",
)
STATUS_BY_HAND = Sentence(
    "timeline.status_by_hand",
    "Status written by {who}, not by the controller: {changes}",
    evidence="two versions of the status; the later one has the transition time of the earlier",
)
PHASE = Sentence("timeline.phase", "phase {phase}", evidence="status.phase differs")
WEIGHT = Sentence("timeline.weight", "weight {before} → {after}", evidence="status.canaryWeight differs")
FAILED = Sentence("timeline.failed", "failed checks {failed}", evidence="status.failedChecks rose")
SET = Sentence("timeline.set", "{field} {before} → {after}", evidence="this field of the status differs")
ITERATION = Sentence("timeline.iteration", "iteration {iterations}", evidence="status.iterations rose")
ROUTER = Sentence(
    "timeline.router",
    "Router: {canary} % of the traffic to the canary, {primary} % to the primary",
    evidence="the router object's weights",
)
COUNTED = Sentence(
    "timeline.counted",
    "{text} (failed checks: {count})",
    evidence="the status counted the failed check that the text is about, and the text does not say the count",
)

"""Reports of the command line, apart from the sentence that the screen shows too."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TAKEN_BACK = Sentence(
    "report_lines.taken_back",
    "{name} is back at what was promoted before: nothing to roll out",
    evidence="the target's revision is the one that was last promoted",
)
NEW_REVISION = Sentence(
    "report_lines.new_revision",
    "{name} has a new revision{change}",
    evidence="the target's revision is neither the applied nor the promoted one",
)
CHANGE = Sentence(
    "report_lines.change",
    " ({images})",
    evidence="the images of primary and target, which differ",
)
PAUSED = Sentence(
    "report_lines.paused",
    "{revision}, not rolled out: the canary is paused until it is resumed",
    evidence="spec.suspend is true",
)
SCALED_TO_ZERO = Sentence(
    "report_lines.scaled_to_zero",
    "{revision}, not rolled out: its controller is scaled to zero",
    evidence="the controller's Deployment wants no replicas",
)
NOT_PICKED_UP = Sentence(
    "report_lines.not_picked_up",
    ("{revision}, which no controller has picked up for {duration}: is one running and watching this namespace?"),
    evidence="three ticks have passed since the revision was seen, and the status does not speak of it",
    otherwise="report_lines.not_yet",
)
NOT_YET = Sentence(
    "report_lines.not_yet",
    "{revision}, which the controller has not picked up yet",
    evidence="the status does not speak of the revision",
)
NO_TIMELINE = Sentence(
    "report_lines.no_timeline",
    "nothing recorded yet",
    evidence="the timeline has no entry of this canary",
)
DEADLINE = Sentence(
    "report_lines.deadline",
    "{duration} for new pods to become ready",
    evidence="spec.progressDeadlineSeconds",
)
NO_STEPS = Sentence(
    "report_lines.no_steps",
    "none: neither stepWeight, stepWeights nor iterations is set",
    evidence="the spec has none of the three",
)
REACHED = Sentence(
    "report_lines.reached",
    "reached {step} of {steps}, to come: {left}, promotion",
    evidence="a rollout is under way, and the stops of its plan after the one it has reached",
    otherwise="report_lines.reached_last",
)
REACHED_LAST = Sentence(
    "report_lines.reached_last",
    "reached {step} of {steps}, promotion is next",
    evidence="a rollout is under way, and has reached the last stop of its plan",
)
NO_ANALYSIS = Sentence(
    "report_lines.no_analysis",
    "no analysis in progress",
    evidence="status.phase is none in which the controller acts at every tick",
)
SHADOW = Sentence(
    "report_lines.shadow",
    "no effect on the rollout",
    evidence="no controller reads the annotation that these checks stand in",
)
NO_CHECKS = Sentence(
    "report_lines.no_checks",
    "none in the spec",
    evidence="spec.analysis.metrics is empty",
)
NO_QUERIES = Sentence(
    "report_lines.no_queries",
    "none (no query was sent)",
    evidence="no check has a query",
)
NO_SORT = Sentence(
    "report_lines.no_sort",
    "Unknown --sort-by {by}: choose one of {known}, or a field's path such as .status.canaryWeight.",
    evidence="the names that can be sorted by",
)

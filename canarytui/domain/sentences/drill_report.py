"""A drill's report: on the screen, as Markdown, and on the command line."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TITLE = Sentence("drill_report.title", "Drill {drill} on {canary}", evidence="the plan that was confirmed")
VERDICT = Sentence("drill_report.verdict", "{title}: {ending}", evidence="the drill's ending or stage")
ENDED = Sentence("drill_report.ended", "{ending}.", evidence="the drill's ending or stage")
ENDED_AT_TICK = Sentence(
    "drill_report.ended_at_tick",
    "{ending} at tick {tick}.",
    evidence="the controller's decision and how many ticks there were until then",
)
ENDED_BY = Sentence(
    "drill_report.ended_by", "{ending} by {by}: {why}.", evidence="who ended the drill, and the reason that was given"
)
DECIDED = Sentence(
    "drill_report.decided",
    "{ending} at tick {tick}, {seconds:.0f} s after the start",
    evidence="the controller's decision, seen while the drill ran",
)
ABORTED = Sentence(
    "drill_report.aborted",
    "aborted by {by} after {seconds:.0f} s: {why}",
    evidence="who ended the drill, and the reason that was given",
)
UNDECIDED = Sentence(
    "drill_report.undecided",
    "{state} with {failed} of {threshold:n failed check} after {ticks:n tick}",
    evidence="the canary's state in the last look of the drill",
)
NOT_COMPARABLE = Sentence(
    "drill_report.not_comparable",
    "prediction and outcome cannot be compared",
    evidence="the drill was aborted, nothing was predicted, or the prediction is for a time after its end",
)
WRONG = Sentence(
    "drill_report.wrong",
    "the prediction was wrong",
    evidence="the outcome is another one, or more than one tick from where it was predicted",
)
HELD = Sentence("drill_report.held", "the prediction held", evidence="the outcome is the predicted one")
HELD_TO_THE_TICK = Sentence(
    "drill_report.held_to_the_tick",
    "the prediction held, to the tick",
    evidence="the outcome is the predicted one at the predicted tick",
)
HELD_ONE_OFF = Sentence(
    "drill_report.held_one_off",
    "the prediction held, {off} tick off",
    evidence="the outcome is the predicted one, so many ticks from where it was predicted",
)
COMMAND = Sentence("drill_report.command", "Command of one slice", evidence="what follows is the first slice's command")
PREDICTION = Sentence(
    "drill_report.prediction", "Prediction and outcome", evidence="what was predicted at the start, and what was seen"
)
PREDICTED = Sentence("drill_report.predicted", "predicted: {because}", evidence="the prediction of the confirmed plan")
HAPPENED = Sentence("drill_report.happened", "happened: {outcome}", evidence="what the drill has seen")
REQUESTS = Sentence(
    "drill_report.requests",
    "{sent:n request} in {slices:n slice}, {rate} a second.",
    evidence="every slice has reported its requests",
    otherwise="drill_report.requests_at_least",
)
REQUESTS_AT_LEAST = Sentence(
    "drill_report.requests_at_least",
    "At least {sent:n request} in {slices:n slice} (summaries of hey missing: {missing}).",
    evidence="the requests that were reported, and the slices that ended without a report",
)
LOAD = Sentence(
    "drill_report.load",
    "{rate:g}/s by {workers:n worker} for at most {seconds:g} s",
    evidence="the drill that was confirmed",
)
UP_TO = Sentence("drill_report.up_to", "up to {milliseconds} ms", evidence="the upper end of hey's latency bucket")
MARKED = Sentence("drill_report.marked", "requests marked", evidence="every request has the header that follows")
AXIS = Sentence("drill_report.axis", "(seconds since the start)", evidence="the plot's x axis")
AXIS_THRESHOLD = Sentence(
    "drill_report.axis_threshold",
    "(seconds since the start; dashes are the threshold, {bound})",
    evidence="the plot's x axis, and the check's threshold, which is drawn",
    otherwise="drill_report.axis",
)
STEP_SKIPPED = Sentence(
    "drill_report.step_skipped", "a step before it failed", evidence="the game day ended before this step"
)
NO_DRILL = Sentence("drill_report.no_drill", "No drill was sent.", evidence="the game day has begun none")

ORPHAN_WHY = Sentence(
    "drill_report.orphan_why",
    "the process that ran it is gone",
    evidence="the audit log has its start and no end, and nobody holds its lock",
)
ORPHAN = Sentence(
    "drill_report.orphan",
    "Drill {drill} on {canary} did not end by itself: {why}, and its load with it. {sent:n request} counted. "
    "Report: {report}",
    evidence="the audit log has its start and no end, and nobody holds its lock; the slices it has",
)
ORPHAN_BEGUN = Sentence(
    "drill_report.orphan_begun",
    "Started {began}, last seen {last}; then {why}.",
    evidence="the times of the drill's first and last line in the audit log",
)
ORPHAN_UNSEEN = Sentence(
    "drill_report.orphan_unseen",
    "What the canary did meanwhile was not seen: `canarytui events` has it.",
    evidence="no process followed the canary for this drill",
)
ORPHAN_COUNTED = Sentence(
    "drill_report.orphan_counted", "requests counted: {sent}", evidence="the slices in the audit log"
)
COMPARISON = Sentence(
    "drill_report.comparison", "Canary against primary", evidence="both sides' requests were counted during the rollout"
)
SHADOWS = Sentence(
    "drill_report.shadows",
    "Shadow checks (no effect on the rollout)",
    evidence="the annotation canarytui.io/shadow-checks, which no controller reads",
)
SHADOW_FAILS = Sentence(
    "drill_report.shadow_fails",
    "{check} ({threshold}) would have failed at {failing} of {ticks:n measured tick}{missing}{values}",
    evidence="the values that were read last at each of the controller's ticks during the drill",
    otherwise="drill_report.shadow_passes",
)
SHADOW_PASSES = Sentence(
    "drill_report.shadow_passes",
    "{check} ({threshold}) would have passed at all measured ticks ({ticks}){values}",
    evidence="the values that were read last at each of the controller's ticks during the drill",
    otherwise="drill_report.shadow_unmeasured",
)
SHADOW_MISSING = Sentence(
    "drill_report.shadow_missing",
    " (without a value: {missing})",
    evidence="the ticks at which its query was answered without a value",
)
SHADOW_WORST = Sentence(
    "drill_report.shadow_worst",
    ": worst value {worst}, last {last}",
    evidence="the values at those ticks, and the threshold",
)
SHADOW_UNMEASURED = Sentence(
    "drill_report.shadow_unmeasured",
    "{check} ({threshold}) had no verdict: it was not measured at any tick of the drill",
    evidence="the controller made no tick that was seen, or the check's query had no answer at any",
)

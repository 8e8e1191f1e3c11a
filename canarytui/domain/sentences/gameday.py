"""A game day: errors in its file, and the results of its steps."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

CANARY = Sentence("gameday.canary", "must be NAMESPACE/NAME", evidence="the value is no such pair of names")
STEPS = Sentence(
    "gameday.steps",
    "must be a list of 1 to {most} steps, such as `- wait: {{weight: 20}}`",
    evidence="the value is no list of that length",
)
ONE_WORD = Sentence(
    "gameday.one_word", "must have one word: one of {known}", evidence="the step has no word, or several"
)
ALONE = Sentence(
    "gameday.alone", "must be true, and stand without image", evidence="restart is not true, or stands beside image"
)
IMAGES = Sentence(
    "gameday.images",
    "must be an image such as nginx:1.27, or a list of such",
    evidence="the value is neither text nor a list of texts",
)
IMAGE = Sentence(
    "gameday.image", "must be an image such as nginx:1.27: {why}", evidence="the text is no image reference"
)
PHASES = Sentence("gameday.phases", "must be of {known}", evidence="a phase that Flagger does not write")
PHASE_OR_WEIGHT = Sentence(
    "gameday.phase_or_weight", "must name a phase or a weight", evidence="the step has neither of them"
)
PARAMETERS = Sentence("gameday.parameters", "must be a map of names and whole numbers", evidence="the value is no map")
ABOVE_ZERO = Sentence("gameday.above_zero", "must be above 0", evidence="the number is zero or less")
BELOW_OR_ABOVE = Sentence(
    "gameday.below_or_above", "must have either below or above", evidence="the step has neither or both"
)
OPEN_OR_CLOSE = Sentence("gameday.open_or_close", "must be open or close", evidence="the value is neither")
NONE = Sentence(
    "gameday.none",
    "There is no game day {name!r}: name a YAML file, or one of {known}.",
    evidence="neither the package nor the folder has a file of that name",
)

SOURCE = Sentence("gameday.source", "game day {name}", evidence="the file is one of the package's")
BEGINS = Sentence(
    "gameday.begins",
    "game day {name}: {title} (canary {canary}, context {context})",
    evidence="the file, and the cluster it is played against",
)
STEP = Sentence(
    "gameday.step",
    "step {number}/{count} {mark} ({seconds:.1f} s): {step}",
    evidence="the step has ended, and there is nothing more to say of it",
)
STEP_MORE = Sentence(
    "gameday.step_more",
    "step {number}/{count} {mark} ({seconds:.1f} s): {step} - {more}",
    evidence="the step has ended; what it did, or what was seen instead",
    otherwise="gameday.step",
)
SUMMARY = Sentence(
    "gameday.summary",
    "{mark}: {good} of {count:n step}",
    evidence="the steps that ended without a problem",
)
TIMEOUT = Sentence(
    "gameday.timeout",
    "the game day's timeout of {seconds:g} s is over",
    evidence="the steps were cancelled after that time",
)
ALREADY = Sentence(
    "gameday.already", "it was so before", evidence="the canary or its gate was so, and nothing was written"
)
OVER = Sentence("gameday.over", "the game day is over", evidence="no step is played any more")
ENDED_BY_STEP = Sentence("gameday.ended_by_step", "the game day ends it", evidence="a step of the file ends the drill")
NEXT_DRILL = Sentence("gameday.next_drill", "another drill begins", evidence="a step of the file begins another drill")
WHERE = Sentence("gameday.where", "{state}, weight {weight}", evidence="the canary's state in the last look")
WHERE_FAILED = Sentence(
    "gameday.where_failed",
    "{state}, weight {weight}, {failed:n failed check}",
    evidence="the canary's state in the last look",
)
UNREADABLE = Sentence(
    "gameday.unreadable", "unreadable", evidence="the cluster has no such canary, or one that cannot be understood"
)
ROLLOUT_OVER = Sentence(
    "gameday.rollout_over",
    "the rollout is over: {where}",
    evidence="the phase that ends a rollout was set after the step began",
)
STILL = Sentence("gameday.still", "still {where}", evidence="the canary's state in the last look")
NOT_WITHIN = Sentence(
    "gameday.not_within",
    "not within {seconds:.0f} s: {instead}",
    evidence="what was waited for was not seen in that time",
)
HALTED = Sentence(
    "gameday.halted",
    "{failed:n failed check} after {ticks:.1f} ticks",
    evidence="status.failedChecks is higher than when the drill began, and the phase is Progressing",
)
ENDED = Sentence(
    "gameday.ended", "{phase} after {ticks:.1f} ticks", evidence="the phase, which was set since the game day began"
)
OTHER_END = Sentence(
    "gameday.other_end",
    "there was a {ended} after {ticks:.1f} ticks",
    evidence="the phase, which was set since the game day began, is that of another outcome",
)
AFTER_TICKS = Sentence(
    "gameday.after_ticks",
    "after {ticks:n tick} it is {where}",
    evidence="the ticks have passed, and the canary's state in the last look",
)
WITH_PREDICTION = Sentence(
    "gameday.with_prediction", "{outcome}; {prediction}", evidence="what was seen, and what was predicted"
)
DRILL_GOES_ON = Sentence(
    "gameday.drill_goes_on", "the drill has not ended", evidence="the drill's load has not come to its end"
)
NO_DRILL = Sentence("gameday.no_drill", "no drill was begun", evidence="no step has begun a drill")
PREDICTION_WRONG = Sentence(
    "gameday.prediction_wrong",
    "predicted {predicted} at tick {predicted_tick}, got {ending} at tick {tick}",
    evidence="the drill's prediction and its ending are further apart than the step allows",
)
PREDICTION_HELD = Sentence(
    "gameday.prediction_held",
    "predicted at tick {predicted_tick}, decided at tick {tick}",
    evidence="the drill's prediction and its ending",
)
CHECK_IS = Sentence("gameday.check_is", "{check} is {value}", evidence="the check's value in the last look")
CHECK_GONE = Sentence("gameday.check_gone", "gone", evidence="the analysis has no such check any more")
NO_CHECK = Sentence(
    "gameday.no_check",
    "there is no check {check}: there is {known}",
    evidence="the analysis of the canary has no such check",
)
DRILL_ABORTED = Sentence(
    "gameday.drill_aborted",
    "the drill was aborted by {by}: {why}",
    evidence="the drill's ending, and who ended it",
)
DRILL_REFUSED = Sentence(
    "gameday.drill_refused", "the drill is refused: {why}", evidence="a guard or a rule is against it"
)
DRILL_BEGINS = Sentence(
    "gameday.drill_begins",
    "{command} · predicted {outcome}: {because}",
    evidence="the drill's plan, which is under way",
)
END_TROUBLE = Sentence(
    "gameday.end_trouble", "! the drill's end: {why}", evidence="the error with which the drill came to its end"
)
UNDONE = Sentence("gameday.undone", "undone: {what}", evidence="what was written or withdrawn for the way back")
UNDONE_BEFORE = Sentence(
    "gameday.undone_before",
    "nothing to undo: {what} is off already",
    evidence="the canary or its gate was so before, and nothing was written",
)
NOT_UNDONE = Sentence("gameday.not_undone", "! not undone: {why}", evidence="the error of the write that undoes it")
PAUSE = Sentence("gameday.pause", "pause", evidence="the step pauses the canary")
GATE = Sentence("gameday.gate", "gate", evidence="the step opens the canary's gate")
UNCLEAR = Sentence(
    "gameday.unclear",
    "The step cannot be played: {why}; name it with `container:` in the step.",
    evidence="the target has several containers, and the step names none",
)
IMAGES_RUN = Sentence(
    "gameday.images_run",
    "Every image of the step runs already ({images}): add another one.",
    evidence="the target or the primary runs each of the step's images",
)
REFUSED = Sentence(
    "gameday.refused", "{title}: not possible, {why}", evidence="the plan's own refusal, or a missing right"
)
CANNOT_READ = Sentence(
    "gameday.cannot_read",
    "Canary {canary} cannot be read: is it there?",
    evidence="the cluster has no such canary, or one that cannot be understood",
)
SIGNAL = Sentence(
    "gameday.signal",
    "! ended by a signal: no load is left, and nothing that was written for a while is left",
    evidence="a signal ended the steps, the drill has been ended, and every way back was written",
    otherwise="gameday.signal_left",
)
SIGNAL_LEFT = Sentence(
    "gameday.signal_left",
    "! ended by a signal: no load is left, but not undone: {what}",
    evidence="a signal ended the steps, the drill has been ended, and the way back of these failed",
)

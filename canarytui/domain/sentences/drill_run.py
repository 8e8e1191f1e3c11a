"""Events of a drill, for its timeline, the audit log and the report."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

IN_THE_CLUSTER = Sentence(
    "drill_run.in_the_cluster",
    "in the cluster",
    evidence="the plan has the canary's load tester send; also a value of the JSON report",
)
STARTED_BEFORE = Sentence(
    "drill_run.started_before", "This drill was started before: plan a new one.", evidence="it has left its first stage"
)
NOT_POSSIBLE = Sentence(
    "drill_run.not_possible",
    "Drill {drill} on {canary}: not possible, {why}.",
    evidence="a guard stands against it, before the first slice",
)
BEGINS = Sentence(
    "drill_run.begins", "Drill {drill} begins: {provokes}", evidence="the guards have let it, and it sends from now on"
)
BEGINS_AT = Sentence(
    "drill_run.begins_at",
    "Drill {drill} begins at {host}: {provokes}",
    evidence="the guards have let it, and it sends to that host from now on",
)

ROLLED_BACK = Sentence("drill_run.rolled_back", "Rolled back: {why}", evidence="the phase has become Failed")
PROMOTED = Sentence(
    "drill_run.promoted", "Promoted: {why}", evidence="the phase has become Promoting, Finalising or Succeeded"
)
COMPLETED = Sentence("drill_run.completed", "Completed: {why}", evidence="the drill's duration has passed")
ABORTED = Sentence(
    "drill_run.aborted", "Aborted by {by}: {why}", evidence="who ended the drill, and the reason that was given"
)
CONTROLLER_ROLLS_BACK = Sentence(
    "drill_run.controller_rolls_back",
    "the controller rolls back, so the load stops",
    evidence="the phase has become Failed, which ends the slices",
)
CONTROLLER_PROMOTES = Sentence(
    "drill_run.controller_promotes",
    "the controller promotes, so the load stops",
    evidence="the phase has become Promoting, Finalising or Succeeded, which ends the slices",
)
TIME_OVER = Sentence("drill_run.time_over", "its {seconds:g} s are over", evidence="the drill's duration has passed")
OTHER_REVISION = Sentence(
    "drill_run.other_revision",
    "the canary has another revision by now",
    evidence="status.lastAppliedSpec differs from that at the start",
)
PRIMARY_SUFFERS = Sentence(
    "drill_run.primary_suffers",
    "{failing:.1f} % of the requests of the primary's own users fail (allowed: {allowed:.1f} %)",
    evidence="the measured share without the drill's own requests was above what is allowed in two looks in a row",
)
NO_ANSWERS_STOP = Sentence(
    "drill_run.no_answers_stop",
    "its requests get no answer ({why})",
    evidence="two slices in a row had requests and not one answer",
)
CANNOT_SEND = Sentence(
    "drill_run.cannot_send", "load could not be sent ({why})", evidence="a slice's sender gave this error"
)
NO_ANSWERS = Sentence("drill_run.no_answers", "no answers", evidence="hey counted no answer and named no error")
SLICE_NO_ANSWER = Sentence(
    "drill_run.slice_no_answer",
    "Slice {number} got no answer at all: {why}",
    evidence="hey counted requests of the slice and not one answer",
)
SLICE_FAILED = Sentence(
    "drill_run.slice_failed", "Slice {number}: {why}", evidence="the slice's sender gave this error"
)
LOAD_STOPPED = Sentence(
    "drill_run.load_stopped",
    "Load stopped after {sent:n request} in {slices:n slice}",
    evidence="no slice is under way, none will be sent, and every one has reported its requests",
    otherwise="drill_run.load_stopped_at_least",
)
LOAD_STOPPED_AT_LEAST = Sentence(
    "drill_run.load_stopped_at_least",
    "Load stopped after at least {sent:n request} in {slices:n slice} (summaries of hey missing: {missing})",
    evidence="no slice is under way and none will be sent; the requests that were reported",
)
PHASE = Sentence("drill_run.phase", "{before} → {now}", evidence="status.phase of two looks in a row")
NO_PHASE = Sentence("drill_run.no_phase", "no phase", evidence="status.phase is empty")
WEIGHT = Sentence("drill_run.weight", "weight {before} → {now}", evidence="the canary's weight of two looks in a row")
FAILED_CHECKS = Sentence(
    "drill_run.failed_checks",
    "failed checks {count}/{threshold}",
    evidence="status.failedChecks is higher than in the look before",
)
FAILED_CHECKS_WHY = Sentence(
    "drill_run.failed_checks_why",
    "failed checks {count}/{threshold}: {why}",
    evidence="status.failedChecks is higher than in the look before; the controller's warning of now",
    otherwise="drill_run.failed_checks",
)

BY_GUARDS = Sentence("drill_run.by_guards", "the guards", evidence="a guard of the drill ended it")
BY_SESSION = Sentence(
    "drill_run.by_session", "the end of this session", evidence="the console or the command is about to end"
)
BY_ABORT_KEY = Sentence("drill_run.by_abort_key", "the abort key", evidence="the key was pressed on the drill's screen")
BY_GAME_DAY = Sentence("drill_run.by_game_day", "the game day", evidence="the game day that began the drill ended it")
BY_NEXT_START = Sentence(
    "drill_run.by_next_start", "the next start", evidence="a later start found the drill without its process"
)
CANCELLED = Sentence("drill_run.cancelled", "it was cancelled", evidence="the drill's task was cancelled")
PRESSED = Sentence("drill_run.pressed", "{who} pressed it", evidence="the person whose console got the key")
A_PERSON = Sentence("drill_run.a_person", "a person", evidence="the cluster has not told the user's name")
NOT_WAITED_FOR = Sentence(
    "drill_run.not_waited_for", "its end was not waited for", evidence="the slice's task was cancelled"
)

STOPPED = Sentence("drill_run.stopped", "the drill was stopped", evidence="the sender was stopped before it began hey")
CANNOT_RUN = Sentence(
    "drill_run.cannot_run", "{hey} cannot be run ({why})", evidence="the operating system's error for starting it"
)
HEY_ENDED = Sentence(
    "drill_run.hey_ended",
    "hey ended with {code} ({said})",
    evidence="hey's exit code and the end of its output, which has no summary",
)
NO_OUTPUT = Sentence("drill_run.no_output", "no output", evidence="hey has written nothing")
TESTER_UNREACHABLE = Sentence(
    "drill_run.tester_unreachable",
    "the load tester at {url} is unreachable: {why}",
    evidence="the request to the load tester failed with this error",
)
TESTER_REFUSED = Sentence(
    "drill_run.tester_refused",
    "the load tester at {url} refused with {status} ({said})",
    evidence="the load tester's status, 300 or more, and its answer",
)
NO_REASON = Sentence("drill_run.no_reason", "no reason", evidence="the load tester's answer is empty")
NO_SUMMARY = Sentence(
    "drill_run.no_summary",
    "the load tester at {url} sent no summary of hey ({said})",
    evidence="the load tester's answer has no summary in it",
)
EMPTY = Sentence("drill_run.empty", "empty", evidence="the load tester's answer has no content")

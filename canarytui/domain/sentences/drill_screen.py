"""The drill's form, its confirmation, and its live screen."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

CHOOSE = Sentence("drill_screen.choose", "Drill on {canary}: choose the fault", evidence="the canary of the form")
PLANNING = Sentence(
    "drill_screen.planning",
    "Planning this drill … below is the one before it.",
    evidence="the form has changed since the plan that is shown was made",
)
KNOWN = Sentence(
    "drill_screen.known",
    "the plan and its prediction",
    evidence="the plan is shown while the canary's data is stale",
)
LOADING = Sentence("drill_screen.loading", "Loading …", evidence="the canary's routes have not been answered for yet")
REVIEW = Sentence("drill_screen.review", "review", evidence="Enter asks the last question")
NEXT_FIELD = Sentence("drill_screen.next_field", "next field", evidence="Tab moves the focus")
OTHER_FAULT = Sentence("drill_screen.other_fault", "another fault", evidence="the arrows move in the list of faults")
QUESTION = Sentence("drill_screen.question", "Drill: {title} on {canary}", evidence="the plan that is asked about")
YES = Sentence("drill_screen.yes", "Yes, send it", evidence="the button begins the drill")
NOT_POSSIBLE = Sentence(
    "drill_screen.not_possible", "Not possible: {why}.", evidence="a guard or a right is against it"
)

ABORT = Sentence("drill_screen.abort", "abort: stop the load", evidence="the key ends the drill's slices")
LEAVE_OR_ABORT = Sentence("drill_screen.leave_or_abort", "leave or abort", evidence="the key asks which of the two")
UNDER_WAY = Sentence("drill_screen.under_way", "The drill is under way", evidence="its load has not ended")
IF_LEFT = Sentence(
    "drill_screen.if_left",
    "If you leave, the drill goes on to its end, with a banner in the title bar; :drill or f comes back. It always "
    "ends with this console.",
    evidence="the drill is a task of the console and not of the screen",
)
STAY = Sentence("drill_screen.stay", "Stay (Esc)", evidence="the button closes the question")
LEAVE = Sentence("drill_screen.leave", "Leave it running (l)", evidence="the button leaves the screen alone")
ABORT_IT = Sentence("drill_screen.abort_it", "Abort it (a)", evidence="the button ends the drill's slices")
ABORTING = Sentence(
    "drill_screen.aborting",
    "Aborting: the last requests are sent within {seconds} s.",
    evidence="the sender was told to stop, and a slice's command ends itself after that time",
)
NO_VALUE_YET = Sentence("drill_screen.no_value_yet", "no check has a value yet", evidence="no check has had a value")
LEGEND = Sentence(
    "drill_screen.legend",
    "C/B predicted halt, rollback; H/R real",
    evidence="the letters that are drawn over the plot",
)
LEGEND_PREDICTED = Sentence(
    "drill_screen.legend_predicted",
    "C first failed check, B rollback, as predicted",
    evidence="the letters below the plot of a prediction",
)
PLOT = Sentence("drill_screen.plot", "{check} ⠒ real • predicted", evidence="the plot's two lines")
PLOT_THRESHOLD = Sentence(
    "drill_screen.plot_threshold",
    "{check}, threshold {bound:g} ⠒ real • predicted",
    evidence="the plot's two lines, and the check's threshold",
    otherwise="drill_screen.plot",
)

BANNER_ENDING = Sentence("drill_screen.banner_ending", "DRILL on {canary}: ending", evidence="no more slices are begun")
BANNER = Sentence(
    "drill_screen.banner",
    "DRILL on {canary}: {sent} sent, {seconds:.0f} s left",
    evidence="the requests that slices reported, and the drill's duration",
)
ON = Sentence("drill_screen.on", "{title} on {canary}", evidence="the plan that was confirmed")
FROM_CLUSTER = Sentence(
    "drill_screen.from_cluster", "{host}, from the cluster", evidence="the plan has the canary's load tester send"
)
FROM_HERE = Sentence("drill_screen.from_here", "{host}, from here", evidence="the plan has this process run hey")
TICK = Sentence("drill_screen.tick", "tick {tick}", evidence="the controller's ticks since the start")
WEIGHT = Sentence("drill_screen.weight", "weight {weight} %", evidence="the canary's weight in the last look")
PROGRESS = Sentence(
    "drill_screen.progress",
    "{state} {elapsed:.0f} s, {left:.0f} s left",
    evidence="the drill's stage, and its duration",
)
PREDICTED = Sentence("drill_screen.predicted", "predicted {outcome}", evidence="the prediction of the confirmed plan")
FAILED_CHECKS = Sentence(
    "drill_screen.failed_checks",
    "failed checks {count}/{threshold}",
    evidence="status.failedChecks and the threshold of the last look",
)
PRIMARY_FAILING = Sentence(
    "drill_screen.primary_failing",
    "primary's users: {percent:.1f} % fail",
    evidence="the measured share of the primary's requests without the drill's own",
)
REQUESTS = Sentence(
    "drill_screen.requests",
    "{sent:n request} in {slices:n slice}",
    evidence="the requests that slices reported, and the slices that are not under way",
)
REQUESTS_RATE = Sentence(
    "drill_screen.requests_rate",
    "{sent:n request} in {slices:n slice}, {rate:.0f}/s",
    evidence="the requests that slices reported, the slices that are not under way, and their seconds of load",
    otherwise="drill_screen.requests",
)

NOTHING_SENT = Sentence(
    "drill_screen.nothing_sent", "Drill on {canary}: nothing was sent. {why}", evidence="the drill has not begun"
)
RESULT = Sentence(
    "drill_screen.result", "Drill on {canary}: {outcome}; {comparison}.", evidence="what the drill saw until its end"
)
RESULT_REPORT = Sentence(
    "drill_screen.result_report", "{result} Report: {path}", evidence="the report's files were written"
)
LOAD_OVER = Sentence(
    "drill_screen.load_over",
    "The drill's load is over; the rollout was still in progress when it ended.",
    evidence="the drill came to its end while the canary was under analysis",
)

NO_CANARY = Sentence("drill_screen.no_canary", "No canary is selected.", evidence="the list has no cursor")
ANOTHER = Sentence(
    "drill_screen.another",
    "A drill is under way: abort it, or wait for its end (:drill shows it).",
    evidence="the console's drill has not ended",
)
UNEXPECTED = Sentence(
    "drill_screen.unexpected",
    "something unexpected went wrong; details are in the log file",
    evidence="an error that the program does not know, which was logged",
)
UNEXPECTED_LOG = Sentence(
    "drill_screen.unexpected_log", "a drill ended unexpectedly", evidence="an error that the program does not know"
)
NOT_WRITTEN = Sentence(
    "drill_screen.not_written",
    "The drill's report cannot be written to {folder} ({why}).",
    evidence="the operating system's error for the file",
)

"""``backtest``: what past rollouts would have done, which thresholds past values suggest, and what is not known."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNKNOWN_CHECK = Sentence(
    "backtest.unknown_check",
    "{given} names no check of this canary, which has {known}: write CHECK=97, CHECK=97.. or CHECK=..500.",
    evidence="no metric of the canary's analysis has that name",
)
NO_EQUALS = Sentence(
    "backtest.no_equals",
    "{given} has no threshold: write {given}=97, {given}=97.. (minimum), {given}=..500 (maximum) or {given}=1..5.",
    evidence="the text has no equals sign",
)
EMPTY_RANGE = Sentence(
    "backtest.empty_range",
    "{given}: the minimum is above the maximum, so no value passes; swap them.",
    evidence="the two numbers that were given",
)
NO_CHECKS = Sentence("backtest.no_checks", "none", evidence="the canary's analysis has no metrics")
NO_THRESHOLD = Sentence(
    "backtest.no_threshold",
    "{given} names no number: write CHECK=97, CHECK=97.. (minimum), CHECK=..500 (maximum) or CHECK=1..5.",
    evidence="what follows the equals sign is no finite number and no range",
)
WHICH_LIMIT = Sentence(
    "backtest.which_limit",
    "{check}={number}: this check has a minimum and a maximum; write {check}=MIN..MAX.",
    evidence="the check's range has both limits",
)
NO_TIME = Sentence(
    "backtest.no_time",
    "{option} {given} is no time: write 2026-11-03, 2026-11-03T14:00, or 90m, 12h, 30d for so long ago.",
    evidence="it is neither an ISO date nor a duration",
)
WINDOW_ENDS_FIRST = Sentence(
    "backtest.window_ends_first",
    "--to {end} is not after --from {start}: swap them, or leave --to out for now.",
    evidence="the two times that were given",
)
TO_ALONE = Sentence(
    "backtest.to_alone",
    "--to only works with --from: add --from, or use --since.",
    evidence="--to was given, and --from was not",
)
WINDOW_TOO_LONG = Sentence(
    "backtest.window_too_long",
    "From {start} to {end} there are {ticks} checks {interval} apart, more than {most}: choose a shorter window.",
    evidence="the window divided by the analysis interval",
)
NO_CANARY_IN_FILE = Sentence(
    "backtest.no_canary_in_file",
    "{file} holds {count} Canary objects: give a file with exactly one.",
    evidence="the documents of the file",
)
NOTHING_TO_REPLAY = Sentence(
    "backtest.nothing_to_replay",
    "No rollout of {canary} since {since} is known: neither the history on this machine nor its ReplicaSets have one; "
    "{window}.",
    evidence="the timeline file and the ReplicaSets were read",
)
UNDER_WAY = Sentence(
    "backtest.under_way",
    "The only rollout of {canary} since {since} is in progress: wait for its end, or {window}.",
    evidence="the canary's phase, or the times of the rollout; the timeline file and the ReplicaSets have no other",
    otherwise="backtest.nothing_to_replay",
)
GIVE_A_WINDOW = Sentence(
    "backtest.give_a_window",
    "give a window with --from and --to",
    evidence="the command backtest was given neither",
    otherwise="backtest.run_with_a_window",
)
RUN_WITH_A_WINDOW = Sentence(
    "backtest.run_with_a_window",
    "run canarytui backtest {canary} --from TIME --to TIME",
    evidence="a screen asks, which has no options",
)
NO_CHECKS_AT_ALL = Sentence(
    "backtest.no_checks_at_all",
    "its analysis has none",
    evidence="the canary's analysis has no metrics",
)
NO_WAY_TO_VALUES = Sentence(
    "backtest.no_way_to_values",
    "{error} A file alone needs --prometheus and --from.",
    evidence="the cluster of the kubeconfig gave no list of canaries, and one of the options is missing",
)
NO_NUMBER = Sentence(
    "backtest.no_number",
    "--one-in {given} is no number from 1 up: write 20.",
    evidence="the text is no whole number, or 0",
)
NO_CHECK_LEFT = Sentence(
    "backtest.no_check_left",
    "No check of {canary} can be replayed: {why}",
    evidence="every check was left out, each for a reason",
)
LEFT_OUT = Sentence("backtest.left_out", "check {check} is left out: {why}", evidence="its values cannot be had")
CANNOT_BE_TRIED = Sentence(
    "backtest.cannot_be_tried",
    "Another threshold cannot be tried: {why}.",
    evidence="the check was left out, for a reason",
)
NO_PAST = Sentence(
    "backtest.no_past",
    "its provider, {provider}, keeps no past values",
    evidence="the provider has no range query",
)
NEVER_MEASURED = Sentence(
    "backtest.never_measured",
    "it has no value in any of these rollouts",
    evidence="every query was answered, without a value at any tick",
)
READING = Sentence(
    "backtest.reading",
    "Reading past values: {done} of {all:n query} {bar}",
    evidence="the queries that have been answered, and those that are needed",
)
INCOMPLETE = Sentence("backtest.incomplete", "values are missing: {reason}", evidence="the provider's answer")
NO_VALUES = Sentence(
    "backtest.no_values",
    "no check has a value from that time (older than the provider keeps?)",
    evidence="every query of the attempt was answered, without a value",
)
NO_ANALYSIS = Sentence(
    "backtest.no_analysis",
    "it was not analysed",
    evidence="the timeline shows no first step and no acceptance test between its start and its end",
)
BAD_THEN = Sentence(
    "backtest.bad_then",
    " and {count} of {all:n bad one} stopped",
    evidence="the rollouts that were rolled back or are named by --bad; not said where there are none",
)
BAD_NOW = Sentence("backtest.bad_now", " and {count}", evidence="as backtest.bad_then, at the present threshold")
PRESENTLY = Sentence(
    "backtest.presently",
    "by its present threshold: {outcome}",
    evidence="the replay with the check's own threshold",
)
BY_HAND = Sentence(
    "backtest.by_hand",
    "its status was edited by hand",
    evidence="the timeline has a status write that is not the controller's",
)
DATA_END = Sentence(
    "backtest.data_end",
    "values end before it is decided",
    evidence="the simulated analysis was still going on at the attempt's last tick",
)
DISAGREES = Sentence(
    "backtest.disagrees",
    "present thresholds give: {outcome}",
    evidence="the replay with the canary's own thresholds ends otherwise than the rollout did",
)
CROSSED = Sentence("backtest.crossed", "{check} {value} ({limit})", evidence="the value that failed last")
NO_VALUE = Sentence("backtest.no_value", "no value", evidence="the check had none at that tick")
DECIDED = Sentence(
    "backtest.decided", "check {tick}, {clock}", evidence="the tick that decides, counted from the first"
)
STOPPED = Sentence(
    "backtest.stopped",
    "Bad rollouts stopped: {count} of {all}.{names}",
    evidence="rollouts that were rolled back or are named by --bad, and how the replay ends them",
)
MISSED = Sentence("backtest.missed", " Missed: {names}.", evidence="bad rollouts that the replay does not roll back")
NO_BAD = Sentence(
    "backtest.no_bad",
    "No rollout in this time is known to be bad. If one was promoted that was, name it: canarytui backtest CANARY "
    "--bad REVISION.",
    evidence="none was rolled back, and --bad names none",
)
GOOD = Sentence(
    "backtest.good",
    "Good rollouts rolled back: {count} of {all}.",
    evidence="rollouts that were promoted and are not named by --bad, and how the replay ends them",
)
SHADOW = Sentence(
    "backtest.shadow",
    "Shadow check {check} alone would have rolled back {good} of {all:n good rollout}{bad}{undecided}.",
    evidence="the replay of each rollout with this check and no other",
)
BAD_STOPPED = Sentence(
    "backtest.bad_stopped",
    " and stopped {count} of {all:n bad one}",
    evidence="the rollouts that were rolled back or are named by --bad; not said where there are none",
)
SHADOW_UNDECIDED = Sentence(
    "backtest.shadow_undecided",
    "; {count} undecided, as values end before",
    evidence="the replays with this check alone that were still going on at the last tick with values",
)
SHADOW_FAILED = Sentence(
    "backtest.shadow_failed",
    "{failing} of {values:n value}",
    evidence="the check's values at the rollout's ticks, and those outside its threshold",
)
UNDECIDED = Sentence(
    "backtest.undecided",
    "Undecided, as values end before: {count}.",
    evidence="replays that were still going on at the last tick with values",
)
UNJUDGED = Sentence(
    "backtest.unjudged",
    "Not judged: {count} (see NOTE).",
    evidence="attempts without analysis or values",
)
AGREEMENT = Sentence(
    "backtest.agreement",
    "With the present thresholds the replay ends as the rollout did in {count} of {all}.",
    evidence="attempts with a known end, and the replay with the canary's own thresholds",
)
ADVICE = Sentence(
    "backtest.advice",
    "{check}: at {threshold}, {good} of {all:n good rollout} would have been rolled back{bad} (now {present}: "
    "{good_now}{bad_now}).",
    evidence="the replay of each rollout with this check alone, at both thresholds",
)
ADVICE_EMPTY = Sentence(
    "backtest.advice_empty",
    "No threshold is suggested: that takes a rollout which was promoted and has values.",
    evidence="there is none",
)
ONE_IN = Sentence(
    "backtest.one_in",
    "Thresholds at which one good rollout in {number} would have been rolled back, each check alone:",
    evidence="the quantile of the worst values that good rollouts survived, of at least so many",
    otherwise="backtest.few",
)
FEW = Sentence(
    "backtest.few",
    "Good rollouts are too few for one in {number} ({count}). What the weakest of them survived, each check alone:",
    evidence="fewer good rollouts with values than the number of --one-in",
)
CAVEAT = Sentence(
    "backtest.caveat",
    "Values are those of the real rollouts: with another step or another end the canary would have had another share "
    "of the traffic. Webhooks and gates are replayed where the history has them, else they pass.",
    evidence="how the replay works",
)
PLOT = Sentence(
    "backtest.plot",
    "(rollouts in the order of the table: the {side} threshold that each would have survived; dashes are {limit})",
    evidence="the plot's points and line",
)
STRICTEST = Sentence("backtest.strictest", "highest", evidence="the limit is a minimum")
LOOSEST = Sentence("backtest.loosest", "lowest", evidence="the limit is a maximum")
WHAT_IF_TITLE = Sentence(
    "backtest.what_if_title",
    "What if {check} {limit}? Rollouts of {canary} since {since:%Y-%m-%d}",
    evidence="the check and threshold that were given, and how far back the timeline was read",
)
WHAT_IF_ASKED = Sentence(
    "backtest.what_if_asked",
    "What if the threshold of {check} were another than {limit}? 97, 97.. (minimum), ..500 (maximum) or 1..5; Enter "
    "replays the rollouts of the last 30 days.",
    evidence="the check under the cursor and its present threshold",
)
WHAT_IF_REFUSED = Sentence(
    "backtest.what_if_refused",
    "{given} is no threshold for {check}, which has {limit}: 97.. is a minimum, ..500 a maximum, 1..5 both, the "
    "smaller first; 97 replaces its only limit.",
    evidence="what was given, and why --threshold refuses it",
)
WHAT_IF_HINT = Sentence(
    "backtest.what_if_hint",
    "97, 97.., ..500 or 1..5",
    evidence="what is understood as a threshold",
)
ALONE = Sentence(
    "backtest.alone",
    "A shadow check: each rollout is judged by this check alone, as if it were real.",
    evidence="the check stands in the annotation of shadow checks, and no other was replayed",
)
CANCELS = Sentence("backtest.cancels", "Esc cancels.", evidence="the screen's key")
WOULD_HAVE = Sentence(
    "backtest.would_have",
    "would be: {outcome}{at}{by}",
    evidence="the replay of the rollout with the threshold that was given",
)
AT = Sentence("backtest.at", " at {clock} (check {tick})", evidence="the tick that decides, counted from the first")
BY = Sentence("backtest.by", " by {crossed}", evidence="the check that failed last in the replay, and its value")
HAPPENED = Sentence("backtest.happened", "happened: {outcome}", evidence="how the timeline says that the rollout ended")
FIXED_SCENE = Sentence(
    "backtest.fixed_scene",
    "This is a fixed scene without a metric provider: there are no past values to read.",
    evidence="the connection is the fixture of pictures and tests",
)
NO_CHECK_SELECTED = Sentence(
    "backtest.no_check_selected",
    "This canary has no metric check to try another threshold on.",
    evidence="neither spec.analysis.metrics nor the annotation of shadow checks has one",
)
SELECT_A_CHECK = Sentence(
    "backtest.select_a_check",
    "Select a check, then press {key}.",
    evidence="the canary was opened at its checks, where the key works",
)
NO_ROLLOUT_SEEN = Sentence(
    "backtest.no_rollout_seen",
    "No rollout of {canary} is in this session's timeline; canarytui backtest looks further back.",
    evidence="the canary's timeline has no analysis",
)
NO_VALUES_SEEN = Sentence(
    "backtest.no_values_seen",
    "No values of {canary}'s rollout of {clock} have been read here; canarytui backtest reads them from the provider.",
    evidence="the session's readings have none at any tick of that rollout",
)
WHAT_IF = Sentence(
    "backtest.what_if",
    "With {thresholds} the rollout of {canary} from {clock} would be {then}; with the present thresholds {now}. "
    "Gates and webhooks as they were.{until}{unread}",
    evidence="the replay of the rollout, by what this session read, at both thresholds",
)
UNREAD = Sentence(
    "backtest.unread",
    " Without {checks}: of several queries a session reads one.",
    evidence="the checks of the analysis with more than one query, which the replay leaves out",
)
READ_UNTIL = Sentence(
    "backtest.read_until",
    " Only what was read until {clock}.",
    evidence="the rollout has no known end, and the last reading of its checks is older than an interval",
)
PROMOTED = Sentence("backtest.promoted", "promoted (failed checks: {failed})", evidence="how the replay ends")
ROLLED_BACK = Sentence("backtest.rolled_back", "rolled back (failed checks: {failed})", evidence="how the replay ends")
ENDED_OTHERWISE = Sentence("backtest.ended_otherwise", "ended otherwise", evidence="how the replay ends")
STILL_ANALYSED = Sentence(
    "backtest.still_analysed",
    "at weight {weight} (failed checks: {failed})",
    evidence="the replay is undecided at the last tick that is known",
)

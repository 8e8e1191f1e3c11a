"""The legend in the help: groups of keys, and marks on the screen."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

ACTIONS = Sentence(
    "legend.actions",
    "Actions (each asks for confirmation)",
    evidence="every key of the group opens a dialog whose default is No",
)
TITLE = Sentence(
    "legend.title",
    "Help: / searches, Esc closes",
    evidence="the keys that are bound in the help",
)
HALTED = Sentence(
    "legend.halted",
    "checks fail; at the threshold of failed checks it rolls back",
    evidence="drawn where the last act counted a failed check, or a check fails now",
)
UNATTENDED = Sentence(
    "legend.unattended",
    "no controller has acted on it for {ticks} ticks",
    evidence="drawn where the controller acts at every tick and that many have passed without an act",
)
PROGRESSING = Sentence(
    "legend.progressing",
    "advancing, or about to",
    evidence="drawn in phase Progressing without a failed check at the last act",
)
WAITING = Sentence(
    "legend.waiting",
    "a gate is not open; in other phases: waiting for pods, a webhook or first values",
    evidence="drawn in the phases Waiting and WaitingPromotion, and in others whose sentence says that it waits",
)
SUSPENDED = Sentence(
    "legend.suspended",
    "paused by spec.suspend",
    evidence="drawn where spec.suspend is true",
)
ATTENTION = Sentence(
    "legend.attention",
    "not understood, without its target, or unattended",
    evidence="drawn where the object is invalid, or what is wrong is not the state's own word",
)
DELETING = Sentence(
    "legend.deleting",
    "being deleted",
    evidence="drawn in the phases Terminating and Terminated",
)
UNSEEN = Sentence(
    "legend.unseen",
    "no controller has picked it up yet",
    evidence="drawn where status.phase is empty",
)
AT_REST = Sentence(
    "legend.at_rest",
    "promoted, or ready for its first rollout",
    evidence="drawn in the phases Succeeded and Initialized",
)
LAST_ATTEMPT = Sentence(
    "legend.last_attempt",
    "weight at which the last rollout was rolled back; its failed checks are dimmed",
    evidence="what the columns WEIGHT and FAILED show after a rollback",
)
WEIGHT_BAR = Sentence(
    "legend.weight_bar",
    "weight; the tick is where the rollout promotes",
    evidence="the column WEIGHT, and maxWeight or the last of stepWeights",
)
FAILED_CHECKS = Sentence(
    "legend.failed_checks",
    "failed checks of the threshold",
    evidence="status.failedChecks and spec.analysis.threshold",
)
SHADOW = Sentence(
    "legend.shadow",
    "shadow checks that would fail now; they have no effect on the rollout",
    evidence="behind the column FAILED where shadow checks fail by their last values",
)
STEP = Sentence(
    "legend.step",
    "steps taken of the plan; NEXT counts down to the controller's next tick",
    evidence="the plan of the spec, the weight, and the tick last seen",
)
STALE = Sentence(
    "legend.stale",
    "contact is lost: dimmed, shown as last known; recovers by itself",
    evidence="drawn where the reflector of the canaries has lost the API server, which it asks again",
)
SEVERITY = Sentence(
    "legend.severity",
    "in the timeline: warning, normal",
    evidence="the entry's own severity",
)
WALL_HALTED = Sentence(
    "legend.wall_halted",
    "checks fail; at that many failed checks it rolls back",
    evidence="drawn where the last act counted a failed check",
)
WALL_FAILED = Sentence(
    "legend.wall_failed",
    "a failure: stays for {minutes} minutes, or until its next rollout begins",
    evidence="the wall's own time for failures",
)
WALL_AGE = Sentence(
    "legend.wall_age",
    "at most that old",
    evidence="when the API server was last heard",
)
WALL_STALE = Sentence(
    "legend.wall_stale",
    "the API server does not answer: all below is from then; recovers by itself",
    evidence="the API server's last answer, and the error since",
)
CHANGE_KEYS = Sentence(
    "legend.change_keys",
    "Keys can be changed by the names in brackets: {path}",
    evidence="the configuration file's path, and the table of keys",
)
HEALTH = Sentence(
    "legend.health",
    "✓ good, ~ waiting, ✗ needs attention, · unknown",
    evidence="the marks of the tree of objects",
)
PLOT_MARKS = Sentence(
    "legend.plot_marks",
    "▲ advance, ✗ halt, ↩ rollback, ★ promotion",
    evidence="the marks of the timeline's entries below the plots of canary and primary",
)
PLOT_LETTERS = Sentence(
    "legend.plot_letters",
    "A advance, H halt, R rollback, P promotion, N new revision",
    evidence="the letters that the plots mark the timeline's entries with",
)

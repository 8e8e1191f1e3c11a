"""What a rollout is doing and what it waits for: the head of the one sentence about a canary.

Each begins after the canary's name: ``cart`` + ``is halted: …``.
"""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

PAUSED = Sentence(
    "rollout.paused",
    "is paused: its controller does nothing until it is resumed",
    evidence="spec.suspend is true, and no rollout has traffic on the canary",
)
PAUSED_IN_ROLLOUT = Sentence(
    "rollout.paused_in_rollout",
    "is paused in phase {phase}, {traffic}: no steps, no checks, no rollback until it is resumed",
    evidence="spec.suspend is true, a rollout is under way, and the canary has a weight above 0",
    otherwise="rollout.paused",
)
TARGET_MISSING = Sentence(
    "rollout.target_missing",
    "cannot run: its target {kind} {target} does not exist; create it or correct spec.targetRef",
    evidence="all workloads were listed, and the target is not among them",
)
UNATTENDED = Sentence(
    "rollout.unattended",
    "is {phase}, {traffic}, and no controller has acted on it for {duration} ({ticks:n tick}): is one"
    " running and watching this namespace?",
    evidence="the controller acts at every tick of this phase, and three ticks have passed without an act",
)
SCALED_TO_ZERO = Sentence(
    "rollout.controller_scaled_to_zero",
    "is {phase}, {traffic}, and nothing moves it: its controller is scaled to zero",
    evidence="the controller's Deployment wants no replicas",
)
NEW = Sentence(
    "rollout.new",
    "has no status yet: no controller has picked it up (is one running and watching this namespace?)",
    evidence="status.phase is empty",
)
INITIALIZING = Sentence(
    "rollout.initializing",
    "is initializing: the controller creates its primary, Services and routes",
    evidence="status.phase is Initializing, and the primary is ready or not seen",
)
INITIALIZING_PODS = Sentence(
    "rollout.initializing_pods",
    "is initializing: waiting for {pods}",
    evidence="status.phase is Initializing, and the primary is not ready",
    otherwise="rollout.initializing",
)
INITIALIZING_WARNED = Sentence(
    "rollout.initializing_warned",
    "is initializing, and the controller reports: {warning}",
    evidence="status.phase is Initializing, and the controller warned at its last act",
    otherwise="rollout.initializing",
)
INITIALIZED = Sentence(
    "rollout.initialized",
    "is ready: {serving}; any change to its pod template starts a rollout",
    evidence="status.phase is Initialized",
)
PROMOTED = Sentence(
    "rollout.promoted",
    "was promoted: {serving}",
    evidence="status.phase is Succeeded",
)
ROLLED_BACK = Sentence(
    "rollout.rolled_back",
    "was rolled back{cause}: {serving}; not tried again until you retry or push a new revision",
    evidence="status.phase is Failed, and the status leaves no traffic on the canary",
)
PROMOTION_FAILED = Sentence(
    "rollout.promotion_failed",
    "failed while promoting: {serving}; fix forward with spec.skipAnalysis true{otherwise}",
    evidence="status.phase is Failed with status.canaryWeight 100: the controller leaves the traffic on the canary",
    otherwise="rollout.rolled_back",
)
BROKEN_PRIMARY = Sentence(
    "rollout.broken_primary",
    ", anything else sends traffic to a primary that is not ready",
    evidence="the primary is not ready",
)
WAITING_APPROVAL = Sentence(
    "rollout.waiting_approval",
    "is waiting for approval before it starts{gates}; next check {when}",
    evidence="status.phase is Waiting",
)
WAITING_PROMOTION = Sentence(
    "rollout.waiting_promotion",
    "passed its analysis and is waiting for approval to promote{gates}{but}; next check {when}",
    evidence="status.phase is WaitingPromotion",
)
WAITING_INCREASE = Sentence(
    "rollout.waiting_increase",
    "is waiting for approval to increase its traffic{gates}, {traffic}; next check {when}",
    evidence="the controller said at its last act that it waits for a traffic increase to be approved",
)
GATES = Sentence(
    "rollout.gates",
    " ({names})",
    evidence="the spec has webhooks of the type that this phase asks",
)
BUT = Sentence(
    "rollout.but",
    ", while {complaint}",
    evidence="a check fails by the console's own query",
)
SKIPPING_ANALYSIS = Sentence(
    "rollout.skipping_analysis",
    "skips its analysis: promotion begins {when}",
    evidence="status.phase is Progressing, and spec.skipAnalysis is true",
)
WAITING_PODS = Sentence(
    "rollout.waiting_pods",
    "is waiting for {pods}{deadline}",
    evidence="a rollout is in analysis, and the target's pods are not ready",
)
THRESHOLD_REACHED = Sentence(
    "rollout.threshold_reached",
    "has reached {failed} of {threshold:n failed check}{by} and rolls back {when}",
    evidence="status.failedChecks is not below the threshold",
)
HALTED = Sentence(
    "rollout.halted",
    "is halted: {cause}; {outlook}",
    evidence="the controller's last act was to count a failed check",
    otherwise="rollout.will_fail",
)
FIRST_TRAFFIC = Sentence(
    "rollout.first_traffic",
    "had no traffic to measure at its last check: {begun}; next check {when} ({failed} of {threshold:n failed check})",
    evidence="the controller found no values, at most twice, at the first step, and no value is seen to fail",
    otherwise="rollout.halted",
)
NO_VALUES_YET = Sentence(
    "rollout.no_values_yet",
    "has no traffic measured yet: {begun}; its first check {when} fails unless values arrive",
    evidence="the first step was just taken, no check has failed, and the console's own query has no value",
    otherwise="rollout.will_fail",
)
LOAD_TEST_BEGUN = Sentence(
    "rollout.load_test_begun",
    "the load test has just begun",
    evidence="the first step was just taken, and a rollout webhook runs a command at a load tester",
    otherwise="rollout.traffic_begun",
)
TRAFFIC_BEGUN = Sentence(
    "rollout.traffic_begun",
    "the canary has just received its first share",
    evidence="the first step was just taken",
)
WILL_FAIL = Sentence(
    "rollout.will_fail",
    "will fail its next check {when} unless it recovers: {complaint}; {outlook}",
    evidence="the canary has traffic, and a check fails by the console's own query",
)
ADVANCING = Sentence(
    "rollout.advancing",
    "{next}{margin}{blind}",
    evidence="status.phase is Progressing, the last act was no failed check, and no check is seen to fail",
)
BLIND = Sentence(
    "rollout.blind",
    "; this console cannot read its metrics: {problem}",
    evidence="the console's own query of a check failed",
)
PROMOTING_PODS = Sentence(
    "rollout.promoting_pods",
    "is being promoted: waiting for {pods}, then all traffic goes to the new primary",
    evidence="status.phase is Promoting, and the primary's rollout is not complete",
    otherwise="rollout.promoting",
)
PROMOTING = Sentence(
    "rollout.promoting",
    "is being promoted: all traffic goes to the new primary {when}",
    evidence="status.phase is Promoting, and nothing is seen to be missing from the primary",
)
FINALISING = Sentence(
    "rollout.finalising",
    "is promoted: {serving}; the canary's pods are scaled down {when}",
    evidence="status.phase is Finalising",
)
TERMINATING = Sentence(
    "rollout.terminating",
    "is being deleted: its target gets the traffic back first",
    evidence="status.phase is Terminating, which only a canary with revertOnDeletion enters",
)
TERMINATED = Sentence(
    "rollout.terminated",
    "is being deleted: its target has the traffic back",
    evidence="status.phase is Terminated",
)
UNKNOWN_PHASE = Sentence(
    "rollout.unknown_phase",
    "is in phase {phase}, which this console does not know",
    evidence="status.phase is none of those known here",
)

"""The parts of a canary's detail screen."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

GONE = Sentence(
    "detail_screen.gone",
    "This canary is gone, or can no longer be read (Esc goes back).",
    evidence="its object is not known now, or cannot be parsed",
)
NO_ORDER = Sentence(
    "detail_screen.no_order",
    "Only the list can be sorted (Esc).",
    evidence="this screen has one order",
)
COPIED = Sentence(
    "detail_screen.copied",
    "Copied: {what}.",
    evidence="the text was sent to the terminal's clipboard",
)
NOT_CONNECTED = Sentence(
    "detail_screen.not_connected",
    "not connected yet",
    evidence="no connection has been opened",
)
NO_CONTROLLER = Sentence(
    "detail_screen.no_controller",
    "no controller found, so there is no log to show",
    evidence="the Deployments that may be read were searched, and none runs a known controller's image",
    otherwise="detail_screen.looking_for_controller",
)
LOOKING_FOR_CONTROLLER = Sentence(
    "detail_screen.looking_for_controller",
    "looking for the controller …",
    evidence="the Deployments have not been searched for a controller yet",
)
SERVICE_TARGET = Sentence(
    "detail_screen.service_target",
    "a Service has no pods of its own: no template to compare",
    evidence="spec.targetRef.kind is Service",
)
NOTHING_TO_COMPARE = Sentence(
    "detail_screen.nothing_to_compare",
    "nothing to compare: the {which} does not exist",
    evidence="workloads were read, and it is not among them",
    otherwise="detail_screen.not_compared",
)
NOT_COMPARED = Sentence(
    "detail_screen.not_compared",
    "nothing to compare: the {which} does not exist, or may not be read",
    evidence="workloads have not been read, and it is not known",
)
SAME_TEMPLATE = Sentence(
    "detail_screen.same_template",
    "same pod template as the primary: nothing to roll out",
    evidence="target and primary have the same template, and no rollout is under way",
    otherwise="detail_screen.same_template_in_rollout",
)
SAME_TEMPLATE_IN_ROLLOUT = Sentence(
    "detail_screen.same_template_in_rollout",
    "same pod template as the primary: this rollout changes no template",
    evidence=(
        "target and primary have the same template, and a rollout is under way (of a config, or of a change taken back)"
    ),
)
CHANGES = Sentence(
    "detail_screen.changes",
    "{count} change{s} in the pod template, {names}",
    evidence="target and primary have different templates",
)
PASSES = Sentence(
    "detail_screen.passes",
    "passes",
    evidence="the console's query answered a value within the threshold",
)
FAILS = Sentence(
    "detail_screen.fails",
    "fails",
    evidence="the console's query answered a value outside the threshold",
)
NO_VALUE = Sentence(
    "detail_screen.no_value",
    "no value, which counts as failed",
    evidence="the console's query answered without a value while the canary is measured",
    otherwise="detail_screen.not_measured",
)
NOT_MEASURED = Sentence(
    "detail_screen.not_measured",
    "not measured now",
    evidence="the check has no answer, or the canary has no traffic to measure",
)
NO_VALUE_WHY = Sentence(
    "detail_screen.no_value_why",
    "why: {why}",
    evidence="queries about the parts of the check's query show what is to blame",
)
NO_CHECKS = Sentence(
    "detail_screen.no_checks",
    "no metric checks in the spec: only webhooks and unready pods can hold a step",
    evidence="spec.analysis.metrics is empty",
)
NO_OWNER = Sentence(
    "detail_screen.no_owner",
    "none (no labels of Flux, Argo CD or Helm)",
    evidence="the object has none of the labels and annotations of these tools",
)
NO_CONTROLLER_FOUND = Sentence(
    "detail_screen.no_controller_found",
    "none found",
    evidence="no Deployment that may be read runs a known controller's image",
)
INTERVAL = Sentence(
    "detail_screen.interval",
    "{asked:g} s (effective {kept:g} s)",
    evidence="spec.analysis.interval, and what the controller makes of it",
    otherwise="detail_screen.interval_kept",
)
INTERVAL_KEPT = Sentence(
    "detail_screen.interval_kept",
    "{kept:g} s",
    evidence="spec.analysis.interval, which the controller keeps as it is",
)
THRESHOLD = Sentence(
    "detail_screen.threshold",
    "{threshold} (rolls back at this number)",
    evidence="spec.analysis.threshold",
)
SKIPPED = Sentence(
    "detail_screen.skipped",
    "yes: every change is promoted unchecked",
    evidence="spec.skipAnalysis is true",
)
WEIGHTS = Sentence(
    "detail_screen.weights",
    "status {status} %, router {router} %",
    evidence="status.canaryWeight, and the router's weights",
    otherwise="detail_screen.weight",
)
WEIGHT = Sentence(
    "detail_screen.weight",
    "status {status} %, router not read",
    evidence="status.canaryWeight, and no router could be read",
)
ALERTS = Sentence(
    "detail_screen.alerts",
    "{severity} to {provider}",
    evidence="an alert of spec.analysis.alerts, with its severity and providerRef",
    otherwise="detail_screen.alerts_without_severity",
)
ALERTS_WITHOUT_SEVERITY = Sentence(
    "detail_screen.alerts_without_severity",
    "to {provider}, no severity: Flagger sends nothing, canarytui's controller all",
    evidence="an alert of spec.analysis.alerts without a severity",
)
CANARYS_LOGS = Sentence(
    "detail_screen.canarys_logs",
    "the canary's pods",
    evidence="the logs that are followed are of the target's pods",
)
PRIMARYS_LOGS = Sentence(
    "detail_screen.primarys_logs",
    "the primary's pods",
    evidence="the logs that are followed are of the primary's pods",
)
BOTHS_LOGS = Sentence(
    "detail_screen.boths_logs",
    "canary and primary pods",
    evidence="the logs that are followed are of the target's and the primary's pods",
)
RAW = Sentence(
    "detail_screen.raw",
    "raw",
    evidence="the person chose lines as they came",
)
BEFORE_RESTART = Sentence(
    "detail_screen.before_restart",
    "from before the last restart",
    evidence="the logs were asked for with previous=true",
)
CONTROLLERS_LOG = Sentence(
    "detail_screen.controllers_log",
    "the controller, about this canary",
    evidence="the log that is followed is the controller's, of which the lines about this canary are shown",
)
HELD = Sentence(
    "detail_screen.held",
    "paused while you read: G follows again",
    evidence="the page is scrolled back",
)
FOLLOWING = Sentence(
    "detail_screen.following",
    "following",
    evidence="no container whose logs are shown has a problem",
)
FOLLOWING_SOME = Sentence(
    "detail_screen.following_some",
    "following {coming} of {all}",
    evidence="the last attempt to read the logs of the other containers failed",
)
NOT_FOLLOWING = Sentence(
    "detail_screen.not_following",
    "not following now",
    evidence="the container is not there any more, or the last attempt to read the logs of each one failed",
)
NO_LINES = Sentence(
    "detail_screen.no_lines",
    "no lines yet",
    evidence="containers are followed, and no line has come",
)
NO_CONTAINERS = Sentence(
    "detail_screen.no_containers",
    "no containers to follow",
    evidence="its pods were read, and none has a container",
    otherwise="detail_screen.pods_unread",
)
PODS_UNREAD = Sentence(
    "detail_screen.pods_unread",
    "waiting for the list of pods …",
    evidence="the pods have not been read yet",
)
NO_ENTRIES = Sentence(
    "detail_screen.no_entries",
    "nothing recorded yet",
    evidence="the timeline has no entry of this canary",
)
NO_CONDITIONS = Sentence(
    "detail_screen.no_conditions",
    "no conditions yet",
    evidence="status.conditions is empty",
)
NO_WEIGHT_THEN = Sentence(
    "detail_screen.no_weight_then",
    "unknown",
    evidence="neither the timeline nor this console has a weight from before that time",
)
NO_VALUE_THEN = Sentence(
    "detail_screen.no_value_then",
    "no value within {seconds:g} s of it",
    evidence="this console's readings of the check, none of which is so near",
)
OUTSIDE = Sentence(
    "detail_screen.outside",
    "{value} (threshold {bound}) ✗ outside",
    evidence="the reading nearest to that time, which is outside the threshold",
    otherwise="detail_screen.inside",
)
INSIDE = Sentence(
    "detail_screen.inside",
    "{value} (threshold {bound})",
    evidence="the reading nearest to that time, which is within the threshold",
)
MORE = Sentence(
    "detail_screen.more",
    "… and {count} more (3 shows all objects)",
    evidence="objects that are not well, of which the first are shown",
)
FAILED_CHECKS = Sentence(
    "detail_screen.failed_checks",
    "failed checks {failed} of {threshold}",
    evidence="status.failedChecks and spec.analysis.threshold",
)
STEP = Sentence(
    "detail_screen.step",
    "step {step} of {steps}",
    evidence="the plan of the spec, and the weight or iteration that was reached",
)
ON_TRACK = Sentence(
    "detail_screen.on_track",
    "on track to promote at {at:%H:%M:%S}",
    evidence="no check fails, and the steps left take until then",
)
ROLLED_BACK_AT = Sentence(
    "detail_screen.rolled_back_at",
    "rolled back {at:%H:%M:%S}{count}",
    evidence="the timeline has when the rollout failed",
)
OF_BUDGET = Sentence(
    "detail_screen.of_budget",
    " ({failed}/{threshold})",
    evidence="the timeline has the count of failed checks, and spec.analysis.threshold",
)
LAST_ATTEMPT = Sentence(
    "detail_screen.last_attempt",
    "last attempt:",
    evidence="the canary failed, and the numbers of that rollout were recorded in the timeline",
)
ROLLS_BACK = Sentence(
    "detail_screen.rolls_back",
    "rolls back at {at:%H:%M:%S} unless it recovers",
    evidence="checks fail, and this is when the failures left are used up if they go on failing",
)
NO_PODS = Sentence(
    "detail_screen.no_pods",
    "no pods",
    evidence="the workload's pods were read, and there are none",
)
LOADING_PODS = Sentence(
    "detail_screen.loading_pods",
    "loading pods …",
    evidence="the pods have not been read yet",
)
UNREAD_PODS = Sentence(
    "detail_screen.unread_pods",
    "pods not read: no contact with the API server",
    evidence="contact was lost before the pods were read",
)
NO_STEPS = Sentence(
    "detail_screen.no_steps",
    "no steps: neither stepWeight, stepWeights nor iterations is set",
    evidence="the spec has none of the three",
)
NO_VALUES = Sentence(
    "detail_screen.no_values",
    "no values yet",
    evidence="no finite value has been read",
)
HEADLINE = Sentence(
    "detail_screen.headline",
    "strategy {strategy}, provider {provider}, every {interval:g} s",
    evidence="the plan of spec.analysis, the canary's provider, spec.analysis.interval",
)

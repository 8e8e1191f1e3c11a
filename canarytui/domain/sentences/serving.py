"""Which version serves the users: never more than router, primary and pods show."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

ALL = Sentence(
    "serving.all",
    "{version} serves all traffic{ready}",
    evidence=(
        "the router sends nothing to the canary (provider kubernetes has none: its Service selects the primary), and "
        "all pods of the primary have the current template"
    ),
    otherwise="serving.primary_runs",
)
SOME_READY = Sentence(
    "serving.some_ready",
    " ({pods})",
    evidence="the primary is updated, and fewer of its pods are available than are wanted",
)
SPLIT = Sentence(
    "serving.split",
    "the router sends {weight} % of the traffic to the canary, the rest to {primary}",
    evidence="the router's weights, which have a share for the canary",
)
CANARY_ALL = Sentence(
    "serving.canary_all",
    "the router sends all traffic to the canary",
    evidence="the router's weights, which have nothing for the primary",
)
STATUS_SPLIT = Sentence(
    "serving.status_split",
    "the status records {weight} % on the canary (router not read)",
    evidence="status.canaryWeight is above 0, and no router could be read",
)
ROLLING = Sentence(
    "serving.rolling",
    "primary rolling to {version}: {pods}",
    evidence="the primary's Deployment or DaemonSet has a newer template than some of its pods",
)
NOT_OBSERVED = Sentence(
    "serving.not_observed",
    "the primary ({version}) has a change not yet rolled out",
    evidence="the newest generation of the primary has not been observed by its controller",
)
NONE_READY = Sentence(
    "serving.none_ready",
    "no pod of the primary ({version}) is available{trouble}",
    evidence="the primary's status counts no available pods",
)
SCALED_TO_ZERO = Sentence(
    "serving.scaled_to_zero",
    "the primary ({version}) is scaled to zero",
    evidence="the primary wants no pods",
)
NO_PRIMARY = Sentence(
    "serving.no_primary",
    "its primary {name} does not exist",
    evidence="all workloads were listed, and the primary is not among them",
)
PRIMARY_RUNS = Sentence(
    "serving.primary_runs",
    "the primary runs {version}{ready}",
    evidence="all pods of the primary have the current template; no router could be read",
    otherwise="serving.unknown",
)
THE_PRIMARY = Sentence(
    "serving.the_primary",
    "the primary serves all traffic",
    evidence="the router sends nothing to the canary; the primary is a Service or cannot be read",
    otherwise="serving.unknown",
)
UNKNOWN = Sentence(
    "serving.unknown",
    "who serves is not known here (router and primary not read)",
    evidence="neither a router nor the primary could be read",
)
ROUTER = Sentence(
    "serving.router",
    "{weight} % of the traffic on the canary",
    evidence="the router's weights",
    otherwise="serving.status",
)
ROUTER_NOT_STATUS = Sentence(
    "serving.router_not_status",
    "{weight} % of the traffic on the canary (status: {status} %)",
    evidence="the router's weights, and status.canaryWeight says another",
)
STATUS = Sentence(
    "serving.status",
    "at weight {weight} by its status",
    evidence="status.canaryWeight; no router could be read",
)

"""The rollout in numbers: requests, response times and resources of canary and primary, and why there are none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_COUNTED = Sentence(
    "numbers.not_counted",
    "requests cannot be counted: {provider} has no counter that is known here",
    evidence="the provider's record names no series of requests",
)
NO_REQUESTS = Sentence(
    "numbers.no_requests",
    "no requests measured in the last {window}",
    evidence="the counter's rate was asked for, and both sides had none",
    otherwise="numbers.not_asked_yet",
)
NONE_MEASURED = Sentence(
    "numbers.none_measured",
    "no requests measured in the last {age}",
    evidence="no value of either side is known in the time that the plots show",
)
NOT_ASKED_YET = Sentence(
    "numbers.not_asked_yet",
    "not measured yet",
    evidence="no answer has come from the metrics server",
)
PROBLEM = Sentence(
    "numbers.problem",
    "not measured: {problem}",
    evidence="the metrics server's last answer was an error, or none came",
)
SINCE = Sentence(
    "numbers.since",
    "since {at}",
    evidence="the requests are those between the rollout's begin and now",
)
BETWEEN = Sentence(
    "numbers.between",
    "{at} to {until}",
    evidence="the requests are those between the rollout's begin and its end",
)
HELD_SHORTER = Sentence(
    "numbers.held_shorter",
    "requests counted {since} only, where the metrics server's data begin (rollout began {began})",
    evidence="the earliest data in the metrics server's answer are later than the rollout's begin",
)
RESTARTED = Sentence(
    "numbers.restarted",
    "a new revision restarted the analysis: its requests count from the first scrape after that",
    evidence="the timeline has the restart, and by the counter's scrapes none has surely followed it",
)
NO_BEGIN = Sentence(
    "numbers.no_begin",
    "no totals: when the rollout began is not known",
    evidence="neither the Promoted condition nor the timeline has the begin of a rollout",
)
COUNTED = Sentence(
    "numbers.counted",
    "requests counted {since}",
    evidence="the time over which the counters' growth was asked for",
)
SHARE = Sentence(
    "numbers.share",
    "the canary took {share} % of the requests in the last {window} (weight now {weight} %)",
    evidence="the canary's requests a second and both sides' together; the router's weight, else the status'",
)
SERVED = Sentence(
    "numbers.served",
    "{requests}, {failed} failed",
    evidence="the growth of the provider's counter by response code, failed as in the success check",
)
EXCESS = Sentence(
    "numbers.excess",
    "about {excess} more failed than at the primary's rate",
    evidence="failed requests of the canary, less its requests times the primary's rate of failures",
)
USAGE_NOT_SERVED = Sentence(
    "numbers.usage_not_served",
    "CPU and memory: this cluster does not serve metrics.k8s.io",
    evidence="pods.metrics.k8s.io was asked for and answered with 404",
)
USAGE_REFUSED = Sentence(
    "numbers.usage_refused",
    "CPU and memory: you may not list pods.metrics.k8s.io in namespace {namespace}",
    evidence="pods.metrics.k8s.io was asked for and answered with 401 or 403",
)
USAGE_PROBLEM = Sentence(
    "numbers.usage_problem",
    "CPU and memory: {problem}",
    evidence="asking for pods.metrics.k8s.io failed",
)

"""Why a drill must not begin, or must not go on: phrases that end another sentence."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

MORE_THAN_ALLOWED = Sentence(
    "drill_guard.more_than_allowed",
    "{asked:g} {unit} are more than the {most:g} that {file} allows",
    evidence="the drill's value and the person's limit",
)
REQUESTS = Sentence("drill_guard.requests", "requests a second", evidence="the unit of a drill's rate")
WORKERS = Sentence("drill_guard.workers", "workers", evidence="the unit of a drill's concurrency")
SECONDS = Sentence("drill_guard.seconds", "seconds", evidence="the unit of the duration's limit")
NAMESPACE = Sentence(
    "drill_guard.namespace",
    "namespace {namespace} is not among those of {file} ({patterns})",
    evidence="the limits name namespaces, and none of their patterns matches",
)
HOST = Sentence(
    "drill_guard.host",
    "host {host} is not among those of {file} ({patterns})",
    evidence="the limits name hosts, and none of their patterns matches",
)
OTHER_HOST = Sentence(
    "drill_guard.other_host",
    "{host} does not lead to this canary",
    evidence="no route and no load test of the canary names the host",
)
NO_HOST = Sentence("drill_guard.no_host", "no host", evidence="the plan's host is empty")
DELETING = Sentence(
    "drill_guard.deleting", "the canary is being deleted", evidence="the object has a deletionTimestamp"
)
SUSPENDED = Sentence(
    "drill_guard.suspended",
    "it is paused (spec.suspend): no check runs, so nothing would stop the errors",
    evidence="spec.suspend is true",
)
ANALYSIS_SKIPPED = Sentence(
    "drill_guard.analysis_skipped",
    "spec.skipAnalysis is true: no check runs, so nothing would stop the errors",
    evidence="spec.skipAnalysis is true",
)
NOT_IN_ANALYSIS = Sentence(
    "drill_guard.not_in_analysis",
    "it is {phase}: drills only work during an analysis",
    evidence="status.phase is not Progressing",
)
NO_STATUS = Sentence("drill_guard.no_status", "without status", evidence="status.phase is empty")
NOT_SEEN = Sentence(
    "drill_guard.not_seen",
    "the cluster cannot be seen ({why})",
    evidence="the last look got no answer, or an error",
)
NO_ANSWER = Sentence(
    "drill_guard.no_answer", "no answer within {seconds:g} s", evidence="the look was given up after that time"
)
OTHER_CONTEXT = Sentence(
    "drill_guard.other_context",
    "the context is {now}, no longer {planned}",
    evidence="the look went to another context than the plan's",
)
UNREADABLE = Sentence(
    "drill_guard.unreadable",
    "the canary cannot be read",
    evidence="the cluster has no such object, or one that cannot be understood",
)
SAME_NAMESPACE = Sentence(
    "drill_guard.same_namespace",
    "a rollout of {other} is under way in the same namespace",
    evidence="another canary of the namespace is in an active phase",
)
SAME_HOST = Sentence(
    "drill_guard.same_host",
    "a rollout of {other} is under way on the same host",
    evidence="another canary is in an active phase, and its routes have the drill's host",
)
UNSAFE = Sentence(
    "drill_guard.unsafe",
    "The {what} {value!r} must not become part of a command: nothing was sent.",
    evidence="the value is outside of its whitelist, which is asked before hey is started",
)
UNSAFE_RATE = Sentence("drill_guard.unsafe_rate", "{rate} for {seconds} s", evidence="the command's own numbers")

"""Why a drill cannot be prepared for a canary: no way to send, no host, no object."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

OTHER_HOST = Sentence(
    "drill_start.other_host",
    "{host} does not lead to canary {canary}: its hosts are {known}.",
    evidence="the routes of the canary name hosts, and this one is not among them",
    otherwise="drill_start.no_host",
)
NO_HOST = Sentence(
    "drill_start.no_host",
    "No host leads to canary {canary}: give it a route with a host, or a load test that names one.",
    evidence="neither a route nor a load-test webhook of the canary names a host",
)
NO_LOAD_TESTER = Sentence(
    "drill_start.no_load_tester",
    "No webhook of canary {canary} runs hey in a load tester: add one, or send from here (--from here).",
    evidence="none of the canary's webhooks has a command with hey",
)
NO_HEY = Sentence(
    "drill_start.no_hey",
    "hey is not installed here: install it (apt install hey, brew install hey), or give the canary a load-test "
    "webhook so that its load tester can send.",
    evidence="no program called hey is on PATH, and no load tester was found",
)
HEY_HAS_GONE = Sentence(
    "drill_start.hey_has_gone",
    "hey is not installed here: install it, or send from the cluster.",
    evidence="no program called hey is on PATH",
)
NO_CANARY = Sentence(
    "drill_start.no_canary",
    "Canary {canary} cannot be read: it is gone, or its object is broken.",
    evidence="the cluster's state has no canary of this name that can be understood",
)

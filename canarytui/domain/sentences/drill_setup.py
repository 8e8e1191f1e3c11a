"""Why a drill cannot be sent to a canary."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_ITS_HOST = Sentence(
    "drill_setup.not_its_host",
    "{host} does not lead to canary {canary}: its hosts are {hosts}.",
    evidence="the hosts of the canary's routes and load tests",
    otherwise="drill_setup.no_host",
)
NO_HOST = Sentence(
    "drill_setup.no_host",
    ("No host leads to canary {canary}: give it a route with a host, or a load test that names one."),
    evidence="neither a route nor a load test of the canary names a host",
)
NO_TESTER = Sentence(
    "drill_setup.no_tester",
    ("No webhook of canary {canary} runs hey in a load tester: add one, or send from here (--from here)."),
    evidence="the canary's webhooks",
)
NO_HEY = Sentence(
    "drill_setup.no_hey",
    (
        "hey is not installed here: install it (apt install hey, brew install hey), or give the "
        "canary a load-test webhook so that its load tester can send."
    ),
    evidence="the PATH has no hey, and the canary has no load tester",
)
HEY_GONE = Sentence(
    "drill_setup.hey_gone",
    "hey is not installed here: install it, or send from the cluster.",
    evidence="the PATH has no hey any more",
)

"""The prediction of a drill: what it will do to the rollout, and why."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_REQUESTS = Sentence(
    "drill.no_requests",
    "cannot be predicted: a blue/green canary gets no requests through its host",
    evidence="the provider splits no traffic, or the analysis counts iterations without match or mirror",
)
MATCHED_ONLY = Sentence(
    "drill.matched_only",
    "cannot be predicted: its routes send only matching requests to the canary",
    evidence="the analysis counts iterations with match",
)
NOT_PROGRESSING = Sentence(
    "drill.not_progressing",
    "cannot be predicted while it is {phase}",
    evidence="status.phase is not Progressing",
)
THRESHOLD_ANYWAY = Sentence(
    "drill.threshold_anyway",
    "its failed checks reach the threshold without the drill: {then}",
    evidence="the simulated rollout rolls back, and no check fails by the drill's requests",
)
NOTHING_CROSSES = Sentence(
    "drill.nothing_crosses",
    "{reason}; {then}",
    evidence="no check of the simulated rollout fails by the drill's requests",
)
NO_SUCCESS_RATE = Sentence(
    "drill.no_success_rate",
    "no check looks at 5xx: there is no {check}",
    evidence="the drill makes requests fail, and the analysis has no such check",
)
TOO_FEW_FAIL = Sentence(
    "drill.too_few_fail",
    "no check crosses its threshold: too few of all requests fail",
    evidence="the drill makes requests fail, and the simulated success rate stays within its threshold",
)
TOO_FEW_SLOW = Sentence(
    "drill.too_few_slow",
    "no check crosses its threshold: the slow answers are too few, too fast, or no check looks at them",
    evidence="the drill makes requests slow, and no simulated check crosses its threshold",
)
HARMLESS = Sentence(
    "drill.harmless",
    "no check crosses its threshold: the built-in checks ignore 4xx and load",
    evidence="the drill makes requests neither fail nor slow",
)
CROSSES = Sentence(
    "drill.crosses",
    "{check} {value} (threshold {bound}) at tick {tick}, {clock}; {then}",
    evidence="the first simulated tick at which a check fails by the drill's requests",
)
ABOUT = Sentence("drill.about", "is about {value}", evidence="the value of the simulated check")
NO_VALUE = Sentence("drill.no_value", "has no value", evidence="the simulated check sees no requests")
PROMOTED = Sentence(
    "drill.promoted", "it is promoted at tick {tick}, {clock}", evidence="the simulated rollout is promoted there"
)
ROLLS_BACK = Sentence(
    "drill.rolls_back", "it rolls back at tick {tick}, {clock}", evidence="the simulated rollout rolls back there"
)
ROLLS_BACK_AFTER = Sentence(
    "drill.rolls_back_after",
    "after {left:n failed check} it rolls back at tick {tick}, {clock}",
    evidence="the simulated rollout rolls back there, having had so many failures left at the start",
)
HALTS = Sentence(
    "drill.halts",
    "it halts until the drill's requests have left the window, with {failed} of {threshold:n failed check}",
    evidence="a simulated check fails by the drill's requests, and the threshold is not reached",
)
GOES_ON = Sentence("drill.goes_on", "the rollout goes on as before", evidence="the simulated rollout is not decided")
OWN_QUERY = Sentence(
    "drill.own_query",
    "{check} has a query of its own, which is not predicted",
    evidence="the check is none of Flagger's built-in ones",
)
TRAFFIC_UNKNOWN = Sentence(
    "drill.traffic_unknown",
    "the present traffic is unknown: the drill is taken to be alone",
    evidence="no rate of the canary's requests could be read",
)
USERS_UNKNOWN = Sentence(
    "drill.users_unknown",
    "the primary's traffic is unknown: taken from the canary's share",
    evidence="no rate of the primary's requests could be read",
)

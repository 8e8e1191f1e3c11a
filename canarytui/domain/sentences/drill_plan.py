"""A drill's plan, for the confirmation on the screen and on the command line."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

OUTCOME_HALTED = Sentence(
    "drill_plan.outcome_halted",
    "halted, not rolled back",
    evidence="a simulated check fails, and the threshold is not reached; also a value of the JSON report",
)
OUTCOME_AT = Sentence(
    "drill_plan.outcome_at",
    "{outcome} at tick {tick}, {clock} (in {seconds:.0f} s)",
    evidence="the tick at which the simulated rollout is decided",
)
BECAUSE = Sentence("drill_plan.because", "{because}.", evidence="the prediction's own sentence")
NOT_PREDICTED = Sentence(
    "drill_plan.not_predicted", "not predicted: {caveat}", evidence="what the simulation does not know"
)
SENDS = Sentence(
    "drill_plan.sends",
    "{provokes}: {rate:n request} a second by {workers:n worker} for at most {duration}, {slice} s at a time",
    evidence="the drill's own fields, and the length of a slice",
)
TO = Sentence(
    "drill_plan.to",
    "{host} ({source}) and no other host",
    evidence="the command names this host and allows no redirect",
)
ITS_LOAD_TEST = Sentence(
    "drill_plan.its_load_test", "its load test", evidence="a command of the canary's own webhooks names the host"
)
FROM_CLUSTER = Sentence(
    "drill_plan.from_cluster",
    "the cluster: hey in the load tester at {url}",
    evidence="the plan has the canary's load tester send",
)
FROM_HERE = Sentence(
    "drill_plan.from_here", "here: hey as a child of this console", evidence="the plan has this process run hey"
)
FROM_HERE_THROUGH = Sentence(
    "drill_plan.from_here_through",
    "here: hey as a child of this console through {way}",
    evidence="the plan has this process run hey, with a gateway or a proxy",
    otherwise="drill_plan.from_here",
)
RISK = Sentence(
    "drill_plan.risk",
    "{percent} % of these requests reach the primary, which serves the users: errors there count against error "
    "budgets and alerts, and the load is real",
    evidence="the canary's weight of now, in a rollout by weights",
    otherwise="drill_plan.risk_unknown",
)
RISK_MATCHED = Sentence(
    "drill_plan.risk_matched",
    "all of these requests that do not match reach the primary, which serves the users: errors there count against "
    "error budgets and alerts, and the load is real",
    evidence="the analysis sends requests to the canary by a match",
)
RISK_UNKNOWN = Sentence(
    "drill_plan.risk_unknown",
    "an unknown share of these requests reaches the primary, which serves the users: errors there count against "
    "error budgets and alerts, and the load is real",
    evidence="the canary was not seen",
)
STOPS = Sentence(
    "drill_plan.stops",
    "at rollback or promotion, when requests of the primary's own users fail, when the cluster cannot be seen, when "
    "you press a, and with this console however it ends",
    evidence="the guards of every slice; the failing share of the primary's own users can be measured now",
    otherwise="drill_plan.stops_unwatched",
)
STOPS_UNWATCHED = Sentence(
    "drill_plan.stops_unwatched",
    "at rollback or promotion, when the cluster cannot be seen, when you press a, and with this console however it "
    "ends; errors of the primary's own users cannot be measured now and would not stop it",
    evidence="the guards of every slice; the metrics tell nothing of the primary's own users",
)
YOURS = Sentence("drill_plan.yours", "yours", evidence="the drill is read from the person's own folder")
AMOUNT = Sentence("drill_plan.amount", "{rate:g}/s for {duration}", evidence="the drill's own fields")

COMMAND_DRILL = Sentence("drill_plan.command_drill", "{drill}: {provokes}", evidence="the drill that is planned")
COMMAND_CANARY = Sentence(
    "drill_plan.command_canary", "{canary} in context {context}", evidence="the plan's canary and context"
)
COMMAND_LOAD = Sentence(
    "drill_plan.command_load",
    "{rate:g} requests/s by {workers:n worker}, at most {seconds:g} s, sent {origin}",
    evidence="the drill's own fields, and who sends by the plan",
)
COMMAND_PREDICTED = Sentence("drill_plan.command_predicted", "{outcome}: {because}", evidence="the plan's prediction")
MORE_TICKS = Sentence(
    "drill_plan.more_ticks",
    "… and {count} more",
    evidence="the ticks of the prediction for which the screen has no line",
)

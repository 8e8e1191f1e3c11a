"""``plan``: what each step can notice, faster steps, and what it takes to say so."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_RATE = Sentence(
    "command_plan.no_rate",
    "{option} {given} is no number above 0: write {example}.",
    evidence="the text is no number, or not above 0",
)
NO_PERCENT = Sentence(
    "command_plan.no_percent",
    "{option} {given} is no percentage from 0 to 100: write {example}.",
    evidence="the text is no number, or not between 0 and 100",
)
RATE_NEEDED = Sentence(
    "command_plan.rate_needed",
    "How many requests {canary} gets is not known: {why}. Give --requests-per-second.",
    evidence="the option was not given, and nothing was measured",
)
FROM_FILE = Sentence("command_plan.from_file", "a file has no traffic", evidence="the canary was read from a file")
NOT_MEASURED = Sentence(
    "command_plan.not_measured", "Prometheus has counted none", evidence="the answer has no request of either side"
)
SHARE_NEEDED = Sentence(
    "command_plan.share_needed",
    "{canary} is analysed by iterations, whose share of the requests no weight says: give --share PERCENT.",
    evidence="the analysis has iterations",
)
NO_STEPS = Sentence(
    "command_plan.no_steps",
    "The analysis of {canary} has no steps: set stepWeight, stepWeights or iterations.",
    evidence="the plan of the analysis has no stops",
)
BASIS = Sentence(
    "command_plan.basis",
    "{canary}: {rate} requests/s, {failing} % of the primary's fail{source}; checks every {interval}.",
    evidence="the options or what Prometheus measured, and the analysis interval",
)
MEASURED = Sentence("command_plan.measured", " (measured over {window})", evidence="Prometheus' answer")
ASSUMED = Sentence("command_plan.assumed", " (assumed)", evidence="no option was given, and nothing was measured")
NOTICED = Sentence("command_plan.noticed", "+{points} points", evidence="the smallest rise that is noticed")
NOTHING = Sentence("command_plan.nothing", "nothing", evidence="not even a canary that always fails is noticed")
BLIND = Sentence(
    "command_plan.blind",
    "Step {step} can see nothing: {why}.",
    evidence="the requests that are expected there",
)
NO_REQUEST = Sentence(
    "command_plan.no_request",
    "a check sees {requests:n request} in {window}",
    evidence="the requests expected in the shortest interval of the checks are less than one",
)
TOO_FEW = Sentence(
    "command_plan.too_few",
    "after {requests:n request} even a canary that always fails is not surely worse",
    evidence="the bounds at that number of requests",
)
BY_THE_END = Sentence(
    "command_plan.by_the_end",
    "By its end, after {time}, it notices {noticed} in 80 of 100 rollouts.",
    evidence="the smallest rise that the requests of all steps show",
)
FASTER = Sentence(
    "command_plan.faster",
    "Notices {noticed} in {time} instead of {present}: stepWeights: [{weights}], interval: {interval}",
    evidence="the same computation for these steps",
)
NONE_AS_FAST = Sentence(
    "command_plan.none_as_fast",
    "No steps proposed: none from {first} % to {last} % notice {goal} within {time}, with intervals of {interval} "
    "or more and at most {growth} times the weight from one step to the next.",
    evidence="all candidates were computed",
)
HARDLY_FASTER = Sentence(
    "command_plan.hardly_faster",
    "No steps proposed: the quickest from {first} % to {last} % that notice {goal} take {quickest}, hardly less than "
    "{time}.",
    evidence="all candidates were computed, and the quickest takes more than nine tenths of the time",
)
NOTICES_NOTHING = Sentence(
    "command_plan.notices_nothing",
    "No steps proposed: the present ones notice nothing. Give --notice, or make the analysis longer.",
    evidence="not even a canary that always fails is noticed by the end",
)
ONE_STEP = Sentence(
    "command_plan.one_step",
    "No steps proposed: there is one step only, at {last} %.",
    evidence="the analysis has one stop",
)
NO_WEIGHTS = Sentence(
    "command_plan.no_weights",
    "No steps proposed: the analysis counts iterations, and has no weights to change.",
    evidence="A/B testing or blue/green",
)
AS_MUCH = Sentence("command_plan.as_much", "as much", evidence="the present steps are the measure")
CAVEAT = Sentence(
    "command_plan.caveat",
    "Noticed by comparing errors with the primary at every tick (1 % false alarms a rollout).",
    evidence="how the smallest rise is computed",
)

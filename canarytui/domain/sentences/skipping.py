"""Skipping to a later weight and finishing iterations early: the plan, or why there is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

WHEN = Sentence(
    "skipping.when",
    "the traffic at once; the controller {when}",
    evidence="the write to the router is the effect; the controller reads it at its next tick",
)
TITLE = Sentence(
    "skipping.title",
    "Skip {canary} from weight {weight} to {to}",
    evidence="the canary and the weight that the person was shown, and the weight they chose",
)
BACK = Sentence(
    "skipping.back",
    "Go back with {canary} from weight {weight} to {to}",
    evidence="the canary and the weight that the person was shown, and the weight from before the skip",
)
BACK_RISK = Sentence(
    "skipping.back_risk",
    "The users above that weight get the primary's version again; the steps in between are checked once more.",
    evidence="the weight that the plan writes is below the present one",
)
FIRST_WEIGHT = Sentence(
    "skipping.first_weight",
    "there is no weight before this one; roll back instead",
    evidence="the weight is not above the first step's",
)
NO_ROUTER = Sentence(
    "skipping.no_router",
    "its router object cannot be read",
    evidence="no router object of this canary was read",
)
PROMOTES = Sentence(
    "skipping.promotes",
    "asks its gates and promotes",
    evidence="the weight is the last of the analysis",
    otherwise="skipping.goes_on",
)
GOES_ON = Sentence(
    "skipping.goes_on",
    "goes on to the next step from there",
    evidence="the weight is below the last of the analysis",
)
EFFECT = Sentence(
    "skipping.effect",
    (
        "{weight} % of the traffic goes to the canary at once. The controller reads the weight from the router: at "
        "its next tick it checks the canary there and, when that passes, {then}. The weight in the status "
        "follows with its next write."
    ),
    evidence="the weight that the plan writes into the router",
)
RISK = Sentence(
    "skipping.risk",
    "The steps in between are not checked, and more users than planned get the new version at once.",
    evidence="the weight that the plan writes is above the present one",
)
FINISH = Sentence(
    "skipping.finish",
    "Finish the iterations of {canary} early, at {done} of {wanted}",
    evidence="status.iterations and spec.analysis.iterations",
)
BY_WEIGHTS = Sentence(
    "skipping.by_weights",
    "its analysis goes by weights and has no iterations; skip to a weight instead",
    evidence="spec.analysis.iterations is 0",
)
NO_ITERATIONS = Sentence(
    "skipping.no_iterations",
    "{it_is}: there are no iterations to finish",
    evidence="the phase is not Progressing",
)
NO_ITERATION_YET = Sentence(
    "skipping.no_iteration_yet",
    "its first iteration is not counted yet: the pre-rollout checks come first",
    evidence="status.iterations is 0",
)
ALL_ITERATIONS = Sentence(
    "skipping.all_iterations",
    "all of its iterations are already counted",
    evidence="status.iterations is not below spec.analysis.iterations",
)
FINISH_EFFECT = Sentence(
    "skipping.finish_effect",
    "The controller checks the canary once more and, when that passes, asks its gates and promotes.",
    evidence="Flagger ends an analysis whose iterations are all counted, after one more check",
)
FINISH_RISK = Sentence(
    "skipping.finish_risk",
    "It skips {count:n iteration}.",
    evidence="spec.analysis.iterations less status.iterations",
)
BY_ITERATIONS = Sentence(
    "skipping.by_iterations",
    "its analysis goes by iterations, not by weights; finish them early instead",
    evidence="spec.analysis.iterations is above 0",
)
NO_STEPS = Sentence(
    "skipping.no_steps",
    "{it_is}: there are no steps to skip",
    evidence="the phase is not Progressing",
)
SPLITS_NOTHING = Sentence(
    "skipping.splits_nothing",
    "provider {provider} splits no traffic: there is no weight to skip to",
    evidence="the record of the canary's provider",
)
NO_STEP_YET = Sentence(
    "skipping.no_step_yet",
    "its first step is not taken yet: the pre-rollout checks come first",
    evidence="the weight is 0",
)
NOT_NAMED = Sentence(
    "skipping.not_named",
    "its {kind} does not split traffic between primary and canary",
    evidence="the backends of the object that splits its traffic: they do not name both, or it is switched off",
)
LAST_WEIGHT = Sentence(
    "skipping.last_weight",
    "it is already at its last weight",
    evidence="no step of the plan is above the present weight",
)
JUMPS = Sentence(
    "skipping.jumps",
    "; another weight would make the controller jump to 100",
    evidence="spec.analysis.stepWeights is set",
)
NOT_A_STEP = Sentence(
    "skipping.not_a_step",
    "{weight} is not one of the remaining steps ({stops}){jumps}",
    evidence="the steps of the analysis above the present weight",
)

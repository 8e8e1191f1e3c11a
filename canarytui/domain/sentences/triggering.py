"""Starting a rollout: the plan, or why there is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

STARTS_ITERATIONS = Sentence(
    "triggering.starts_iterations",
    "The controller scales the canary up, runs the pre-rollout checks and then {iterations:n iteration} of checks.",
    evidence="the phase is one at rest; spec.analysis.iterations",
)
STARTS_UNCHECKED = Sentence(
    "triggering.starts_unchecked",
    "The controller brings up the new pods and promotes them as soon as they are ready.",
    evidence="spec.skipAnalysis is true, and the phase is not one of the initialisation",
)
MATCHING_USERS = Sentence(
    "triggering.matching_users",
    "Users who match spec.analysis.match get the new version; it rolls back after {threshold:n failed check}.",
    evidence="the analysis goes by iterations and has match conditions",
)
NO_USERS_YET = Sentence(
    "triggering.no_users_yet",
    "Users get the new version only when it is promoted; it rolls back after {threshold:n failed check}.",
    evidence="the analysis goes by iterations without match conditions",
)
NO_CONTAINERS = Sentence(
    "triggering.no_containers",
    "its target has no containers",
    evidence="the pod template of the target lists none",
)
PROMOTION_FIRST = Sentence(
    "triggering.promotion_first",
    "{it_is}: the controller would take up a new revision only after this promotion; wait for Succeeded",
    evidence="the phase is Promoting or Finalising",
)
WHEN_RESUMED = Sentence(
    "triggering.when_resumed",
    "when it is resumed: it is paused",
    evidence="spec.suspend is true",
    otherwise="planning.next_tick",
)
UNDO = Sentence(
    "triggering.undo",
    "roll back while it is in analysis",
    evidence="a rollout can be rolled back during its analysis",
)
NO_SUCH_CONTAINER = Sentence(
    "triggering.no_such_container",
    "its target has no container {name}, only {names}",
    evidence="the containers of the target's pod template",
)
SEVERAL = Sentence(
    "triggering.several",
    "several containers run",
    evidence="more than one container of the target runs this repository",
    otherwise="triggering.none_runs",
)
NONE_RUNS = Sentence(
    "triggering.none_runs",
    "no single container runs",
    evidence="no container of the target runs this repository",
)
WHICH_CONTAINER = Sentence(
    "triggering.which_container",
    "{how} the repository of {repository}: choose one of {choice}",
    evidence="the images of the target's containers",
)
WHICH_PORT = Sentence(
    "triggering.which_port",
    "no single container declares service.targetPort {port}: choose one of {choice}",
    evidence="the ports of the target's containers",
)
RESTART = Sentence(
    "triggering.restart",
    "the same pods once more (restart annotation)",
    evidence="the person asks for a restart",
)
BAD_IMAGE = Sentence(
    "triggering.bad_image",
    "{image!r} is not an image reference: {why}",
    evidence="the grammar of image references",
)
SAME_IMAGE = Sentence(
    "triggering.same_image",
    "container {container} already runs {image}: that is not a new revision",
    evidence="the image in the target's pod template",
)
PROMOTED_IMAGE = Sentence(
    "triggering.promoted_image",
    (
        "{image} is the promoted image, and setting it back during an analysis is not a rollback: the controller "
        "goes on, promotes the reverted pods and analyses them again; roll back instead"
    ),
    evidence="the primary runs these images, and the phase is of an analysis",
)
BAD_VARIABLE = Sentence(
    "triggering.bad_variable",
    "{name!r} is not a variable name",
    evidence="Kubernetes' grammar of names of variables",
)
VALUE_FROM = Sentence(
    "triggering.value_from",
    "variable {name} of container {container} has a valueFrom: change it there",
    evidence="the variable in the target's pod template",
)
SAME_VALUE = Sentence(
    "triggering.same_value",
    "variable {name} of container {container} is already {value}: that is not a new revision",
    evidence="the variable in the target's pod template",
)
FIRST = Sentence(
    "triggering.first",
    "Initialisation is not finished: the new revision becomes the first primary without any analysis.",
    evidence="the phase is Initializing or absent",
)
AS_PRIMARY = Sentence(
    "triggering.as_primary",
    "The primary runs that already: the controller sees no new revision and starts nothing.",
    evidence="the target's images would all be the primary's",
)
RESTARTS = Sentence(
    "triggering.restarts",
    "The controller restarts the analysis from the start with the new pods.",
    evidence="the phase is of an analysis",
)
STARTS_STEPS = Sentence(
    "triggering.starts_steps",
    "The controller scales the canary up, runs the pre-rollout checks and begins to shift traffic, step by step.",
    evidence="the phase is one at rest, and the analysis goes by weights",
    otherwise="triggering.starts_iterations",
)
UNCHECKED = Sentence(
    "triggering.unchecked",
    "spec.skipAnalysis is true: the new revision is promoted without any check.",
    evidence="spec.skipAnalysis is true",
)
GROWING_SHARE = Sentence(
    "triggering.growing_share",
    "A growing share of users gets the new version; it rolls back after {threshold:n failed check}.",
    evidence="the analysis goes by weights; spec.analysis.threshold",
    otherwise="triggering.unchecked",
)
FIRST_UNCHECKED = Sentence(
    "triggering.first_unchecked",
    "All users get the new version, and nothing is checked.",
    evidence="the phase is Initializing or absent, in which the primary is made from the target",
)

"""The engine's commands: flags of the controller, options of the installation, replayed recordings."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_MASTER = Sentence(
    "command_controller.no_master",
    "-master is not supported: name the API server in a kubeconfig.",
    evidence="-master was given",
)
NO_MESH_KUBECONFIG = Sentence(
    "command_controller.no_mesh_kubeconfig",
    "-kubeconfig-service-mesh is not supported: routing objects are written to the cluster that the canaries are in.",
    evidence="-kubeconfig-service-mesh was given",
)
TOO_FEW_THREADS = Sentence(
    "command_controller.too_few_threads",
    "-threadiness {given} is too low: it must be at least 1.",
    evidence="the number is below 1",
)
ELECTION_ORDER = Sentence(
    "command_controller.election_order",
    "-leader-election-lease-duration {lease}s, -leader-election-renew-deadline {renew}s and "
    "-leader-election-retry-period {retry}s do not fit: lease > renew > 1.2 × retry ≥ 1s must hold.",
    evidence="the three durations are not in that order",
)
NO_EFFECT = Sentence(
    "command_controller.no_effect",
    "-{flag} is accepted and has no effect",
    evidence="the flag was given a value other than its default, and nothing reads it",
)
NO_TRUTH_VALUE = Sentence(
    "command_controller.no_truth_value",
    "{given} is neither true nor false",
    evidence="Go's flag package does not read it as either; the flag is named before it",
)
NOT_ABOVE_ZERO = Sentence(
    "command_controller.not_above_zero",
    "{given} is not a duration above zero, such as 10s",
    evidence="the duration is not above zero; the flag is named before it",
)
NO_ADDRESS = Sentence(
    "command_controller.no_address",
    "{source} is not an http:// or https:// URL: give the address that the service shows, or leave it out.",
    evidence="the value of this flag or variable is no such URL",
)
NO_LINK_VARIABLE = Sentence(
    "command_controller.no_link_variable",
    "-alert-link has no variable {given}: use {known}.",
    evidence="this stands in braces in the template, and nothing fills it in",
)
NO_LINK = Sentence(
    "command_controller.no_link",
    "-alert-link is not an http:// or https:// URL once its variables are filled in.",
    evidence="the template with a letter for each variable is no such URL",
)
NOT_WHEN_STRICT = Sentence(
    "command_controller.not_when_strict",
    "-{flag} has no effect with -strict-flagger, which sends what Flagger sends",
    evidence="both flags were given",
)
NOTHING_APPLIED = Sentence(
    "command_controller.nothing_applied",
    "Nothing is applied by this command: pipe `canarytui install --print` into `kubectl apply -f -`.",
    evidence="--print was not given, and the command can do nothing else",
)
NO_NAMESPACE_NAME = Sentence(
    "command_controller.no_namespace_name",
    "{flag} {given} is not the name of a namespace: use up to 63 lower-case letters, digits and dashes, no dash first "
    "or last.",
    evidence="the name breaks the rules for names of namespaces",
)
NO_IMAGE = Sentence(
    "command_controller.no_image",
    "--image {given} is not an image reference: {wrong}.",
    evidence="it breaks the rules for image references in that way",
)
NO_PROVIDER = Sentence(
    "command_controller.no_provider",
    "--mesh-provider {given} names no provider: give one, or several with commas.",
    evidence="nothing but commas and spaces was given",
)
TOO_FEW_REPLICAS = Sentence(
    "command_controller.too_few_replicas",
    "--replicas {given} is too low: it must be at least 0.",
    evidence="the number is below 0",
)
HEAD = Sentence(
    "command_controller.head",
    "# Written by `canarytui install`. Apply with `kubectl apply -f -`; changing it by hand is fine.\n",
    evidence="it is the head of what this command prints",
)
NO_CRDS = Sentence(
    "command_controller.no_crds",
    "# Flagger's CustomResourceDefinitions (canaries, metrictemplates, alertproviders) are not in here: a cluster that "
    "had\n# Flagger keeps them; for another one add them with --crds.\n",
    evidence="--crds was not given, so they are not among the objects",
)
EQUAL = Sentence(
    "command_controller.equal",
    "{equal} of {count} recordings equal",
    evidence="so many recordings were played, and so many of them had no difference",
)

"""What `canarytui migrate` says besides what it prints."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOTHING_NAMED = Sentence(
    "command_migrate.nothing_named",
    "Name what to migrate (NAME or NAMESPACE/NAME), choose a namespace with -n, all with -A, or give files with -f.",
    evidence="neither a name, a namespace, -A nor a file was given",
)
NONE_IN_FILES = Sentence(
    "command_migrate.none_in_files",
    "There is no {kind} in {files}: --to {target} needs one.",
    evidence="none of the documents has this kind",
)
NONE_IN_CLUSTER = Sentence(
    "command_migrate.none_in_cluster",
    "There is no {kind} in {where}: --to {target} needs one.",
    evidence="the list of the kind is empty",
)
NOT_SERVED = Sentence(
    "command_migrate.not_served",
    "The cluster of context {context} does not serve {resource}, so it has no {kind} to migrate: choose another "
    "--context, or give files with -f.",
    evidence="the API server answered the list with 404",
)
NOT_THERE = Sentence(
    "command_migrate.not_there",
    "There is no {kind} {names} in {where}.",
    evidence="no object of the kind has this name",
)
IN_FILES = Sentence("command_migrate.in_files", "{files}", evidence="these files were read")
IN_NAMESPACE = Sentence("command_migrate.in_namespace", "namespace {namespace}", evidence="this one was listed")
IN_ALL = Sentence("command_migrate.in_all", "any namespace", evidence="all were listed")
NO_GATEWAY = Sentence(
    "command_migrate.no_gateway",
    "--gateway {given} is not NAMESPACE/NAME or NAMESPACE/NAME/LISTENER.",
    evidence="the text has other parts",
)
NOT_READ = Sentence(
    "command_migrate.not_read",
    "{resource} could not be listed ({why}): what they say is not in what is printed.",
    evidence="the API server refused, or does not serve them",
)
KUBECONFIG_ONLY = Sentence(
    "command_migrate.kubeconfig_only",
    "-f reads files and no cluster: leave out --kubeconfig and --context.",
    evidence="both were given",
)
ONLY_GATEWAY_API = Sentence(
    "command_migrate.only_gateway_api",
    "{flag} has no meaning with --to {target}: leave it out.",
    evidence="the flag is about routes",
)

"""Errors in a kubeconfig or a pod's service account: the file, the field and the remedy."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

IMPERSONATED = Sentence(
    "kubeconfig.impersonated",
    "{who} (impersonated by {user})",
    evidence="the kubeconfig as it was read",
)
NO_CURRENT = Sentence(
    "kubeconfig.no_current",
    ("The kubeconfig {kubeconfig} has no current-context: choose one with --context or `kubectl config use-context`."),
    evidence="the kubeconfig as it was read",
)
NO_CONTEXT = Sentence(
    "kubeconfig.no_context",
    "The kubeconfig {kubeconfig} has no context {context}: choose from {known}.",
    evidence="the kubeconfig as it was read",
)
NO_CLUSTER_NAMED = Sentence(
    "kubeconfig.no_cluster_named",
    "In the kubeconfig {kubeconfig}, the context {context} names no cluster: set its field cluster.",
    evidence="the kubeconfig as it was read",
)
NO_CLUSTER = Sentence(
    "kubeconfig.no_cluster",
    "The context {context} names the cluster {cluster}, which the kubeconfig {kubeconfig} does not have.",
    evidence="the kubeconfig as it was read",
)
NOBODY = Sentence(
    "kubeconfig.nobody",
    "The context {context} of the kubeconfig {kubeconfig} cannot be used: {why}.",
    evidence="the kubeconfig as it was read",
)
CONTROL_CHARACTER = Sentence(
    "kubeconfig.control_character",
    "{what} holds a line break or another control character, so it cannot be sent: correct it.",
    evidence="the value has such a character",
)
NO_USER_NAMED = Sentence(
    "kubeconfig.no_user_named",
    "it names no user, set its field user",
    evidence="the kubeconfig as it was read",
)
NO_USER = Sentence(
    "kubeconfig.no_user",
    "it has no user {user}, add it to users",
    evidence="the kubeconfig as it was read",
)
NO_CREDENTIALS = Sentence(
    "kubeconfig.no_credentials",
    (
        "its user {user} has no credentials, give it a token, tokenFile, client-certificate, username or exec"
        " in users.user"
    ),
    evidence="the kubeconfig as it was read",
)
SERVER = Sentence(
    "kubeconfig.server",
    "In the kubeconfig {kubeconfig}, clusters.cluster.server of {cluster!r}",
    evidence="the kubeconfig as it was read",
)
SERVER_MISSING = Sentence(
    "kubeconfig.server_missing",
    "{where} is missing: set it to the API server's URL.",
    evidence="the kubeconfig as it was read",
)
SERVER_NO_URL = Sentence(
    "kubeconfig.server_no_url",
    "{where} is {said}, which is not a URL with a host: correct it.",
    evidence="the URL was taken apart, and lacks a part",
)
SERVER_SCHEME = Sentence(
    "kubeconfig.server_scheme",
    "{where} is {said}: only https:// and http:// are supported.",
    evidence="the URL's scheme",
)
CLUSTER = Sentence(
    "kubeconfig.cluster",
    "In the kubeconfig {kubeconfig}, the cluster {cluster}",
    evidence="the kubeconfig as it was read",
)
TWO_AUTHORITIES = Sentence(
    "kubeconfig.two_authorities",
    "{where} has certificate-authority and certificate-authority-data: remove one.",
    evidence="the kubeconfig as it was read",
)
INSECURE_AND_AUTHORITY = Sentence(
    "kubeconfig.insecure_and_authority",
    ("{where} has insecure-skip-tls-verify and certificate-authority(-data), which contradict each other: remove one."),
    evidence="the kubeconfig as it was read",
)
USER = Sentence(
    "kubeconfig.user",
    "In the kubeconfig {kubeconfig}, the user {user}",
    evidence="the kubeconfig as it was read",
)
FILE_AND_DATA = Sentence(
    "kubeconfig.file_and_data",
    "{where} has {field} and {field}-data: remove one.",
    evidence="the kubeconfig as it was read",
)
NO_KEY = Sentence(
    "kubeconfig.no_key",
    "{where} has a client-certificate without client-key or client-key-data: set one.",
    evidence="the kubeconfig as it was read",
)
TWO_WAYS = Sentence(
    "kubeconfig.two_ways",
    "{where} has a token and a username: only one way to authenticate is allowed, remove one.",
    evidence="the kubeconfig as it was read",
)
AS_MISSING = Sentence(
    "kubeconfig.as_missing",
    "{where} has as-uid, as-groups or as-user-extra without as: say whom to impersonate.",
    evidence="the kubeconfig as it was read",
)
PROVIDER_AND_EXEC = Sentence(
    "kubeconfig.provider_and_exec",
    "{where} has auth-provider and exec: remove one.",
    evidence="the kubeconfig as it was read",
)
PROVIDER_REMOVED = Sentence(
    "kubeconfig.provider_removed",
    ("{where} has the auth-provider {provider!r}, which is not supported, as in kubectl: use {instead} in exec."),
    evidence="the kubeconfig as it was read",
)
NO_COMMAND = Sentence(
    "kubeconfig.no_command",
    "{where}: exec has no command: name the credential plugin.",
    evidence="the kubeconfig as it was read",
)
PLUGIN_VERSION = Sentence(
    "kubeconfig.plugin_version",
    "{where}: exec.apiVersion is {said}: it must be one of {known}.",
    evidence="the kubeconfig as it was read",
)
UNNAMED_VARIABLE = Sentence(
    "kubeconfig.unnamed_variable",
    "{where}: exec.env has an element without a name: name the variable.",
    evidence="the kubeconfig as it was read",
)
NO_MODE = Sentence(
    "kubeconfig.no_mode",
    "{where}: exec.interactiveMode is missing: set it to one of {known}.",
    evidence="the kubeconfig as it was read",
)
BAD_MODE = Sentence(
    "kubeconfig.bad_mode",
    "{where}: exec.interactiveMode is {said}: it must be one of {known}.",
    evidence="the kubeconfig as it was read",
)
NO_FILE = Sentence(
    "kubeconfig.no_file",
    (
        "There is no kubeconfig at {files}: name one with --kubeconfig or $KUBECONFIG, or try `canarytui "
        "demo`, which needs no cluster."
    ),
    evidence="none of these files exists",
)
OTHER_KIND = Sentence(
    "kubeconfig.other_kind",
    "is {said}, but a kubeconfig's is {wanted}",
    evidence="the kubeconfig as it was read",
)
UNREADABLE = Sentence(
    "kubeconfig.unreadable",
    "The kubeconfig {kubeconfig} cannot be read: {why}.",
    evidence="the operating system's error",
)
NO_TEXT = Sentence(
    "kubeconfig.no_text",
    "The kubeconfig {kubeconfig} is not UTF-8 text: name another file.",
    evidence="the file's bytes are no UTF-8",
)
NO_FIELDS = Sentence(
    "kubeconfig.no_fields",
    (
        "In the kubeconfig {kubeconfig}, {where} must hold fields, not {kind}: check the file with `kubectl "
        "config view`."
    ),
    evidence="the kubeconfig as it was read",
)
WRONG = Sentence(
    "kubeconfig.wrong",
    "In the kubeconfig {kubeconfig}, {field}{whose} {what}.",
    evidence="the kubeconfig as it was read",
)
MUST_BE_TRUTH = Sentence(
    "kubeconfig.must_be_truth",
    "must be true or false, not {kind}",
    evidence="the kubeconfig as it was read",
)
MUST_BE_BASE64 = Sentence(
    "kubeconfig.must_be_base64",
    "is not base64",
    evidence="the kubeconfig as it was read",
)
MUST_HOLD_LISTS = Sentence(
    "kubeconfig.must_hold_lists",
    "must hold lists, not {kind}",
    evidence="the kubeconfig as it was read",
)
TWO_ENTRIES = Sentence(
    "kubeconfig.two_entries",
    "holds two entries with the name {name!r}: rename or remove one",
    evidence="the kubeconfig as it was read",
)
TOO_MUCH = Sentence(
    "kubeconfig.too_much",
    "holds more under {name!r} than is read: shorten it",
    evidence="the kubeconfig as it was read",
)
MUST_BE_TEXT = Sentence(
    "kubeconfig.must_be_text",
    "must be text, not {kind}: put it in quotes",
    evidence="the kubeconfig as it was read",
)
MUST_BE_LIST = Sentence(
    "kubeconfig.must_be_list",
    "must be a list, not {kind}",
    evidence="the kubeconfig as it was read",
)
MUST_HOLD_FIELDS = Sentence(
    "kubeconfig.must_hold_fields",
    "must hold fields, not {kind}",
    evidence="the kubeconfig as it was read",
)
TRUTH = Sentence(
    "kubeconfig.truth",
    "true or false",
    evidence="the value's type",
)
NO_YAML_LINE = Sentence(
    "kubeconfig.no_yaml_line",
    "The kubeconfig {kubeconfig} is not valid YAML: line {line}: {why}.",
    evidence="the YAML parser's error",
)
NO_YAML = Sentence(
    "kubeconfig.no_yaml",
    "The kubeconfig {kubeconfig} is not valid YAML: {why}.",
    evidence="the YAML parser's error, which names no line",
)
POD_NO_HOST = Sentence(
    "kubeconfig.pod_no_host",
    ("The pod's service account cannot be used: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set."),
    evidence="one of the two variables is not set",
)
POD_NO_TOKEN = Sentence(
    "kubeconfig.pod_no_token",
    "The pod's service account cannot be used: {token} is missing; set automountServiceAccountToken.",
    evidence="no such file in the pod",
)
POD = Sentence(
    "kubeconfig.pod",
    "of the pod",
    evidence="the identity is the pod's service account, and no file's",
)
TOO_LARGE = Sentence(
    "kubeconfig.too_large",
    "The kubeconfig {kubeconfig} is not read: {why}.",
    evidence="the bounds that the file exceeds",
)
KUBELOGIN = Sentence(
    "kubeconfig.kubelogin",
    "kubelogin (https://github.com/Azure/kubelogin)",
    evidence="the auth-provider is azure, which this plugin replaces",
)
UNNAMED = Sentence("kubeconfig.unnamed", "an unnamed user", evidence="the context names no user")
TOO_LONG = Sentence(
    "kubeconfig.too_long",
    "The kubeconfig {kubeconfig} has more than {most}, which is the most that is read.",
    evidence="the file is longer than the bound",
)

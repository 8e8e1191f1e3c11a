"""Which query a check asks, and why none is asked or answered."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

INLINE = Sentence(
    "check_queries.inline",
    "inline query of the canary's spec",
    evidence="the metric's spec.query",
)
TEMPLATE = Sentence(
    "check_queries.template",
    "MetricTemplate {name}",
    evidence="the metric's templateRef",
)
OF_TEMPLATE = Sentence(
    "check_queries.of_template",
    "{template}, provider {provider}",
    evidence="the MetricTemplate's spec.provider.type",
)
BUILTIN = Sentence(
    "check_queries.builtin",
    "built-in check for provider {provider}{times}",
    evidence="the metric has the name of a built-in check, and neither a query nor a templateRef",
)
TIMES = Sentence(
    "check_queries.times",
    ", result multiplied by {factor:g}",
    evidence="the built-in check's factor for this provider",
)
NOT_RENDERED = Sentence(
    "check_queries.not_rendered",
    "its query cannot be rendered: {error}",
    evidence="the template's error",
)
TOO_DEEP = Sentence(
    "check_queries.too_deep",
    "it is longer, or nests more deeply, than is read here",
    evidence="the query's length, its brackets, and its operators",
)
NOTHING_TO_ASK = Sentence(
    "check_queries.nothing_to_ask",
    "no query, no templateRef, and no built-in check of this name",
    evidence="the metric's spec, and the built-in checks of this provider",
)
NO_TEMPLATE = Sentence(
    "check_queries.no_template",
    "MetricTemplate {name} does not exist",
    evidence="MetricTemplates were read, and it is not among them",
    otherwise="check_queries.template_unknown",
)
TEMPLATE_UNKNOWN = Sentence(
    "check_queries.template_unknown",
    "MetricTemplate {name} cannot be read: {reason}",
    evidence="MetricTemplates have not been read",
)
NOT_READ_YET = Sentence(
    "check_queries.not_read_yet",
    "not read yet",
    evidence="the list of MetricTemplates is under way, and no error has come of it",
)
ASKING_WRITES = Sentence(
    "check_queries.asking_writes",
    "a {provider} query that creates an object: only the controller asks it",
    evidence="the provider's asking_writes of the rendered query",
)
NO_ROUTER = Sentence(
    "check_queries.no_router",
    "{kind} {name} has not been read, and it says what to measure",
    evidence="this provider's metrics have names from that object, which is in no list that was read",
)
NO_SERVER = Sentence(
    "check_queries.no_server",
    "no metrics server is known: run canarytui with --prometheus URL",
    evidence="neither --prometheus nor the canary's spec nor the controller's flag names one",
)
NO_PROVIDER_YET = Sentence(
    "check_queries.no_provider_yet",
    "the canary names no provider, and its controller has not been found yet",
    evidence="spec.provider is empty, and the search for the controller has not ended",
)
OTHER_PROVIDER = Sentence(
    "check_queries.other_provider",
    "its provider is {provider}: only the controller can query it",
    evidence="the MetricTemplate's spec.provider.type",
)
SECRET_FORBIDDEN = Sentence(
    "check_queries.secret_forbidden",
    "its provider needs Secret {name}, which you may not read: that takes the verb get on secrets in namespace "
    "{namespace}",
    evidence="the API server answered 403 to the GET of the Secret that spec.provider.secretRef names",
)
NO_SECRET = Sentence(
    "check_queries.no_secret",
    "its provider needs Secret {name}, which does not exist",
    evidence="the API server answered 404 to the GET of the Secret that spec.provider.secretRef names",
)
SECRET_UNREAD = Sentence(
    "check_queries.secret_unread",
    "its provider needs Secret {name}, which cannot be read: {reason}",
    evidence="the error of the GET of the Secret that spec.provider.secretRef names",
)
MISCONFIGURED = Sentence(
    "check_queries.misconfigured",
    "its provider cannot be queried: {error}",
    evidence="the MetricTemplate's spec.provider, by the rules of its type",
)
NO_HISTORY = Sentence(
    "check_queries.no_history",
    "{check}: provider {provider} has no range query, so the plot begins with the first value that was queried here",
    evidence="the module of the MetricTemplate's spec.provider.type has no range query",
)
PRIMARY_UNTOLD = Sentence(
    "check_queries.primary_untold",
    "this provider's metrics do not show the primary separately",
    evidence="there is no built-in query of the primary for this provider",
)
NO_DATA_YET = Sentence(
    "check_queries.no_data_yet",
    "prometheus: no data yet",
    evidence="no query of this console has been answered, and none has failed",
)
WAITING = Sentence(
    "check_queries.waiting",
    "waiting for {provider}",
    evidence="no query of this console has been answered, and the first one failed a few seconds ago",
    otherwise="check_queries.problem",
)
PROBLEM = Sentence(
    "check_queries.problem",
    "{provider}: {problem}",
    evidence="the last query's provider and error, and no query has been answered before",
)
DOWN = Sentence(
    "check_queries.down",
    "{provider} DOWN {seconds:.0f} s",
    evidence="no query has succeeded for so long, and the last one got no answer at all",
    otherwise="check_queries.failing",
)
FAILING = Sentence(
    "check_queries.failing",
    "{provider} FAILING {seconds:.0f} s",
    evidence="no query has succeeded for so long, and the last one was answered with an error",
)
DATA = Sentence(
    "check_queries.data",
    "{provider} {way}, {age}",
    evidence="when a query was last answered, by which provider, and by which way",
)
DATA_BUT = Sentence(
    "check_queries.data_but",
    "{provider} {way}, {age}: {problem}",
    evidence="when a query was last answered, and the last query's error",
)
BY_API = Sentence(
    "check_queries.by_api",
    "by the cluster's API",
    evidence="the provider asks the API server itself: its asks_own_cluster",
)
VIA_API = Sentence(
    "check_queries.via_api",
    "via API proxy",
    evidence="the address is a Service's, which is reached through the API server",
)

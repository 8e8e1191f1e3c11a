"""Why the canaries of a cluster cannot be shown."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_SERVED = Sentence(
    "connecting.not_served",
    (
        "The cluster of context {context} does not serve {resource}: install Flagger's CRDs there, "
        "choose another context, or try `canarytui demo`."
    ),
    evidence="the API server answered the list of canaries with 404",
)
WITHHELD = Sentence(
    "connecting.withheld",
    (
        "The server of context {context} wants credentials, and over plain http none are sent (as "
        "kubectl does): use https:// in the kubeconfig, or set {variable}=1."
    ),
    evidence=("the API server answered 401, and the credentials were held back because the connection is plain http"),
    otherwise="connecting.not_accepted",
)
NOT_ACCEPTED = Sentence(
    "connecting.not_accepted",
    (
        "The server of context {context} does not accept your credentials ({error}): log in again, "
        "or choose another context."
    ),
    evidence="the API server answered 401",
)
FORBIDDEN = Sentence(
    "connecting.forbidden",
    (
        "You may not list canaries here ({error}): run canarytui with -n and a namespace of yours, or ask for "
        "get, list and watch on canaries.flagger.app."
    ),
    evidence="the API server answered 403",
)
FAILED = Sentence(
    "connecting.failed",
    "The canaries cannot be listed: {error}",
    evidence="the API server's answer to the list",
)

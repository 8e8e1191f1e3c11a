"""Why a part of a canary is not shown: not allowed, not there, or not answering."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

FORBIDDEN_LIST = Sentence(
    "reading.forbidden_list",
    "you may not list {resource} in namespace {namespace}",
    evidence="the API server answered the list with 403",
)
FORBIDDEN_GET = Sentence(
    "reading.forbidden_get",
    "you may not get {resource} in namespace {namespace}",
    evidence="the API server answered the read with 403",
)
FORBIDDEN_LOG = Sentence(
    "reading.forbidden_log",
    "you may not read the log of {what} (needs get on pods/log)",
    evidence="the API server answered 403 to the log's request",
)
FORBIDDEN_CONTROLLER_LOG = Sentence(
    "reading.forbidden_controller_log",
    (
        "you may not read the controller's log (needs get on pods/log): the timeline shows only "
        "status, router and Events"
    ),
    evidence="the API server answered 403 to the request for the controller's pods or log",
)
UNAUTHORIZED = Sentence(
    "reading.unauthorized",
    "the API server does not accept your credentials for {what}: log in again",
    evidence="the API server answered 401",
)
NOT_SERVED = Sentence(
    "reading.not_served",
    "this cluster does not serve {resource}",
    evidence="the API server answered the list with 404",
)
UNKNOWN = Sentence(
    "reading.unknown",
    "{resource} unknown: {error}",
    evidence="the list failed with this error",
)
AS_LAST_SEEN = Sentence(
    "reading.as_last_seen",
    "{resource} as last seen: {error}",
    evidence="the watch failed with this error after the objects had been read once",
)
ROUTERS_UNREAD = Sentence(
    "reading.routers_unread",
    "cannot read {kind}s: {error}",
    evidence="the list of this kind failed with this error, and none has been read",
)
NO_POD_MATCHES = Sentence(
    "reading.no_pod_matches",
    "no controller pod matches {selector}",
    evidence="pods were listed by the selector that was given, and there is none",
)
NO_CONTROLLER_PODS = Sentence(
    "reading.no_controller_pods",
    "the controller's Deployment {name} has no pods",
    evidence="pods were listed by the Deployment's selector, and there is none",
)
CONTROLLERS_LOG = Sentence(
    "reading.controllers_log",
    "the controller's log",
    evidence="what the request was for",
)
CANARY_GONE = Sentence(
    "reading.canary_gone",
    "{name} is gone, or cannot be read",
    evidence="the canaries that are known, of which none has this name and can be parsed",
)

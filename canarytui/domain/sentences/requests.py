"""The log of requests on the screen."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

SENT = Sentence(
    "requests.sent",
    "sent {time}, status {status}, {took}, {size} bytes",
    evidence="what was measured when the request was sent",
)
TITLE = Sentence(
    "requests.title",
    "Requests to {server}: the last {count}",
    evidence="the requests that are kept",
)
HINT = Sentence(
    "requests.hint",
    "Enter details · w writes only · c copy as kubectl · C as curl · | pager · G follow · Esc back",
    evidence="the screen's keys",
)
NONE = Sentence(
    "requests.none",
    "no requests yet",
    evidence="nothing was sent",
)
COPIED = Sentence(
    "requests.copied",
    "Copied as {program}.",
    evidence="the line was handed to the terminal's clipboard",
)
NO_KUBECTL = Sentence(
    "requests.no_kubectl",
    "kubectl has no command for this request: C copies it for curl.",
    evidence="the request went to another server, or has a verb that kubectl lacks",
)

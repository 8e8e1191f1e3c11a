"""Server responses that cannot be used, and how a response was lost."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

INTERIM = Sentence(
    "answers.interim",
    "it sent more than {most} interim answers",
    evidence="as many answers of status 1xx were counted",
)
UNASKED_CODING = Sentence(
    "answers.unasked_coding",
    "sent it in the content coding {coding!r}, which was not asked for",
    evidence="the answer's Content-Encoding",
)
MEMBERS = Sentence(
    "answers.members",
    "sent it in more than {most} gzip members",
    evidence="as many gzip members were counted",
)
DAMAGED = Sentence(
    "answers.damaged",
    "sent it in a content coding that is damaged",
    evidence="zlib refuses what was sent",
)
BROKE_OFF = Sentence(
    "answers.broke_off",
    "broke off in the middle of its content coding",
    evidence="the answer ended before the end of the compressed data",
)
TOO_LARGE = Sentence(
    "answers.too_large",
    "answered with more than {most}, which is the most that is read",
    evidence="the bytes that were counted",
)
UNUSABLE = Sentence(
    "answers.unusable",
    "What {server}{path} answered cannot be used: {why}.",
    evidence="the bounds that the answer exceeds",
)
NO_JSON = Sentence(
    "answers.no_json",
    "{server}{path} did not answer with JSON: is that a Kubernetes API server?",
    evidence="the answer cannot be parsed as JSON",
)
LONG_LINE = Sentence(
    "answers.long_line",
    "sent a line of more than {most}, which is the most that is read",
    evidence="the bytes that were counted since the last line end",
)
ONLY_READS = Sentence(
    "answers.only_reads",
    "{method} {path} was not sent: this connection only reads.",
    evidence="the connection was opened for reading only; nothing was sent",
)
REFUSED = Sentence(
    "answers.refused",
    "The API server of context {context} at {server}{path} {what}.",
    evidence="the answer was not read to its end",
)
BAD_OBJECT = Sentence(
    "answers.bad_object",
    "An object that the watch on {path} sent cannot be used: {why}.",
    evidence="an event of the watch, and why it is not understood",
)
WATCH_CUT = Sentence(
    "answers.watch_cut",
    "The watch on {path} was cut in the middle of an event.",
    evidence="the stream ended within a line",
)
TIMED_OUT = Sentence(
    "answers.timed_out",
    "none came in time",
    evidence="the time limit of the request passed",
)
CUT_OFF = Sentence(
    "answers.cut_off",
    "it was cut off",
    evidence="the body ended before its length",
)
REDIRECTED = Sentence(
    "answers.redirected",
    "it points to another server",
    evidence="the answer was a redirection to another host, which is not followed",
)
UNREADABLE = Sentence(
    "answers.unreadable",
    "it could not be read",
    evidence="the answer was too large or wrongly coded",
)
CLOSED = Sentence(
    "answers.closed",
    "the connection was closed",
    evidence="the connection ended before an answer",
)
WAS_NO_JSON = Sentence(
    "answers.was_no_json",
    "it was not JSON",
    evidence="the answer cannot be parsed as JSON",
)
NO_STATUS = Sentence(
    "answers.no_status",
    "HTTP {code}, no Status",
    evidence="the HTTP status of an answer whose body is no Status",
)
TOO_MANY_REQUESTS = Sentence(
    "answers.too_many_requests",
    "too many requests",
    evidence="HTTP status 429",
)

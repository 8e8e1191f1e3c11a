"""``judge``: the webhook's answers, and options that make no sense."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NAME_OR_SERVE = Sentence(
    "command_judge.name_or_serve",
    "Name one canary, or give --serve HOST:PORT to answer webhooks.",
    evidence="neither a name nor --serve was given, or both were",
)
NO_ADDRESS = Sentence(
    "command_judge.no_address",
    "--serve {given} is no address: write HOST:PORT, such as 0.0.0.0:8090.",
    evidence="the text has no port from 1 to 65535 after a colon",
)
CANNOT_LISTEN = Sentence(
    "command_judge.cannot_listen", "Cannot listen on {address}: {why}.", evidence="the operating system's error"
)
LISTENING = Sentence(
    "command_judge.listening",
    "Answering webhooks on http://{address}/ (without a verdict: {answer})",
    evidence="the socket is bound; the answer is that of --without-verdict",
)
NO_PAYLOAD = Sentence(
    "command_judge.no_payload",
    "the body is no webhook of Flagger's: JSON with name and namespace",
    evidence="it could not be read as such",
)
NO_CANARY = Sentence(
    "command_judge.no_canary", "there is no canary {canary}", evidence="it is not in the list of canaries"
)
PASSED_WITHOUT = Sentence(
    "command_judge.passed_without",
    "passes without a verdict, as configured: {why}",
    evidence="there is no verdict, and the hook or --without-verdict says pass",
)
FAILED_WITHOUT = Sentence(
    "command_judge.failed_without",
    "fails without a verdict, as configured: {why}",
    evidence="there is no verdict, and the hook or --without-verdict says fail",
)

"""``canarytui drill``, apart from the plan, the timeline and the report."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TWO_SECONDS = Sentence(
    "drill_command.two_seconds", "# two seconds of it: {command}", evidence="the command of a slice of this drill"
)
NOBODY = Sentence(
    "drill_command.nobody",
    "There is no terminal to confirm on: add --yes.",
    evidence="standard input is no terminal, and --yes is not given",
)
SET = Sentence(
    "drill_command.set",
    "--set {setting!r}: write NAME=NUMBER, such as status=503.",
    evidence="the setting has no equals sign, or no number after it",
)
READ_ONLY = Sentence(
    "drill_command.read_only",
    "your configuration makes everything read-only",
    evidence="the person's settings say readOnly",
)
ADDRESS = Sentence(
    "drill_command.address",
    "--{option} {address!r}: write HOST:PORT, such as 127.0.0.1:8080.",
    evidence="the value is no host with a port",
)
TICK = Sentence("drill_command.tick", "tick {number:>2} {clock}", evidence="a tick of the simulated rollout")
TICK_WEIGHT = Sentence(
    "drill_command.tick_weight", "weight {weight:>3}", evidence="the simulated canary's weight after the tick"
)
TICK_FAILED = Sentence(
    "drill_command.tick_failed", "failed {failed}", evidence="the simulated failed checks after the tick"
)
VALUES = Sentence("drill_command.values", "{check} {value}", evidence="a simulated check's value")
NO_VALUES = Sentence("drill_command.no_values", "no values", evidence="no simulated check sees requests at that tick")
FAILS = Sentence("drill_command.fails", "fails: {checks}", evidence="the simulated checks that fail at that tick")
NOTHING_SENT = Sentence(
    "drill_command.nothing_sent", "Nothing was sent.", evidence="the answer was no, before the first slice"
)
NOT_WRITABLE = Sentence(
    "drill_command.not_writable",
    "{path} cannot be written ({why}): name another file.",
    evidence="the operating system's error for this file",
)
ASK = Sentence("drill_command.ask", "Send it? Type y: ", evidence="the plan that was shown; y begins it")
ASK_NAME = Sentence(
    "drill_command.ask_name",
    "{reason}: type the canary's name to send it: ",
    evidence="why the name is asked for here; the plan that was shown, which the name begins",
    otherwise="drill_command.ask",
)
COUNTED = Sentence(
    "drill_command.counted", "{sent:n request}: {answers}", evidence="the requests that slices reported, all answered"
)
COUNTED_UNANSWERED = Sentence(
    "drill_command.counted_unanswered",
    "{sent:n request}: {answers}, {failed} without answer",
    evidence="the requests that slices reported, and those of them without an answer",
)

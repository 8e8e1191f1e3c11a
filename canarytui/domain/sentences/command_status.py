"""Following a rollout: contact with the server, the time left, and which revision ended."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

BACK = Sentence(
    "command_status.back",
    "# back at {clock}: what follows is current",
    evidence="the server has answered again since it fell silent",
)
STALE = Sentence(
    "command_status.stale",
    "# stale since {clock}{known}: {why}",
    evidence="contact with the server was lost at that time, for that reason",
)
KNOWN = Sentence("command_status.known", " ({known})", evidence="a short reason or the context's name")
CONTEXT = Sentence("command_status.context", "context {name}", evidence="the context that the command has connected to")
TIMEOUT_ALONE = Sentence(
    "command_status.timeout_alone",
    "--timeout only works with --watch: add --watch, or leave it out.",
    evidence="--timeout was given, and --watch was not",
)
NO_TIME = Sentence(
    "command_status.no_time",
    "--timeout {given} leaves no time: write 90s, 10m or 1h30m, or leave it out.",
    evidence="the duration is not above zero",
)
TRIED_AGAIN = Sentence(
    "command_status.tried_again",
    "# {error} Trying again until --timeout is over.",
    evidence="the server could not be reached, and there is time left",
)
UNDECIDED = Sentence(
    "command_status.undecided",
    "# nothing is decided after {limit}: this command ends, and leaves the rollout as it is",
    evidence="the server answers, and the last look found the rollout neither promoted nor rolled back",
    otherwise="command_status.unseen",
)
UNSEEN = Sentence(
    "command_status.unseen",
    "# {limit} was too short to look at the rollout: allow a longer --timeout",
    evidence="the time was over before the first look at the rollout was complete",
)
SILENT = Sentence(
    "command_status.silent",
    "# no answer from the API server after {limit}: what became of the rollout is unknown",
    evidence="contact with the server is lost as the time is over",
)
UNSURE = Sentence(
    "command_status.unsure",
    "# unknown whether this is about the target's present revision",
    evidence="too little can be read to tell an earlier revision's end from this one's",
)
DELETED = Sentence(
    "command_status.deleted",
    "The canary {canary} was deleted: its rollout has no end to wait for.",
    evidence="this command has listed it, and it is not there any more",
)
NO_TARGET = Sentence(
    "command_status.no_target",
    "The {kind} {target} does not exist, and --revision-of-now needs it: create it, or leave the option out.",
    evidence="the objects of its kind were listed, and it is not among them",
    otherwise="command_status.target_unreadable",
)
TARGET_UNREADABLE = Sentence(
    "command_status.target_unreadable",
    "The {kind} {target} cannot be read, which --revision-of-now needs: leave it out, or ask for get, list and watch "
    "on it.",
    evidence="the objects of its kind could not be listed, or this one has no pod template",
)
NO_REVISION = Sentence(
    "command_status.no_revision",
    "The target of {canary} is a {kind}, which has no revision: leave out --revision-of-now.",
    evidence="the target's kind has no pod template",
)
REPLACED = Sentence(
    "command_status.replaced",
    "{name} was given another revision before this one was promoted",
    evidence="the target has another revision, and the primary is as it was at the first look",
    otherwise="command_status.replaced_unknown",
)
REPLACED_LATER = Sentence(
    "command_status.replaced_later",
    "{name} was given another revision; the primary has this one",
    evidence="the target has another revision, and the primary is a copy of the one that is waited for",
)
REPLACED_UNKNOWN = Sentence(
    "command_status.replaced_unknown",
    "{name} was given another revision; unknown whether this one was promoted before",
    evidence="the target has another revision, and the primary has a third one or cannot be read",
)

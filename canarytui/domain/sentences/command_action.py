"""Commands that act, apart from their plans: the question, the outcome, and what an interruption leaves behind."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_ASSIGNMENT = Sentence(
    "command_action.no_assignment",
    "--env {given} is not NAME=VALUE.",
    evidence="the text has no name, or no equals sign",
)
ONE_IMAGE = Sentence(
    "command_action.one_image",
    "--image {image} cannot fit {count} canaries: trigger them one by one, or give only a tag.",
    evidence="several canaries are meant, and the image names a repository",
)
CHOOSE_CONTAINER = Sentence(
    "command_action.choose_container",
    "{canary}: {why}; name it with --container NAME.",
    evidence="the target has several containers, and the options fit none or more than one",
)
NO_TERMINAL = Sentence(
    "command_action.no_terminal",
    "Nothing was written: there is no terminal to ask on. Add --yes, or preview it with --dry-run.",
    evidence="standard input is no terminal, and --yes was not given",
)
NOT_CONFIRMED = Sentence(
    "command_action.not_confirmed",
    "Nothing was written: it was not confirmed.",
    evidence="the answer was not the one that was asked for",
)
GO_ON = Sentence(
    "command_action.go_on",
    "Go on? [y/N] ",
    evidence="the plans are shown above it, and no rule guards their canaries",
    otherwise="command_action.go_on_guarded",
)
GO_ON_GUARDED = Sentence(
    "command_action.go_on_guarded",
    "{reason}: type {wanted} to go on: ",
    evidence="a rule guards the context or namespace of one of the canaries, for that reason",
)
NOT_POSSIBLE = Sentence(
    "command_action.not_possible",
    "{title}: not possible, {why}",
    evidence="the plan, the configuration or the server's answer about permissions refuses it",
)
WRITTEN = Sentence(
    "command_action.written",
    "{title}: written",
    evidence="the server has answered that every write is done",
)
CALLED = Sentence(
    "command_action.called",
    "{title}: done",
    evidence="the plan has calls only, and the load tester has answered that each is done",
)
DRY_RUN = Sentence(
    "command_action.dry_run",
    "{title}: dry run, {checked}",
    evidence="--dry-run was given, so nothing was stored",
)
ACCEPTED = Sentence(
    "command_action.accepted",
    "the server accepts it",
    evidence="the server has answered each write as a dry run",
    otherwise="command_action.not_sent",
)
NOT_SENT = Sentence(
    "command_action.not_sent",
    "nothing was sent",
    evidence="the plan has calls only, and a load tester knows no dry run",
)
INTERRUPTED = Sentence(
    "command_action.interrupted",
    "{title}: interrupted before its outcome was known; the next start of canarytui finds it out",
    evidence="the action is on disk as one whose outcome is open",
    otherwise="command_action.interrupted_done",
)
INTERRUPTED_DONE = Sentence(
    "command_action.interrupted_done",
    "{title}: done; the command was interrupted right after it",
    evidence="the server has answered that it is done, so that nothing is held open on disk for the next start",
)
PUT_BACK_LATER = Sentence(
    "command_action.put_back_later",
    "{canary}: {what} is put back at the next start of canarytui",
    evidence="the journal holds what the field was, and the command ends before it is put back",
)

"""The console itself: its connection, bell, context, commands, and what it cannot do."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_CONNECTED = Sentence(
    "console.not_connected",
    "Not connected yet: wait for the list.",
    evidence="no connection has been opened",
)
CONTEXT_CHOSEN = Sentence(
    "console.context_chosen",
    "another context was chosen",
    evidence="the person chose another context",
)
SUSPENDED = Sentence(
    "console.suspended",
    "the console was suspended",
    evidence="the person suspended the console",
)
LEFT = Sentence(
    "console.left",
    "the console was closed",
    evidence="the app is being unmounted",
)
BELL_ON = Sentence(
    "console.bell_on",
    "Bell on: rings when a rollout fails.",
    evidence="the bell was turned on by this key",
)
BELL_OFF = Sentence(
    "console.bell_off",
    "Bell off.",
    evidence="the bell was turned off by this key",
)
LOOKING_FOR_CONTROLLER = Sentence(
    "console.looking_for_controller",
    "looking for a controller",
    evidence="the Deployments have not been searched for a controller yet",
)
NO_CONTROLLER = Sentence(
    "console.no_controller",
    "no controller found",
    evidence="the Deployments that may be read were searched, and none runs a known controller's image",
    otherwise="console.looking_for_controller",
)
UNEXPECTED = Sentence(
    "console.unexpected",
    "Unexpected error: the console goes on. Details are in the log file.",
    evidence="an exception reached the app, and was written to the log",
)
NO_CONTEXT = Sentence(
    "console.no_context",
    "The kubeconfig has no context {name}.",
    evidence="the kubeconfig's contexts, read now",
)
NO_CONTEXT_OF_OPTION = Sentence(
    "console.no_context_of_option",
    "--contexts: the kubeconfig has no context {name}: choose among {known}.",
    evidence="the kubeconfig's contexts",
)
NO_CANARY = Sentence(
    "console.no_canary",
    "No canary {name} here.",
    evidence="the canaries that are listed",
)
THEME = Sentence(
    "console.theme",
    "Theme {name}; :theme and Tab lists the others.",
    evidence="the theme in use",
)
NO_THEME = Sentence(
    "console.no_theme",
    "{where} is {wanted!r}, which is no theme: choose one of {known}.",
    evidence="the themes that are installed",
)
UNKNOWN_COMMAND = Sentence(
    "console.unknown_command",
    "Unknown command: {name}{like}. Commands: {known}.",
    evidence="the table of commands and actions has no such name",
)
NEEDS_NAME = Sentence(
    "console.needs_name",
    ":{name} needs a name: {usage}.",
    evidence="the command's entry in the table of commands",
)
LIKE = Sentence(
    "console.like",
    " (did you mean {name}?)",
    evidence="the known name that is closest to what was typed",
)
READ_ONLY = Sentence(
    "console.read_only",
    "this console is read-only",
    evidence="the console was opened read-only",
)
NO_DRILL = Sentence(
    "console.no_drill",
    "No drill here: {reason}.",
    evidence="the console was opened read-only",
)
DRILL_ENDED = Sentence(
    "console.drill_ended",
    "The drill was stopped before the console was suspended: its load would have run unwatched.",
    evidence="the drill under way was ended, and its end awaited",
)
LEFT_BEHIND = Sentence(
    "console.left_behind",
    "A suspended console does not put this back: {named}. Ctrl+Z again suspends anyway.",
    evidence="writes that this console has promised to take back are pending",
)
NO_JOB_CONTROL = Sentence(
    "console.no_job_control",
    "Not suspended: this console was not started from a shell with job control.",
    evidence="the system did not stop the process, because nobody could continue it",
)
CANNOT_SUSPEND = Sentence(
    "console.cannot_suspend",
    "This terminal does not support suspending.",
    evidence="Textual's driver for this terminal refuses",
)
TIMELINE_NOT_KEPT = Sentence(
    "console.timeline_not_kept",
    "the timeline is not saved: {path} cannot be written ({reason})",
    evidence="the write's error",
)
LOCKED = Sentence(
    "console.locked",
    "another canarytui holds the lock and does not respond",
    evidence="the lock's holder did not let go within the time that we wait",
)

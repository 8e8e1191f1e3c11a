"""The console itself: its connection, bell, context, commands, and what it cannot do."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_CONNECTED = Sentence(
    "console.not_connected",
    "Not connected yet: wait for the list.",
    evidence="no connection has been opened",
)
READING = Sentence(
    "console.reading",
    "Loading …",
    evidence="the file is being read",
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
THEMES = Sentence(
    "console.themes",
    "Search for themes…",
    evidence="the list of themes was opened",
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
NO_ALIASES = Sentence(
    "console.no_aliases",
    "No aliases yet: {path} maps a name to a command, such as `prod: ctx prod-eu`.",
    evidence="the file was read at the start and has none, or is not there",
)
DID_YOU_MEAN = Sentence(
    "console.did_you_mean",
    "Unknown. Did you mean {line}? Enter or Tab accepts.",
    evidence="nothing has the name that was typed, and this one is closest to it",
)
SCREEN_SAVED = Sentence(
    "console.screen_saved",
    "Saved: {path} (and .txt)",
    evidence="both files were written",
)
SCREEN_NOT_SAVED = Sentence(
    "console.screen_not_saved",
    "The screen was not saved: {path} cannot be written ({reason}).",
    evidence="the write's error",
)
JUMP_NOWHERE = Sentence(
    "console.jump_nowhere",
    "There is nothing to jump to here.",
    evidence="the screen names no target that is in view",
)
PICK_CONTEXT = Sentence(
    "console.pick_context",
    "Contexts",
    evidence="the kubeconfig's contexts",
)
PICK_NAMESPACE = Sentence(
    "console.pick_namespace",
    "Namespaces",
    evidence="the namespaces of the canaries that are watched",
)
PICK_FILTER = Sentence(
    "console.pick_filter",
    "Saved filters",
    evidence="the filters of the configuration, and those saved here",
)
PICK_ALIAS = Sentence(
    "console.pick_alias",
    "Aliases: {path}",
    evidence="the file that was read at the start",
)
PICK_HINT = Sentence(
    "console.pick_hint",
    "type to narrow · ↑ ↓ · Enter chooses · Esc closes",
    evidence="the keys that are bound in the list of choices",
)
NOTHING_LIKE_IT = Sentence(
    "console.nothing_like_it",
    "nothing matches (Esc clears what was typed)",
    evidence="none of the choices contains what was typed",
)
CANARIES_COUNTED = Sentence(
    "console.canaries_counted",
    "{count:n canary}",
    evidence="the canaries that are watched, counted",
)
FAILING_COUNTED = Sentence(
    "console.failing_counted",
    ", {count} failing",
    evidence="the canaries that are watched and that the list draws as failing, counted",
)
CONTEXT_UNREACHABLE = Sentence(
    "console.context_unreachable",
    "unreachable: {reason}",
    evidence="the last attempt to open the context failed with this error",
)
CONTEXT_LOST = Sentence(
    "console.context_lost",
    "unreachable since {time}: {reason}",
    evidence="the API server stopped answering at this time",
)
CONTEXT_OPENING = Sentence(
    "console.context_opening",
    "connecting",
    evidence="the context is being opened, and no attempt has failed yet",
)
CONTEXT_NOT_OPEN = Sentence(
    "console.context_not_open",
    "not open, not counted",
    evidence="this console has no connection to the context and did not try to get one",
)
CONTEXT_LOADING = Sentence(
    "console.context_loading",
    "loading canaries",
    evidence="the context is open, and its canaries have not been listed yet",
)

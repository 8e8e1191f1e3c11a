"""For every command: errors in its name and in names, selectors and times that were given, and where it looked."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNKNOWN = Sentence(
    "command.unknown",
    "Unknown command {given}: choose one of {commands}.",
    evidence="no command has this name, nor one like it",
)
UNKNOWN_BUT_LIKE = Sentence(
    "command.unknown_but_like",
    "Unknown command {given}: did you mean {like}? `canarytui --help` lists all commands.",
    evidence="no command has this name, and these have one like it",
    otherwise="command.unknown",
)
NO_URL = Sentence(
    "command.no_url",
    "{given} is no http or https URL with a host",
    evidence="the parts of the option's value",
)
NEEDS_TERMINAL = Sentence(
    "command.needs_terminal",
    "The {screen} needs a terminal: standard output is not one.{instead}",
    evidence="standard output is no terminal",
)
INSTEAD_OF_WALL = Sentence(
    "command.instead_of_wall",
    " For a log or a pipe use `canarytui get --watch`.",
    evidence="that command prints lines and needs no terminal",
)
INSTEAD_OF_DEMO = Sentence(
    "command.instead_of_demo",
    " `canarytui sandbox up --controller --scenario seed` runs its sandbox without a console.",
    evidence="that is what the demo itself runs, and it needs no terminal",
)
NO_NAME = Sentence(
    "command.no_name",
    "{given} is not the name of a canary: write NAME or NAMESPACE/NAME.",
    evidence="what was given has no name after the slash, or more than one slash",
)
TWO_NAMESPACES = Sentence(
    "command.two_namespaces",
    "{given} is not in namespace {namespace}: leave out -n or the namespace before the slash.",
    evidence="the namespace before the slash is not the one of -n",
)
NO_CANARY = Sentence(
    "command.no_canary",
    "There is no canary {name} in {where}: `canarytui get` lists those there are.",
    evidence="the canaries of that place have been listed, and it is not among them",
)
NO_CANARIES = Sentence(
    "command.no_canaries",
    "There are no canaries {names} in {where}: `canarytui get` lists those there are.",
    evidence="the canaries of that place have been listed, and none of these is among them",
)
NONE_FOUND = Sentence(
    "command.none_found",
    "No canaries found in {where}.",
    evidence="the list of that place is empty",
)
NONE_SELECTED = Sentence(
    "command.none_selected",
    "No canaries found in {where} that match -l {selector}.",
    evidence="no canary of that place has the labels that -l asks for",
    otherwise="command.none_found",
)
NAMESPACE = Sentence(
    "command.namespace",
    "namespace {namespace}",
    evidence="the canaries of this namespace were listed because it was named",
)
OWN_NAMESPACE = Sentence(
    "command.own_namespace",
    "namespace {namespace}, the only one that was read (listing all is forbidden)",
    evidence="the server forbade the list over all namespaces, so the context's own was listed",
    otherwise="command.any_namespace",
)
ANY_NAMESPACE = Sentence(
    "command.any_namespace",
    "any namespace",
    evidence="the canaries of all namespaces were listed",
)
AMBIGUOUS = Sentence(
    "command.ambiguous",
    "{count} canaries are called {name} ({listed}): write NAMESPACE/NAME, or name the namespace with -n.",
    evidence="several of the listed canaries have that name",
)
DELETED = Sentence(
    "command.deleted",
    "The canary {canary} was deleted just now.",
    evidence="this command has listed it, and it is not there any more",
)
NO_SELECTOR = Sentence(
    "command.no_selector",
    "-l {given} is not a label selector: write app=web, tier!=db, app, !app or 'app in (web,shop)', with commas "
    "between several.",
    evidence="the text does not follow the grammar of label selectors",
)
NO_DURATION = Sentence(
    "command.no_duration",
    "{option} {given} is not a duration: write 30s, 10m or 1h30m.",
    evidence="the text cannot be read as a duration",
)
NO_DURATION_HERE = Sentence(
    "command.no_duration_here",
    "{given} is not a duration: write 10s or 1m",
    evidence="the text cannot be read as a duration; the option is named before it",
)
OUT_OF_RANGE = Sentence(
    "command.out_of_range",
    "{given} is not between {least} and {most}",
    evidence="the value is outside of these bounds; the option is named before it",
)
FOLDER = Sentence(
    "command.folder",
    "{folder} cannot be written ({reason}): name another folder.",
    evidence="the system's error when a file was written there",
)
NO_PICTURE = Sentence(
    "command.no_picture",
    "No picture is called {pattern}: the names are SCREEN-STATE-COLUMNSxLINES, such as list-halted-120x40.",
    evidence="the names of all pictures that this version draws",
)

"""The list screen, around its rows."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NONE_SELECTED = Sentence(
    "list_screen.none_selected",
    "no canary is selected",
    evidence="the list has no row under the cursor",
)
SELECT_FIRST = Sentence(
    "list_screen.select_first",
    "No canary is selected.",
    evidence="the list has no row under the cursor",
)
NO_NUMBER = Sentence(
    "list_screen.no_number",
    "No recent namespace has the number {number}.",
    evidence="the namespaces that were shown before",
)
SORTED = Sentence(
    "list_screen.sorted",
    "Sorted by {by}{reversed}.",
    evidence="the order that was just chosen",
)
REVERSED = Sentence(
    "list_screen.reversed",
    ", reversed",
    evidence="the order that was just chosen again",
)
HIGH_RATE = Sentence(
    "list_screen.high_rate",
    "High event rate: showing only {canary} (:events for all)",
    evidence="more entries came in than can be read, and the selected canary's are shown",
)
QUIET = Sentence(
    "list_screen.quiet",
    "nothing recorded yet",
    evidence="the timeline of what is shown has no entry",
)
NO_MATCH = Sentence(
    "list_screen.no_match",
    "nothing matches /{filter} (Esc clears the filter)",
    evidence="canaries are listed, and the filter takes none of them",
)
EMPTY = Sentence(
    "list_screen.empty",
    "no canaries in {where}",
    evidence="the canaries of this scope were listed, and there are none",
)
HINT = Sentence(
    "list_screen.hint",
    "part of a name · :failed · ns:shop · -l app=web · !word excludes",
    evidence="the filter's syntax",
)
HINT_TIMELINE = Sentence(
    "list_screen.hint_timeline",
    "words of canary or text · ns:shop · canary:cart · :warning · from:log · !word excludes",
    evidence="the filter's syntax",
)
HINT_LINES = Sentence(
    "list_screen.hint_lines",
    "words of the line; !word excludes",
    evidence="the filter's syntax",
)
NONE_SHOWN = Sentence(
    "list_screen.none_shown",
    "no canary selected",
    evidence="the list has no row under the cursor",
)
NOTHING_MOVES = Sentence(
    "list_screen.nothing_moves",
    "nothing is in progress, nothing fails",
    evidence="no canary of the list is in progress, waiting or failing",
)
NO_PANES = Sentence(
    "list_screen.no_panes",
    "No panes are shown: v chooses another layout, or the terminal is too small.",
    evidence="no pane is on the list's screen",
)
LAYOUT = Sentence(
    "list_screen.layout",
    "Layout: {preset}{room}.",
    evidence="the layout that was just chosen",
)
NO_ROOM = Sentence(
    "list_screen.no_room",
    " (no room for panes in a terminal of this size)",
    evidence="the layout has no panes at this size and with this many canaries",
)
TEXT_COPIED = Sentence(
    "list_screen.text_copied",
    "Copied {count:n character}.",
    evidence="the selected text was sent to the terminal's clipboard",
)
ELSEWHERE = Sentence(
    "list_screen.elsewhere",
    "Other namespaces have canaries: {namespaces}",
    evidence="they were counted, of up to 500 canaries",
)
SHOW_ALL = Sentence(
    "list_screen.show_all",
    "0 shows all namespaces, :ns NAME one of them.",
    evidence="the list is narrowed to one namespace",
)
WATCH_ALL = Sentence(
    "list_screen.watch_all",
    "Watch all of them (c copies): {command}",
    evidence="the session watches one namespace only",
)
NO_CONTROLLER_HERE = Sentence(
    "list_screen.no_controller_here",
    "No controller was found either. Install Flagger, or the controller that comes with canarytui (c copies):",
    evidence="the Deployments that may be read were searched, and none runs a known controller's image",
    otherwise="list_screen.first_canary",
)
FIRST_CANARY = Sentence(
    "list_screen.first_canary",
    "Write a Canary whose targetRef names a Deployment, and apply it (c copies). `canarytui demo` shows one at work.",
    evidence="the canaries of all namespaces were listed, and there are none",
)
WATCH_COMMAND = Sentence(
    "list_screen.watch_command",
    "canarytui --context {context} -A",
    evidence="the command watches all namespaces of the context",
)
INSTALL_COMMAND = Sentence(
    "list_screen.install_command",
    "canarytui install --print | kubectl --context {context} apply -f -",
    evidence="the command installs our controller in the context's cluster",
)
APPLY_COMMAND = Sentence(
    "list_screen.apply_command",
    "kubectl --context {context} apply -f canary.yaml",
    evidence="the command applies a file in the context's cluster",
)
COMMAND_COPIED = Sentence(
    "list_screen.command_copied",
    "Copied: {command}",
    evidence="the command was sent to the terminal's clipboard",
)
UNLIKE_K9S = Sentence(
    "list_screen.unlike_k9s",
    "{key} means {does} here, {k9s} in k9s. ? lists all keys; this is shown once.",
    evidence="the table of keys, and k9s' own default keys",
)
NAME_COPIED = Sentence(
    "list_screen.name_copied",
    "Copied: {name}",
    evidence="the name was sent to the terminal's clipboard",
)
SOME_LOADED = Sentence(
    "list_screen.some_loaded",
    "{here:,} of ~{all:,} canaries loaded",
    evidence="the pages that have come, and how many objects the API server says remain",
)
COUNT_LOADED = Sentence(
    "list_screen.count_loaded",
    "{here:n canary} loaded …",
    evidence="the pages that have come; the API server does not say how many remain",
)

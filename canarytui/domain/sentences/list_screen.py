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

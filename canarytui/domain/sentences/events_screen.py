"""The timeline screens, around their entries."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

GONE = Sentence(
    "events_screen.gone",
    "That canary no longer exists.",
    evidence="the canaries were listed, and it is not among them",
)
NO_OTHER = Sentence(
    "events_screen.no_other",
    "No other {words} in this direction.",
    evidence="the entries after or before the cursor, none of which matches",
)
BY_TIME = Sentence(
    "events_screen.by_time",
    "The timeline is always sorted by time.",
    evidence="entries are kept in the order of their times",
)
EMPTY = Sentence(
    "events_screen.empty",
    "nothing recorded yet",
    evidence="the timeline has no entry",
)
NO_MATCH = Sentence(
    "events_screen.no_match",
    "nothing matches (Esc shows everything)",
    evidence="the timeline has entries, and the filter takes none of them",
)
KEYS = Sentence(
    "events_screen.keys",
    "Enter canary · v plot · o sources · y copy · / filter · n/N next, previous",
    evidence="the keys that are bound on this screen",
)
PLACE = Sentence(
    "events_screen.place",
    "entry {place} of {total} · n next · N previous",
    evidence="the canary's entries, and the place of the one shown among them",
)
CANARY_GONE = Sentence(
    "events_screen.canary_gone",
    "This canary is gone, and its plots with it (Esc goes back).",
    evidence="the canary's object is not known now, or cannot be parsed",
)
NO_NEXT = Sentence(
    "events_screen.no_next",
    "No later entry.",
    evidence="the canary's entries, of which this is the last",
)
NO_PREVIOUS = Sentence(
    "events_screen.no_previous",
    "No earlier entry.",
    evidence="the canary's entries, of which this is the first",
)
COPIED_MOMENT = Sentence(
    "events_screen.copied_moment",
    "Copied: this moment.",
    evidence="the text was sent to the terminal's clipboard",
)
NO_ORDER = Sentence(
    "events_screen.no_order",
    "Only the list can be sorted.",
    evidence="this screen has one order",
)

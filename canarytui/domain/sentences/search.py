"""The search in texts, and the filters that are saved."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

HINT = Sentence(
    "search.hint",
    "words to find · n next · N previous · Esc ends the search",
    evidence="the keys that are bound on these screens",
)
NONE = Sentence(
    "search.none",
    "No match for {words}.",
    evidence="all lines of the page, none of which contains it",
)
NO_OTHER = Sentence(
    "search.no_other",
    "No other match for {words} in this direction.",
    evidence="the lines after or before the match, none of which contains it",
)
NO_SEARCH = Sentence(
    "search.no_search",
    "No search here: / starts one.",
    evidence="nothing is sought on this page",
)
SAVED = Sentence(
    "search.saved",
    "Saved as {name}: {pattern} (:filter {name} applies it)",
    evidence="the filter was put among the saved ones",
)
NOTHING_TO_SAVE = Sentence(
    "search.nothing_to_save",
    "The list is not filtered: there is nothing to save.",
    evidence="the list's filter is empty",
)
IN_CONFIGURATION = Sentence(
    "search.in_configuration",
    "{name} is a filter of {path}: change it there.",
    evidence="the configuration has a filter of that name",
)
NO_FILTER = Sentence(
    "search.no_filter",
    "No saved filter {name}. Saved: {known}.",
    evidence="the filters of the configuration and the saved ones",
)
NO_FILTERS = Sentence(
    "search.no_filters",
    "No filter is saved yet: filter the list with /, then :save NAME.",
    evidence="neither the configuration nor the saved filters have one",
)
FORGOTTEN = Sentence(
    "search.forgotten",
    "Forgot the filter {name}.",
    evidence="the filter was taken from the saved ones",
)

"""The rules in the configuration: what is forbidden, what is guarded, and errors in a rule."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

GUARDED = Sentence(
    "guarding.guarded",
    "{what} {name} is guarded: it matches {pattern}",
    evidence="the pattern of the configuration or of $CANARYTUI_GUARD is found in the name",
)
READ_ONLY = Sentence(
    "guarding.read_only",
    "your configuration makes context {context} read-only",
    evidence="a rule of the configuration with read_only: true matches the context",
)
FORBIDDEN = Sentence(
    "guarding.forbidden",
    "your configuration forbids {action} in context {context}",
    evidence="a rule of the configuration that matches the context forbids it",
)
A_DRILL_PROVOKES = Sentence(
    "guarding.a_drill_provokes",
    "{why}, which a drill provokes",
    evidence="a rule of the configuration forbids to roll back by hand, which a drill makes the controller do",
)
NO_MAPPING = Sentence(
    "guarding.no_mapping",
    "{field} must be a mapping, such as {{read_only: true}}.",
    evidence="the entry in the configuration is of another type",
)
UNKNOWN_FIELD = Sentence(
    "guarding.unknown_field",
    "{field}.{name} is unknown: use read_only, forbid, guard or guard_labels.",
    evidence="the fields that a rule has",
)
NO_TRUTH_VALUE = Sentence(
    "guarding.no_truth_value",
    "{field}.read_only must be true or false, not {value!r}.",
    evidence="the field in the configuration is of another type",
)
NO_TEXT = Sentence(
    "guarding.no_text",
    "{field}.guard must be text: a regular expression.",
    evidence="the field in the configuration is of another type",
)
BAD_PATTERN = Sentence(
    "guarding.bad_pattern",
    "the guard's pattern {pattern} is not a regular expression, so everything is guarded",
    evidence="Python's re refuses the pattern",
)
LIKE_PRODUCTION = Sentence(
    "guarding.like_production",
    "{what} {name} looks like production",
    evidence="the built-in pattern is found in the name",
    otherwise="guarding.guarded",
)
NO_ACTION = Sentence(
    "guarding.no_action",
    "{field}: {name!r} is not an action: choose from {known}, or write all.",
    evidence="the names of actions",
)
NO_LIST = Sentence(
    "guarding.no_list",
    "{field} must be a list, not {value!r}.",
    evidence="the field in the configuration is of another type",
)

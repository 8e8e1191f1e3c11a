"""Errors in an object: the object, the field, and what it must be."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

WRONG = Sentence(
    "invalid.wrong",
    "{owner}: {field} must be {wanted}, not {shown}.",
    evidence="the field has a value of another type",
)
MISSING = Sentence(
    "invalid.missing",
    "{owner}: {field} is missing: set it in the object's YAML.",
    evidence="the field is absent or empty, and nothing can stand in for it",
)
NO_SPEC = Sentence(
    "invalid.no_spec",
    "{owner}: spec is missing: a canary needs targetRef and analysis.",
    evidence="the object has no spec",
)
NO_ANALYSIS = Sentence(
    "invalid.no_analysis",
    "{owner}: spec.analysis is missing: it says how the canary is judged.",
    evidence="the spec has no analysis",
)
TRUTH_VALUE = Sentence("invalid.truth_value", "true or false", evidence="the field's type in the API")
PHASE = Sentence("invalid.phase", "one of Flagger's phases", evidence="the phases that Flagger 1.44 writes")
WHOLE_NUMBERS = Sentence("invalid.whole_numbers", "a list of whole numbers", evidence="the field's type in the API")
WHOLE_NUMBER_AT_MOST = Sentence(
    "invalid.whole_number_at_most",
    "a whole number of at most {most}",
    evidence="the field's type in the API",
)
NO_SHADOW_CHECKS = Sentence(
    "invalid.no_shadow_checks",
    "{owner}: the annotation {annotation} is no list of up to {most} metrics: write YAML as in spec.analysis.metrics.",
    evidence="its text cannot be read as such a list",
)
SHADOW_NAME_TAKEN = Sentence(
    "invalid.shadow_name_taken",
    "{owner}: the annotation {annotation} has a check named {name}, as another check is: rename it.",
    evidence="another shadow check, or one of spec.analysis.metrics, has that name",
)

"""Why a text is not read: it exceeds a limit."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TOO_MANY = Sentence(
    "bounds.too_many",
    "it has more than {most} values",
    evidence="as many separators in the text",
)
NO_JSON = Sentence(
    "bounds.no_json",
    "{constant} is no JSON",
    evidence="the parser met the constant outside of a text",
)
TOO_MANY_ALIASED = Sentence(
    "bounds.too_many_aliased",
    "it stands for more than {most} values, its aliases counted",
    evidence="the values that were counted, each alias as what it stands for",
)
TOO_DEEP = Sentence(
    "bounds.too_deep",
    "it is nested deeper than {most} levels",
    evidence="the levels that were counted, or the parser's recursion limit",
)

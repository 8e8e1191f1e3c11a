"""The state of a check, by the console's own query."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

BELOW = Sentence(
    "checks.below",
    "{check} {value} is below {bound}",
    evidence="the console's query answered a value below the check's minimum",
)
ABOVE = Sentence(
    "checks.above",
    "{check} {value} is above {bound}",
    evidence="the console's query answered a value above the check's maximum",
)
NO_VALUE = Sentence(
    "checks.no_value",
    "{check} has no value",
    evidence="the console's query answered, and without a value",
)
MARGIN = Sentence(
    "checks.margin",
    " ({check} {value}, {margin} from failing)",
    evidence="a check passes, within a quarter of its room from its threshold",
)

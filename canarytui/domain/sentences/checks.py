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
NO_VALUE_BECAUSE = Sentence(
    "checks.no_value_because",
    "{check} has no value: {why}",
    evidence="the console's query answered without a value, and queries about its parts show what is to blame",
    otherwise="checks.no_value",
)
MARGIN = Sentence(
    "checks.margin",
    " ({check} {value}, {margin} from failing)",
    evidence="a check passes, within a quarter of its room from its threshold",
)

"""The last result of a webhook."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_FAILURE_SINCE = Sentence(
    "hooks.no_failure_since",
    "no failures reported since then (the controller logs only failures)",
    evidence="it failed, and the rollout has advanced since",
)
NO_FAILURE = Sentence(
    "hooks.no_failure",
    "no failures reported (the controller logs only failures)",
    evidence="the analysis that calls it is under way, and nothing was said of it",
    otherwise="hooks.no_result",
)
NO_RESULT = Sentence("hooks.no_result", "no result yet", evidence="nothing was said of it")

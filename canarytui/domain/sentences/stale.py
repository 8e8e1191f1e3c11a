"""How old stale data are."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

STALE = Sentence(
    "stale.stale",
    "STALE{context} since {since:%H:%M:%S}{age}{why}",
    evidence="the connection is lost; the last moment at which something was heard",
)
AS_OF = Sentence(
    "stale.as_of",
    "as of {since:%H:%M:%S} (STALE for {age}): {known}",
    evidence="the connection is lost; what was known at the last moment at which something was heard",
)

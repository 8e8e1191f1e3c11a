"""Where a canary's provider comes from, and whether its project still lives."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

ASSUMED = Sentence(
    "providers.assumed",
    "{provider} (assumed: the canary names none, and the controller's -mesh-provider is unknown)",
    evidence="spec.provider is absent, and no controller's arguments were read",
)
CONTROLLERS = Sentence(
    "providers.controllers",
    "{provider} (the controller's -mesh-provider)",
    evidence="spec.provider is absent or not the one that is asked; the controller's arguments",
    otherwise="providers.assumed",
)
RETIRED = Sentence(
    "providers.retired",
    "{title} is retired. {evidence}",
    evidence="the provider's record: a dated fact about its project",
)
ANNOTATED = Sentence(
    "providers.annotated",
    "{provider} (the canary's annotation {annotation})",
    evidence="the annotation asks for it, and the provider is one that can",
)

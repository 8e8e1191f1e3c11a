"""Who else manages an object, and what it will do to a change."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

FLUX = Sentence(
    "ownership.flux",
    "{tool} {name}: it will revert this change at its next sync; make it in git, or suspend the {kind} first",
    evidence="the labels that Flux leaves on what it applies",
)
ARGO_CD = Sentence(
    "ownership.argo_cd",
    "{tool} {name}: a sync, or self-heal at once, reverts this change; make it in git, or turn automated sync off "
    "first",
    evidence="the label or annotation by which Argo CD tracks an object",
)
HELM = Sentence(
    "ownership.helm",
    "{tool} {name}: its next upgrade reverts this change; put it into the chart's values as well",
    evidence="the annotations that Helm leaves on what it installs",
)

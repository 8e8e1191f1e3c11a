"""Titles of actions: in confirmations, in Events on the canary, and in the timeline."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

SIGNED = Sentence(
    "action.signed",
    "{who}: {title}",
    evidence="this person's console wrote what the title says",
)
ROLL_BACK = Sentence(
    "action.roll_back",
    "Roll back {canary} now, from weight {weight}",
    evidence="the canary and the weight that the person was shown",
)
RESUME_AND_ROLL_BACK = Sentence(
    "action.resume_and_roll_back",
    "Resume and roll back {canary}, from weight {weight}",
    evidence="spec.suspend is true; the canary and the weight that the person was shown",
    otherwise="action.roll_back",
)
TRAFFIC_STAYS = Sentence(
    "action.traffic_stays",
    " {weight} % of the traffic stays on the canary.",
    evidence="the router's weights, which have that share for the canary",
)
MAY_NOT_IN_CLUSTER = Sentence(
    "action.may_not_in_cluster",
    "you may not {verb} {resource}, which have no namespace",
    evidence="the API server's answer to the question whether this person may, about an object without namespace",
)
MAY_NOT = Sentence(
    "action.may_not",
    "you may not {verb} {resource} in namespace {namespace}",
    evidence="the API server's answer to the question whether this person may",
)

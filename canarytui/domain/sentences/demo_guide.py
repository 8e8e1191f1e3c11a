"""The demo's tips: what to press next. No other cluster shows them."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

SETTING_UP = Sentence(
    "demo_guide.setting_up",
    "Demo: {canary} is being set up, which takes half a minute. Then {trigger} rolls out another version.",
    evidence="the canary has no phase yet, or Initializing",
)
FIRST = Sentence(
    "demo_guide.first",
    "Demo: press {trigger} to roll out another version of {canary}, such as 4.0.6. Nothing is sent until you confirm.",
    evidence="the canary is at rest, and no rollout has been seen",
)
WATCH = Sentence(
    "demo_guide.watch",
    "Demo: {open} shows the steps, checks and plots. Leave it alone, and it is promoted; {fault} breaks it on purpose.",
    evidence="a rollout is in analysis with traffic on the canary",
)
UNDER_WAY = Sentence(
    "demo_guide.under_way",
    "Demo: the rollout is under way. {open} shows what it waits for.",
    evidence="a rollout is active, and the canary has no traffic, or the analysis is over",
)
THEN_BREAK = Sentence(
    "demo_guide.then_break",
    "Demo: promoted. Press {trigger} with another tag, then {fault} while it has some weight: see it roll back.",
    evidence="a promotion has been seen, and no rollback",
)
THEN_PROMOTE = Sentence(
    "demo_guide.then_promote",
    "Demo: rolled back; :events shows how. Press {trigger} with another tag and leave it alone: see it promoted.",
    evidence="a rollback has been seen, and no promotion",
)

"""The pulse: a fleet in five numbers."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

QUIET = Sentence(
    "pulse.quiet",
    "none failing, gated or paused > 1 h",
    evidence="no canary is counted under these",
)
LAST_DAY = Sentence(
    "pulse.last_day",
    "last 24 h: {promoted} promoted, {rolled_back} rolled back or failed",
    evidence="reports of promotions and failures, from 24 hours ago on",
)
SINCE = Sentence(
    "pulse.since",
    "since {at}: {promoted} promoted, {rolled_back} rolled back or failed",
    evidence="reports of promotions and failures, from the first report that there is",
    otherwise="pulse.last_day",
)
LAST_DAY_FAILED = Sentence(
    "pulse.last_day_failed",
    "last 24 h: {rolled_back} rolled back or failed",
    evidence="reports of failures, from 24 hours ago on",
)
SINCE_FAILED = Sentence(
    "pulse.since_failed",
    "since {at}: {rolled_back} rolled back or failed",
    evidence="reports of failures, from the first report that there is",
    otherwise="pulse.last_day_failed",
)
EXPLAINED = Sentence(
    "pulse.explained",
    "Promoted, rolled back or failed: as far as seen since {at:%Y-%m-%d %H:%M:%S}. What ended while no canarytui was"
    " running counts only where Events or the controller's log still had it.",
    evidence="the first report of the last 24 hours, and where reports come from",
)
NO_PLACES = Sentence(
    "pulse.no_places",
    "Nothing is failing, gated or paused for over an hour, and no rollout has ended since.",
    evidence="no canary is counted under any of the five",
)
NOT_FILTERED = Sentence(
    "pulse.not_filtered",
    "The pulse counts all canaries; Enter on a number shows its canaries in the list, where / and s work.",
    evidence="the pulse is neither filtered nor sorted",
)
EVERYWHERE = Sentence(
    "pulse.everywhere",
    "all",
    evidence="the first line, which is about all places",
)
KEPT = Sentence(
    "pulse.kept",
    "{kind} in {place}",
    evidence="the number that was chosen",
)
KEPT_EVERYWHERE = Sentence(
    "pulse.kept_everywhere",
    "{kind}",
    evidence="the number that was chosen, which is about all places",
)
SHOWN = Sentence(
    "pulse.shown",
    "Only {name} (Esc shows all)",
    evidence="the filter that the chosen number stands for",
)
ROLLED_BACK = Sentence(
    "pulse.rolled_back",
    "rolled back or failed",
    evidence="the phase became Failed: after a rollback, or where a promotion failed",
)

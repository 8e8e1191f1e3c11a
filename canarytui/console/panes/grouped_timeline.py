"""The pane of the timeline, rollout by rollout: ``▾ 4.0.5→4.0.6 ▲ 40 s · ▸ →4.0.5 ✓ 2 min``, and what happened in the
newest."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.console.detail.view import DetailView
from canarytui.console.status_lines import clock, entry_line
from canarytui.domain.history.rollouts import RecordedRollout, RolloutOutcome, recorded_rollouts
from canarytui.domain.rollout.situation import ACTIVE_PHASES
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import clean, cut, width
from canarytui.domain.ticks import short_duration
from canarytui.domain.workloads.containers import application_images, joined_releases, release

_MARKS = {
    RolloutOutcome.PROMOTED: ("✓", "active"),
    RolloutOutcome.FAILED: ("✗", "bad"),
    RolloutOutcome.OPEN: ("·", "quiet"),
}
_RUNNING = ("▲", "active")
_LONGEST_RELEASE = 18
_COARSE_S = 10.0
"""A running rollout's age changes in such steps: a clock that counts costs the line."""


def grouped_timeline(view: DetailView, columns: int, lines: int) -> list[Text]:
    """The rollouts in one line, the newest first, then the entries of the newest one, the newest last: as many as there
    are lines for."""
    found = recorded_rollouts(view.entries)
    if not found:
        return [line((words.NO_ENTRIES.text(), "quiet"))]
    canary = view.situation.canary
    own = f" {canary.name}.{canary.namespace}"  # as the controller names it in every message
    lines_of_newest = [
        entry_line(entry, columns, view.zone, with_canary=False, without=own) for entry in found[-1].entries
    ]
    return [rollout_heads(view, found, columns), *lines_of_newest[-max(lines - 1, 1) :]]


def rollout_heads(view: DetailView, found: Sequence[RecordedRollout], columns: int) -> Text:
    """``▾ 4.0.5→4.0.6 ▲ 40 s · ▸ →4.0.5 ✓ 2 min · ▸ 13:20:11 ✗ 1 min``: as many of the newest as fit."""
    names = _names(view, found)
    text = line()
    for rollout, name in zip(reversed(found), reversed(names), strict=True):
        newest = rollout is found[-1]
        mark, tone = _RUNNING if newest and _runs(view, rollout) else _MARKS[rollout.outcome]
        lasted = _lasted(view, rollout, newest)
        words_of_one = f"{'▾' if newest else ' · ▸'} {name or clock(rollout.entries[0].at, view.zone)} "
        if not newest and width(text.plain) + width(words_of_one) + width(lasted) + 2 > columns:
            break
        text.append(words_of_one, style="strong" if newest else "quiet")
        text.append(mark, style=tone)
        text.append(f" {lasted}" if lasted else "", style="quiet")
    return text


def _runs(view: DetailView, rollout: RecordedRollout) -> bool:
    return rollout.outcome is RolloutOutcome.OPEN and view.situation.phase in ACTIVE_PHASES


def _lasted(view: DetailView, rollout: RecordedRollout, newest: bool) -> str:
    end = rollout.ended or (view.now if newest and _runs(view, rollout) else None)
    if rollout.began is None or end is None:
        return ""
    seconds = (end - rollout.began).total_seconds()
    return short_duration(seconds if rollout.ended else seconds // _COARSE_S * _COARSE_S)


def _names(view: DetailView, found: Sequence[RecordedRollout]) -> list[str]:
    """The releases of each rollout, as far as they are known: those recorded of it. Without a record, the newest has
    those of the workloads; the last one that was promoted, or else the initialization, brought out what the primary
    runs. Of the rest "" is known."""
    situation = view.situation
    images = application_images(situation.canary, situation.primary, situation.target)
    now_primary, now_target = (release(side) for side in images)
    names = [_name(rollout.replaced, rollout.release) for rollout in found]
    if found[-1].outcome is not RolloutOutcome.PROMOTED:
        names[-1] = names[-1] or _name(now_primary, now_target)
    for rollout, index in zip(reversed(found), range(len(found) - 1, -1, -1), strict=True):
        if rollout.outcome is RolloutOutcome.PROMOTED:
            names[index] = names[index] or (f"→{_name('', now_primary)}" if now_primary else "")
            break
        if rollout.initialized:
            names[index] = names[index] or _name("", now_primary)
            break
    return names


def _name(replaced: str, brought: str) -> str:
    """Each side is cut by itself: a tag may be a whole digest."""
    return joined_releases(*(cut(clean(side, 60), _LONGEST_RELEASE) for side in (replaced, brought)))

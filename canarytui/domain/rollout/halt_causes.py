"""Why the controller halted a rollout or rolled it back, from what was recorded at that moment of that rollout.

Pure; reads the canary's timeline, newest first. A cause is named only when it was recorded at the tick it explains;
a check that fails now, or a warning from an earlier rollout, does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from canarytui.domain.history.controller_messages import (
    CROSSED,
    HOOK_PASSED,
    INVOKED,
    NO_VALUES,
    NO_VALUES_OF_OWN,
    NOT_READY,
    QUERY_FAILED,
    QUERY_LEAD,
    REFUSED,
    SET_BACK,
    THRESHOLD,
    reason_of,
)
from canarytui.domain.history.facts import ANOTHERS, BY_HAND, FactSource, roll_back_by
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.blockers import called, complaint, failing, title
from canarytui.domain.rollout.checks import CheckVerdict
from canarytui.domain.rollout.forecast import clock
from canarytui.domain.rollout.revision_outcome import failed_at
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import NOTHING, Phrase
from canarytui.domain.sentences import cause as words
from canarytui.whole_number import whole_number

_SPREAD = timedelta(seconds=5)
"""How long before the recorded failure, whose time has whole seconds, the controller may have given its reason."""

_SECOND = timedelta(seconds=1)
"""Precision of the failure's time."""

_DEADLINE_TICKS = 7
"""Ticks that a manual rollback of unready pods may take: it waits for their deadline."""


class _Act(Struct, frozen=True):
    """A manual write or a webhook that makes the controller roll back. `failed` is the new failedChecks, "" if
    unknown."""

    who: str
    at: datetime
    failed: str = ""


def halt_cause(situation: Situation) -> Phrase:
    """Why the controller counted a failed check at its last tick."""
    said = halt_words(situation)
    now = failing(situation.checks)
    if said:
        # The same check still fails: show its current value.
        still = now is not None and now.verdict is CheckVerdict.FAILS and said.startswith(f"{title(now)} ")
        return complaint(now) if now is not None and still else _explained(situation, said)
    return words.HALT_NOT_RECORDED.say() if now is None else words.HALT_AND_NOW.say(complaint=complaint(now))


def _explained(situation: Situation, said: str) -> Phrase:
    """The controller's message; where it found no values, what is to blame for that, if it is known."""
    without = NO_VALUES.match(said) or NO_VALUES_OF_OWN.match(said)
    name = without[1].strip() if without else ""
    known = (check for check in situation.checks if check.name == name and check.why)
    check = next((check for check in known if check.verdict is CheckVerdict.NO_VALUE), None)
    return complaint(check) if check is not None else plain(said)


def rollback_cause(situation: Situation) -> Phrase:
    """Why the rollout in phase Failed was rolled back, with leading punctuation."""
    end = failed_at(situation.canary)
    if end is None:
        return words.BECAUSE.say(cause=words.NOT_RECORDED.say())
    recorded = list(_of_rollout(situation, end))
    final = [text for entry in recorded if entry.at >= end - _SPREAD for text in _controllers(entry)]
    if _found(INVOKED, final):
        hook = _found(HOOK_PASSED, final)
        return _because(words.ROLLBACK_HOOK.say(hook=hook[1]) if hook else words.ROLLBACK_HOOKS.say())
    if _found(SET_BACK, final):
        return _because(words.SET_BACK.say())
    at_threshold = _found(THRESHOLD, final) is not None
    unready = None if at_threshold else _found(NOT_READY, final)
    before = [entry for entry in recorded if entry.at < end + _SECOND]
    by = _act(situation, before, end - _ticks(situation, _DEADLINE_TICKS if unready else 2))
    if by is not None:
        return _by(situation, by)
    if unready:
        return _because(words.PODS_NOT_READY.say(said=unready[1]))
    return _by_checks(situation, before, end, at_threshold)


def threshold_cause(situation: Situation) -> Phrase:
    """Who set failedChecks to the threshold; nothing when the controller counted them."""
    since = situation.last_tick
    by = None if since is None else _act(situation, list(_newer(situation, since)), since)
    if by is None:
        return NOTHING
    return words.SET_BY.say(who=by.who or words.SOMEBODY.say(), clock=clock(by.at, situation.now))


def plain(said: str) -> Phrase:
    """The controller's message about a failed check in plain words."""
    without = NO_VALUES.match(said)
    if without:
        return words.NO_TRAFFIC.say(check=called(without[1]))
    refused = REFUSED.search(said)
    if refused:
        return words.WEBHOOK.say(hook=refused[1], answer=refused[2].strip() or words.NO_ANSWER.say())
    query = QUERY_FAILED.search(said)
    if query:
        which = words.QUERY_OF.say(check=query[1]) if query[1] else NOTHING
        return words.QUERY.say(check=which, problem=query[2].removeprefix(QUERY_LEAD))
    crossed = CROSSED.fullmatch(said)
    if crossed:
        sentence = words.CHECK_BELOW if crossed[3] == "<" else words.CHECK_ABOVE
        return sentence.say(check=called(crossed[1]), value=crossed[2], bound=crossed[4])
    return words.SAID.say(said=said)


def _by_checks(situation: Situation, recorded: list[TimelineEntry], end: datetime, at_threshold: bool) -> Phrase:
    since = end - _ticks(situation, 2)
    last = next((entry for entry in recorded if _halts(entry) and entry.at >= since), None)
    count = whole_number(last.count) if last is not None else None
    counted = count is not None and count >= situation.canary.spec.analysis.threshold
    if not at_threshold and not counted:
        return _because(words.NOT_RECORDED.say())
    said = _words_of(last) if last is not None else ""
    return _because(words.CHECKS.say(check=plain(said)) if said else words.CHECKS_UNNAMED.say())


def _by(situation: Situation, by: _Act) -> Phrase:
    at = clock(by.at, situation.now)
    if by.failed:
        return _because(words.BY_HAND.say(failed=by.failed, who=by.who or words.SOMEBODY.say(), clock=at))
    return words.BY_PERSON.say(who=by.who, clock=at)


def _because(cause: Phrase) -> Phrase:
    return words.BECAUSE.say(cause=cause)


def _of_rollout(situation: Situation, end: datetime) -> Iterator[TimelineEntry]:
    """The entries of the rollout that ended at `end`, newest first."""
    for entry in situation.timeline():
        if entry.at > end + _SPREAD:
            continue  # of a later rollout, or about the end itself
        if entry.at < end - _ticks(situation, _DEADLINE_TICKS):
            return
        yield entry
        if ("phase", "Progressing") in entry.marks or ("restart", "") in entry.marks:
            return


def _newer(situation: Situation, since: datetime) -> Iterator[TimelineEntry]:
    for entry in situation.timeline():
        if entry.at < since:
            return
        yield entry


def _act(situation: Situation, recorded: list[TimelineEntry], since: datetime) -> _Act | None:
    """The manual act among `recorded` that makes the controller roll back; one with a name wins over one without."""
    threshold = max(situation.canary.spec.analysis.threshold, 1)
    found: _Act | None = None
    for entry in recorded:
        if entry.at < since:
            break
        who = roll_back_by(entry.sources.get(FactSource.CONSOLE, ""))
        if who:
            return _Act(who, entry.at)
        written = dict(entry.marks)
        failed = written.get(f"{BY_HAND}failedChecks", "")
        count = whole_number(failed)
        if found is None and count is not None and count >= threshold:
            found = _Act(written.get(f"{BY_HAND}manager", ""), entry.at, failed)
    return found


def halt_words(situation: Situation) -> str:
    """The controller's own words for the failed check of its last tick; "" where none were recorded."""
    tick = situation.last_tick
    if tick is not None:
        for entry in _newer(situation, tick - situation.same_tick):
            if _halts(entry) and _words_of(entry):
                return _words_of(entry)
    return situation.warning_now


def _halts(entry: TimelineEntry) -> bool:
    return any(aspect == "failed" for aspect, _ in entry.marks)


def _words_of(entry: TimelineEntry) -> str:
    return next((reason_of(text) for text in _controllers(entry)), "")


def _controllers(entry: TimelineEntry) -> Iterator[str]:
    """The controller's own messages, log lines before Events."""
    if any(aspect == ANOTHERS for aspect, _ in entry.marks):
        return iter(())
    return (entry.sources[source] for source in (FactSource.LOG, FactSource.EVENT) if source in entry.sources)


def _found(pattern: re.Pattern[str], texts: list[str]) -> re.Match[str] | None:
    return next(filter(None, map(pattern.match, texts)), None)


def _ticks(situation: Situation, count: int) -> timedelta:
    return timedelta(seconds=count * situation.interval_s) + _SPREAD

"""The text around the list: why the selected canary is as it is, the tail of the timeline, why there are no rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from rich.text import Text

from canarytui.console.detail.layout import fold
from canarytui.console.status_lines import TitleContext, tail
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.explain import Tone, explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import list_screen as words
from canarytui.domain.text.plain import clean, cut
from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow

_TONES = {Tone.BAD: "bad", Tone.WAITING: "waiting", Tone.ACTIVE: "", Tone.QUIET: "quiet"}


def reason_text(situation: Situation | None, row: CanaryRow | None, columns: int, lines: int) -> Text:
    """Why a canary is as it is, in at most `lines` lines. `situation` bears local time; without one its `row` says what
    is wrong with it."""
    if situation is None:
        return fitted(row.problem if row is not None else "", "bad", columns, lines)
    explanation = explain(situation)
    if situation.stale is None:
        return fitted(explanation.sentence, _TONES[explanation.tone], columns, lines)
    return fitted(situation.stale.sentence(explanation.sentence), "quiet", columns, lines)


def fitted(sentence: str, tone: str, columns: int, lines: int) -> Text:
    """`sentence` in `lines` lines of `columns`; what has no room ends in an ellipsis, and the detail has all of it."""
    folded = fold(sentence, columns)
    if len(folded) > lines:
        sentence = "\n".join([*folded[: lines - 1], cut(" ".join(folded[lines - 1 :]), columns)])
    return Text(sentence, style=tone)


def timeline_text(entries: Iterable[TimelineEntry], columns: int, zone: tzinfo | None) -> Text:
    """The newest entries of all canaries that are shown."""
    listed = list(entries)
    return tail(listed, columns, zone) if listed else Text(words.QUIET.text(), style="quiet")


def busy_timeline_text(
    key: NamespacedName, entries: Iterable[TimelineEntry], columns: int, zone: tzinfo | None
) -> Text:
    """The newest entries of one canary, when those of all come faster than they can be read."""
    said = words.HIGH_RATE.text(canary="/".join(key))
    head = Text(cut(clean(said), columns), style="quiet")
    return Text("\n").join([head, tail(entries, columns, zone, with_canary=False)])


def empty_text(place: TitleContext, pattern: str) -> tuple[str, Tone]:
    """Why there are no rows; `pattern` is the list's filter."""
    if not place.context:
        return place.connecting, Tone.QUIET
    if place.stale_since is not None and not place.synced:
        return clean(place.stale_error), Tone.BAD
    if not place.synced:
        return "loading canaries …", Tone.QUIET
    if pattern:
        return words.NO_MATCH.text(filter=clean(pattern)), Tone.QUIET
    where = f"namespace {clean(place.namespace)}" if place.namespace else "any namespace"
    return words.EMPTY.text(where=where), Tone.QUIET

"""The text around the list: why the selected canary is as it is, the tail of the timeline, why there are no rows."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from datetime import tzinfo

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.layout import faded, fold
from canarytui.console.status_lines import TitleContext, tail
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.explain import Tone, explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import list_screen as words
from canarytui.domain.text.plain import clean, cut
from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

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


def tail_text(
    state: ClusterState,
    alone: NamespacedName | None,
    namespace: str | None,
    lines: int,
    columns: int,
    zone: tzinfo | None,
) -> Text:
    """The newest entries of all canaries of a namespace (None: of all), or of one `alone`; faded without contact."""
    if alone is not None:
        text = _busy_timeline_text(alone, state.timeline.latest(lines - 1, *alone), columns, zone)
    else:
        text = _timeline_text(state.timeline.latest(lines, namespace), columns, zone)
    return text if state.canaries.stale_since is None else faded([text])[0]


def _timeline_text(entries: Iterable[TimelineEntry], columns: int, zone: tzinfo | None) -> Text:
    """The newest entries of all canaries that are shown."""
    listed = list(entries)
    return tail(listed, columns, zone) if listed else Text(words.QUIET.text(), style="quiet")


def _busy_timeline_text(
    key: NamespacedName, entries: Iterable[TimelineEntry], columns: int, zone: tzinfo | None
) -> Text:
    """The newest entries of one canary, when those of all come faster than they can be read."""
    said = words.HIGH_RATE.text(canary="/".join(key))
    head = Text(cut(clean(said), columns), style="quiet")
    return Text("\n").join([head, tail(entries, columns, zone, with_canary=False)])


class Emptiness(Struct, frozen=True):
    """Why there are no rows, line by line, and the command that helps, for the clipboard; "" for none."""

    lines: tuple[str, ...]
    tone: Tone = Tone.QUIET
    command: str = ""


def empty_text(
    place: TitleContext,
    pattern: str,
    *,
    elsewhere: Mapping[str, int] | None = None,
    narrowed: bool = False,
    no_controller: bool = False,
    context: str = "",
) -> Emptiness:
    """Why there are no rows, and what to do next. `pattern` is the list's filter, `elsewhere` how many canaries other
    namespaces have; `narrowed`: they are watched, and only left out of the list.
    `context` is the one that commands are for."""
    if not place.context:
        return Emptiness((place.connecting,))
    if place.stale_since is not None and not place.synced:
        return Emptiness((clean(place.stale_error),), Tone.BAD)
    if not place.synced:
        return Emptiness(("loading canaries …",))
    if pattern:
        return Emptiness((words.NO_MATCH.text(filter=clean(pattern)),))
    where = f"namespace {clean(place.namespace)}" if place.namespace else "any namespace"
    empty = words.EMPTY.text(where=where)
    context = shlex.quote(clean(context or place.context, 120))
    if elsewhere:
        others = (empty, "", words.ELSEWHERE.text(namespaces=_counted(elsewhere)))
        if narrowed:
            return Emptiness((*others, words.SHOW_ALL.text()))
        command = words.WATCH_COMMAND.text(context=context)
        return Emptiness((*others, words.WATCH_ALL.text(command=command)), command=command)
    if no_controller:
        command = words.INSTALL_COMMAND.text(context=context)
        return Emptiness((empty, "", words.NO_CONTROLLER_HERE.text(), f"  {command}"), command=command)
    command = words.APPLY_COMMAND.text(context=context)
    return Emptiness((empty, "", words.FIRST_CANARY.text(), f"  {command}"), command=command)


_MOST_NAMESPACES = 12


def _counted(counts: Mapping[str, int]) -> str:
    """``shop 3 · test 12``, those with the most first."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    listed = [f"{clean(name, 63)} {count}" for name, count in ordered[:_MOST_NAMESPACES]]
    return " · ".join(listed) + (" …" if len(ordered) > _MOST_NAMESPACES else "")

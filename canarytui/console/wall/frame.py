"""What is on the wall around its cards: where we are and how old it is, the page of a quiet cluster, and the banner of
one that does not answer.

Pure, in Rich text with tones as style names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.layout import faded, fold
from canarytui.console.status_lines import TitleContext, clock
from canarytui.console.wall.big_letters import big, columns_of, largest, lettering, lines_of
from canarytui.console.wall.board import ObservedState
from canarytui.domain.counted import counted
from canarytui.domain.sentences import wall as words
from canarytui.domain.text.plain import clean, cut, fit, width
from canarytui.domain.ticks import short_duration

BIG_HEADER_LINES = 34
"""Lines of a terminal from which the clock is in big letters."""

_FRESH_S = 2.0
_WHY_LINES = 2
"""Lines that the reason for a lost contact takes at most."""
_DAY_S = 86400.0


class WallFreshness(Struct, frozen=True):
    """How old what is shown is. `age_s` None: nothing has been read yet. `silent_since` is when the server was last
    heard, while it does not answer; `error` is what happened."""

    age_s: float | None = None
    silent_since: datetime | None = None
    error: str = ""

    def words(self) -> str:
        """``data 2 s old``: at most that old; it counts only when nothing comes, so that a fresh wall stands still."""
        if self.age_s is None:
            return words.NO_DATA.text()
        return words.AGE.text(age=short_duration(max(self.age_s, _FRESH_S)))


def header_lines(lines: int) -> int:
    """How many lines the header takes on a terminal of `lines` lines."""
    return lines_of(1) if lines >= BIG_HEADER_LINES else 1


def header(
    place: TitleContext,
    fresh: WallFreshness,
    columns: int,
    lines: int,
    now: datetime,
    *,
    bell: str = "",
    page: str = "",
) -> list[Text]:
    """Context and counts, the bell, the age of the data, the clock."""
    told = " ".join(word for word in (page, bell, fresh.words()) if word)
    where = f"SANDBOX {clean(place.context, 60)}" if place.sandbox else clean(place.context, 60) or "connecting …"
    if place.namespace:
        where += f"  ns {clean(place.namespace, 63)}"
    counts = _counts(place)
    if header_lines(lines) == 1:
        right = f"{told}  {now:%H:%M:%S} "
        room = max(columns - width(right) - 1, 0)
        return [Text(fit(_left(where, counts, room), room) + " " + right, style="line", no_wrap=True)]
    rows = (where, "  ".join(counts), f"{told}  {now:%H:%M:%S}")
    drawn = big(f"{now:%H:%M}", 1)
    room = max(columns - columns_of(f"{now:%H:%M}", 1) - 2, 0)
    return [
        Text(f" {fit(row, room - 1)}", style="line", no_wrap=True).append(f"{line} ", style="strong")
        for row, line in zip(rows, drawn, strict=True)
    ]


def _left(where: str, counts: Sequence[str], room: int) -> str:
    """The place and as many whole counts as there is room for, the last ones first: what fails is never left out for
    what is well."""
    for first in range(len(counts) + 1):
        said = "  ".join((f" {where}", *counts[first:]))
        if width(said) <= room:
            return said
    return f" {where}" if not counts else f" {cut(where, max(room - width(counts[-1]) - 3, 8))}  {counts[-1]}"


def _counts(place: TitleContext) -> list[str]:
    """In the order of their weight, the one that matters most last."""
    if not place.synced:
        return []
    counts = [counted(place.total, "canary")]
    counts += [f"▲ {place.active} active"] if place.active else []
    counts += [f"✗ {place.failing} failing"] if place.failing else []
    return counts


def banner(fresh: WallFreshness, columns: int, lines: int, zone: tzinfo | None) -> list[Text]:
    """Over everything while the server does not answer; nothing while it does."""
    if fresh.silent_since is None:
        return []
    lost = words.NO_CONTACT if fresh.age_s is None else words.STALE
    said = lost.text(at=clock(fresh.silent_since, zone))
    room = lines // 3 if lines >= BIG_HEADER_LINES else 7
    rows = lettering(said, columns - 4, room) or (f"!! {said} !!",)
    why = clean(fresh.error, 300) or words.SILENT.text()
    below = words.RETRY_OLD if fresh.age_s is not None else words.RETRY
    room = max(columns - 4, 20)
    folded = fold(why, room)
    shown = (*folded[: _WHY_LINES - 1], cut(" ".join(folded[_WHY_LINES - 1 :]), room), below.text())
    shown = tuple(row for row in shown if row)
    return [
        Text(f"  {fit(row, max(columns - 2, 0))}", style="alarm", no_wrap=True) for row in ("", *rows, "", *shown, "")
    ]


def strip(rest: Sequence[str], columns: int, total: int) -> Text:
    """One line that mentions what has no card now: the first of `total`, and how many more."""
    if not rest:
        return Text("")
    text = " also: "
    for number, mention in enumerate(rest):
        left = total - number - 1
        more = f"  … {left} more" if left else ""
        if width(text) + width(mention) + 2 + width(more) > columns and number:
            text += f"… {left + 1} more"
            break
        text += f"{mention}  "
    else:
        text += f"… {total - len(rest)} more" if total > len(rest) else ""
    return Text(cut(text, columns), style="strong", no_wrap=True)


def calm(
    place: TitleContext, endings: Sequence[ObservedState], columns: int, lines: int, now: datetime, zone: tzinfo | None
) -> list[Text]:
    """Nothing moves: how many there are, and how the last ones ended."""
    failed = sum(each.failed for each in endings)
    state = "ALL QUIET" if place.total else "NO CANARIES"
    still = place.total or place.failing
    said = words.NONE_MOVING.text(counts="  ".join(_counts(place))) if still else words.NOTHING.text()
    if place.stale_since is not None:
        state, said = "WAS QUIET", words.NONE_WAS_MOVING.text(counts="  ".join(_counts(place)))
    list_lines = min(len(endings), max(lines - 12, 3))
    size = min(largest(state, columns - 8, max((lines - list_lines - 5) // 2 * 2, 3)), 4) or 0
    drawn = [Text(row, style="quiet") for row in (big(state, size) if size else (state,))]
    drawn += [Text(""), Text(f"{'✗' if failed and place.failing else '✓'} {said}", style="strong"), Text("")]
    if endings:
        drawn.append(Text("last endings", style="quiet"))
    drawn += [_ending(each, columns - 8, now, zone) for each in endings[:list_lines]]
    above = max((lines - len(drawn)) // 2, 0)
    left = "    "
    shown = [Text("") for _ in range(above)] + [Text(left).append_text(line) for line in drawn]
    shown = (shown + [Text("") for _ in range(lines - len(shown))])[:lines]
    return shown if place.stale_since is None else faded(shown)


def _ending(standing: ObservedState, columns: int, now: datetime, zone: tzinfo | None) -> Text:
    word, tone = ("✗ ROLLED BACK", "bad") if standing.failed else ("✓ PROMOTED", "active")
    text = Text(no_wrap=True)
    text.append(f"{word:<15}", style=tone)
    name = clean(f"{standing.key[0]}/{standing.key[1]}", 200)
    at = standing.since
    if at is None:
        when = ""
    else:
        age_s = max((now - at).total_seconds(), 0.0)
        day = at.astimezone(zone).strftime("%H:%M:%S" if age_s < _DAY_S else "%d %b %H:%M")
        when = f"{day}, {short_duration(age_s // 60 * 60)} ago" if age_s >= 60 else f"{day}, just now"
    text.append(f"{fit(name, max(columns - 15 - 28, 10))} ")
    text.append(when, style="quiet")
    return text

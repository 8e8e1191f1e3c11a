"""The title bar and timeline lines: which cluster, how fresh the data is, what happened.

Pure, in Rich text with tones as style names (``bad``, ``quiet``, …) that the widgets translate into the
theme's colours; strings from the cluster are appended as data, never parsed as markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace
from rich.text import Text

from canarytui.actions.rules import SANDBOX_CONTEXT
from canarytui.domain.counted import counted
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.sentences import list_screen
from canarytui.domain.text.plain import clean, cut, width

_LEAST_NAME = 12


class TitleContext(Struct, frozen=True):
    """What the title bar says. `namespace` "" means all; `engine` and `metrics` are ready phrases."""

    context: str = ""
    server: str = ""
    namespace: str = ""
    engine: str = ""
    version: str = ""
    """The controller's."""
    metrics: str = ""
    metrics_down: str = ""
    """That metric queries fail, and for how long; "" while they succeed."""
    stale_since: datetime | None = None
    stale_error: str = ""
    stale_reason: str = ""
    """`stale_error` in a few words."""
    stale_context: str = ""
    """Whose, where several contexts are open."""
    partly: str = ""
    """Kinds other than canaries that are stale, and why."""
    synced: bool = False
    total: int = 0
    to_come: int = 0
    """About how many canaries of the first list are still to come, 0 where that is unknown."""
    active: int = 0
    failing: int = 0
    marked: int = 0
    drill: str = ""
    """A running drill; never left out."""

    waiting_for: str = ""
    """What connecting waits for, where that is not the API server."""

    def news(self) -> object:
        """What of it is shown at once: all but counts, of canaries and of seconds."""
        drill, metrics_down = self.drill[:1], self.metrics_down[:1]
        return replace(self, total=0, active=0, failing=0, metrics="", drill=drill, metrics_down=metrics_down)

    @property
    def connecting(self) -> str:
        """What is said before there is a connection."""
        waiting = f" waiting for {clean(self.waiting_for, 200)}" if self.waiting_for else ""
        return f"connecting …{waiting}"

    @property
    def sandbox(self) -> bool:
        return self.context == SANDBOX_CONTEXT


def title_bar(place: TitleContext, columns: int, now: datetime) -> Text:
    """By urgency: what is wrong, the context, namespace, controller and metrics on the left, counts on the right. The
    least important parts are dropped first when room is short: the address, then the version."""
    if not place.context:
        return Text(cut(f"canarytui: {place.connecting}", columns).ljust(columns))
    counts = _counts(place)
    right = "  ".join(counts)
    name = f"SANDBOX {clean(place.context, 60)}" if place.sandbox else f"ctx {clean(place.context, 60)}"
    parts: list[tuple[str, float]] = [
        (name, 9),
        (f"ns {clean(place.namespace, 63) or 'all'}", 8),
        (clean(place.engine, 60), 7),
        (clean(place.version, 30), 5.5),
        ("" if place.metrics_down else clean(place.metrics, 80), 6),
        (clean(place.server.removeprefix("https://"), 80), 5),
    ]
    if place.metrics_down:
        parts.insert(0 if place.stale_since is None else 1, (clean(place.metrics_down, 60), 9.5))
    if place.partly:
        parts.insert(0, (f"STALE {clean(place.partly, 80)}", 10))
    if place.stale_since is not None:
        stale = Stale(place.stale_since, now, place.stale_reason, place.stale_context)
        parts.insert(0, (stale.words(now.tzinfo), 10))
    if place.drill:
        parts.insert(0, (f"⚠ {place.drill}", 11))
    kept = [part for part in parts if part[0]]
    while len(kept) > 1 and _joined(kept) + width(right) + 3 > columns:
        kept.remove(min(kept, key=lambda part: part[1]))
    while len(counts) > 1 and _joined(kept) + width(right) + 1 > columns:
        counts.pop(0)  # what is wrong is never cut for a count of what is well
        right = "  ".join(counts)
    if (name, 9) not in kept and columns - _joined(kept) - width(right) - 5 >= _LEAST_NAME:
        kept.append((cut(name, columns - _joined(kept) - width(right) - 5), 9))  # whose cluster it is, in part at least
    version = clean(place.version, 30)
    said = "".join(f"{' ' if words == version else '  '}{words}" for words, _ in kept)
    left = cut(said[1:], max(columns - width(right) - 2, 1))
    gap = " " * max(columns - width(left) - width(right) - 1, 1)
    text = Text(f"{left}{gap}{right} ", no_wrap=True)
    if place.stale_since is not None:
        return text  # white on red, all of it: red marks would be lost there
    if place.partly:
        text.stylize("bad")
    if place.drill:
        text.stylize("bad", 0, width(kept[0][0]) + 1)
    down = left.find(clean(place.metrics_down, 60)) if place.metrics_down else -1
    if down >= 0:
        text.stylize("bad", down, down + len(clean(place.metrics_down, 60)))
    failing = right.rfind(f"{place.failing} failing") if place.failing else -1
    if failing >= 0:
        text.stylize("bad", len(left) + len(gap) + failing, len(left) + len(gap) + len(right))
    return text


def _joined(parts: Iterable[tuple[str, float]]) -> int:
    return sum(width(words) + 2 for words, _ in parts)


def _counts(place: TitleContext) -> list[str]:
    """The one that matters most last."""
    if not place.synced and not place.total:
        return ["loading …"]
    if place.synced:
        words = [counted(place.total, "canary")]
    elif place.to_come:
        words = [list_screen.SOME_LOADED.text(here=place.total, all=place.total + place.to_come)]
    else:
        words = [list_screen.COUNT_LOADED.text(here=f"{place.total:,}")]
    if place.active:
        words.append(f"{place.active} active")
    if place.failing:
        words.append(f"{place.failing} failing")
    if place.marked:
        words.insert(0, f"● {place.marked} marked")
    return words


def clock(at: datetime, zone: tzinfo | None) -> str:
    """Wall clock time of `at` in `zone`, the machine's own when None."""
    return at.astimezone(zone).strftime("%H:%M:%S")


def entry_line(
    entry: TimelineEntry, columns: int, zone: tzinfo | None, *, with_canary: bool = True, without: str = ""
) -> Text:
    """One line of the timeline: time, W or N, canary, text; `without` is left out of the text."""
    letter = "W" if entry.warning else "N"
    text = Text(no_wrap=True)
    text.append(f"{clock(entry.at, zone)} ", style="quiet")
    text.append(f"{letter} ", style="bad" if entry.warning else "quiet")
    room = columns - 11
    if with_canary:
        canary = cut(f"{entry.namespace}/{entry.name}", max(min(columns // 4, 28), 8))
        shown = canary.ljust(min(max(columns // 6, 14), 24))
        text.append(f"{shown} ", style="quiet")
        room -= width(shown) + 1
    count = entry.full_text.removeprefix(entry.text)
    said = entry.text.replace(without, "", 1).removesuffix(" for") if without else entry.text
    text.append(cut(said, max(room - len(count), 4)), style="waiting" if entry.warning else "")
    text.append(count, style="quiet")
    return text


def tail(entries: Iterable[TimelineEntry], columns: int, zone: tzinfo | None, *, with_canary: bool = True) -> Text:
    """Lines of the timeline, in the order given."""
    return Text("\n").join(entry_line(entry, columns, zone, with_canary=with_canary) for entry in entries)

"""Lines of followed logs: time, source, text."""

from __future__ import annotations

import functools
from datetime import datetime, tzinfo

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.layout import fold, folded, line
from canarytui.console.status_lines import clock
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import cut, width
from canarytui.session.log_follower import BOTH, CANARY, CONTROLLER, PRIMARY
from canarytui.session.log_lines import LogBuffer

WHOSE = (CANARY, PRIMARY, CONTROLLER, BOTH)
_TITLES = {
    CANARY: words.CANARYS_LOGS.words,
    PRIMARY: words.PRIMARYS_LOGS.words,
    CONTROLLER: words.CONTROLLERS_LOG.words,
    BOTH: words.BOTHS_LOGS.words,
}
_SIDES = {CANARY: "mark", PRIMARY: "quiet"}
"""The tone of a line's prefix."""

_LEVELS = {"error": "bad", "fatal": "bad", "panic": "bad", "critical": "bad", "warn": "waiting", "warning": "waiting"}
_BAD = ("error", "fatal", "panic", "exception", "warn")
_MOST = 1500


class LogView(Struct, frozen=True):
    """How lines are shown: `raw` as they came, else JSON objects as ``level msg k=v``; with the time of each; `before`
    the containers' last restart."""

    raw: bool = False
    times: bool = True
    before: bool = False


def log_header(
    book: LogBuffer, whose: str, source: str, pattern: str, columns: int, *, held: bool, view: LogView | None = None
) -> Text:
    """Whose logs these are, which container, which filter, and whether they are followed."""
    view = view or LogView()
    sources = f"{len(book.followed)} container{'s' if len(book.followed) != 1 else ''}"
    said = f"{_TITLES.get(whose, whose)}: {source or sources}"
    if pattern:
        said += f"   filter {pattern}"
    if view.raw:
        said += f"   {words.RAW.text()}"
    if view.before:
        said += f"   {words.BEFORE_RESTART.text()}"
    else:
        said += f"   {words.HELD.text() if held else _followed(book, source)}".rstrip()
    return line((cut(said, columns), "strong"))


def _followed(book: LogBuffer, source: str) -> str:
    """Whether lines come: not from a container that is gone, nor from one that the page has a problem of; "" where
    there is none to follow."""
    wanted = {source} if source else book.followed
    if not wanted:
        return ""
    coming = len(wanted & book.followed - book.status.keys())
    if not coming:
        return words.NOT_FOLLOWING.text()
    if coming < len(wanted):
        return words.FOLLOWING_SOME.text(coming=coming, all=len(wanted))
    return words.FOLLOWING.text()


def log_lines(
    book: LogBuffer,
    source: str,
    pattern: str,
    columns: int,
    zone: tzinfo | None,
    *,
    pods_known: bool = True,
    view: LogView | None = None,
    sided: bool = False,
) -> list[Text]:
    """Oldest first; problems with the streams come last. Long lines are folded. `pods_known`: whether the pods
    whose logs these are have been read. `sided`: each line says whether it is the canary's or the primary's."""
    view = view or LogView()
    found = book.lines(pattern, source)[-_MOST:]
    several = len(book.followed) > 1 and not source
    lines: list[Text] = []
    for entry in found:
        side = book.sides.get(entry.source, "") if sided and not source else ""
        prefix = " ".join(filter(None, (side, _short(entry.source) if several else "")))
        text = entry.text if view.raw else entry.readable or entry.text
        level = "" if view.raw else entry.level
        at = entry.at if view.times else None
        lines += _line(at, prefix, _SIDES.get(side, "mark"), text, level, columns, zone)
    if not found:
        without = words.NO_CONTAINERS if pods_known else words.PODS_UNREAD
        waiting = (words.NO_LINES if book.followed else without).text()
        lines.append(line(("nothing matches" if pattern and len(book) else waiting, "quiet")))
    for title, said in sorted(book.status.items()):
        lines += folded(f"· {said}" if title in said else f"· {title}: {said}", columns, "waiting", 2)
    return lines


@functools.lru_cache(maxsize=8192)
def _line(
    at: datetime | None, prefix: str, prefix_tone: str, text: str, level: str, columns: int, zone: tzinfo | None
) -> list[Text]:
    """Cached: the page is rebuilt with each line that arrives."""
    head = line((f"{clock(at, zone)} " if at is not None and at.year > 1 else "", "quiet"))
    if prefix:
        head.append(f"{prefix} ", style=prefix_tone)
    lowered = text[:400].lower()
    tone = _LEVELS.get(level, "") if level else "waiting" if any(word in lowered for word in _BAD) else ""
    margin = width(head.plain)
    first, *rest = fold(text, max(columns - margin, 20))
    head.append(first, style=tone)
    return [head, *(line(" " * margin, (part, tone)) for part in rest)]


def _short(source: str) -> str:
    """The end of a pod's name identifies it: ``…x7k2p/app``."""
    pod, _, container = source.partition("/")
    return f"{pod.rpartition('-')[2]}/{container}"

"""Requests, response times, totals and resources of canary and primary, side by side.

Functions of a :class:`DetailView`, for any pane or page; complete without colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from canarytui.console.detail.layout import folded, line
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.request_numbers import RequestCounts, RequestNumbers, RequestTotals, Side, SideNumbers
from canarytui.domain.rollout.situation import ACTIVE_PHASES
from canarytui.domain.sentences import judge as judge_words
from canarytui.domain.sentences import numbers as words
from canarytui.domain.statistics.verdict_kind import VerdictKind
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import short_duration
from canarytui.domain.values import as_count, as_mapping, as_mappings
from canarytui.domain.workloads.tree import ObjectNode, object_tree
from canarytui.session.canary_detail import name_of
from canarytui.session.rollout_numbers import PodUsage, RolloutNumbers

_LABEL = 13
_CODE_CHARS_MOST = 20
"""Codes are labels, and exporters choose them freely."""


def numbers_table(view: DetailView, columns: int) -> list[Text]:
    """Requests by code, success, response times, share, totals and resources: canary and primary side by side."""
    numbers = view.numbers
    if numbers is None:
        return []
    rows: list[tuple[str, list[Text]]] = []
    if numbers.totals is not None:
        rows.append(_total_row(numbers.totals))
    if numbers.latest is not None:
        rows += _request_rows(numbers.latest)
    rows += _resource_rows(view, numbers)
    if rows:
        rows.insert(0, ("", [line(("canary", "canary")), line(("primary", "primary"))]))
    room = max(columns - _LABEL, 16)
    first = _first_column([cells for _, cells in rows], room)
    found = [_row(label, cells, (first, room - first)) for label, cells in rows]
    return [*found, *_remarks(view, numbers, columns)]


def _first_column(rows: Sequence[Sequence[Text]], room: int) -> int:
    """Columns of the canary's cells with a gap: half of the room, or more where the primary's leave it."""
    half = room // 2
    first = max((cells[0].cell_len + 1 for cells in rows if cells), default=0)
    second = max((cells[1].cell_len for cells in rows if len(cells) > 1), default=0)
    if first > half:
        return max(min(first, room - second), half)
    return max(min(half, room - second), first)


def _row(label: str, cells: Sequence[Text], widths: tuple[int, int]) -> Text:
    text = line((label.ljust(_LABEL), "quiet"))
    for place, (cell, room) in enumerate(zip(cells, widths, strict=False)):
        last = place == len(cells) - 1
        shown = _fitted(cell, sum(widths[place:]) if last else room - 1)
        if not last:
            shown.pad_right(room - shown.cell_len)
        text.append_text(shown)
    return text


_BETWEEN = "  "
"""Between the parts of a cell."""


def _fitted(cell: Text, room: int) -> Text:
    """`cell` without the last parts for which there is no room: half a number says something else."""
    shown = cell.copy()
    while shown.cell_len > room and _BETWEEN in shown.plain:
        shown.right_crop(len(shown.plain) - shown.plain.rindex(_BETWEEN))
    shown.truncate(room, overflow="ellipsis")
    return shown


def _request_rows(latest: RequestNumbers) -> list[tuple[str, list[Text]]]:
    sides = [latest.canary, *([latest.primary] if latest.primary is not None else [])]
    return [
        ("requests/s", [_rate(side.rate) for side in sides]),
        ("success", [_success_text(side.rate) for side in sides]),
        ("P50/90/99 ms", [_latency(side) for side in sides]),
    ]


def _rate(rate: RequestCounts) -> Text:
    text = line(_short(rate.total))
    classes = [(name, value, name.startswith("5")) for name, value in rate.by_class().items() if value > 0]
    for name, value, failing in sorted(classes, key=lambda each: not each[2]):  # what fails is not cut off
        text.append(f"  {clean(name, _CODE_CHARS_MOST)} {_short(value)}", style="bad" if failing else "quiet")
    return text


def _success_text(rate: RequestCounts) -> Text:
    percent = rate.success_percent
    return line(("–", "quiet")) if percent is None else line(f"{number_text(round(percent, 2))} %")


def _latency(side: SideNumbers) -> Text:
    values = [side.quantile_ms(each) for each in (0.5, 0.9, 0.99)]
    if all(value is None for value in values):
        return line(("–", "quiet"))
    return line(" / ".join("–" if value is None else _short(value) for value in values))


def _total_row(totals: RequestTotals) -> tuple[str, list[Text]]:
    cells = []
    for counts in (totals.canary, totals.primary):
        if counts is not None:
            served = words.SERVED.text(requests=f"{round(counts.total):,}", failed=f"{round(counts.failed):,}")
            cells.append(line((served, "bad" if round(counts.failed) and counts is totals.canary else "")))
    return "requests", cells


def _resource_rows(view: DetailView, numbers: RolloutNumbers) -> list[tuple[str, list[Text]]]:
    rows: list[tuple[str, list[Text]]] = []
    if numbers.usage:
        rows.append(("CPU, memory", [_usage(numbers.usage.get(side)) for side in Side]))
    restarts = _restarts(view)
    if restarts:
        rows.append(("restarts", [line((str(count), "waiting" if count else "")) for count in restarts]))
    return rows


def _usage(usage: PodUsage | None) -> Text:
    if usage is None or not usage.pods:
        return line(("–", "quiet"))
    pods = f"{usage.pods} pod" + ("s" if usage.pods > 1 else "")
    return line(f"{usage.cpu_cores * 1000:.0f}m, {usage.memory_bytes / 2**20:.0f} Mi", (f"  {pods}", "quiet"))


def _restarts(view: DetailView) -> list[int]:
    """Of the pods of canary and primary; empty where they are not known."""
    if view.holdings is None or "Pod" not in view.holdings.known:
        return []
    canary = view.situation.canary
    counts = dict.fromkeys((canary.target_name, canary.primary_name), 0)
    pods = {name_of(pod): pod for pod in view.holdings.pods}
    for root in object_tree(canary, view.holdings, view.now):
        if root.name in counts and root.kind == canary.spec.target.kind:
            counts[root.name] += sum(_restart_count(pods.get(node.name)) for node in _nodes(root) if node.kind == "Pod")
    return list(counts.values())


def _nodes(node: ObjectNode) -> list[ObjectNode]:
    return [node, *(found for child in node.children for found in _nodes(child))]


def _restart_count(pod: object) -> int:
    statuses = as_mappings(as_mapping(as_mapping(pod).get("status")).get("containerStatuses"))
    return sum(as_count(each.get("restartCount")) for each in statuses)


def _remarks(view: DetailView, numbers: RolloutNumbers, columns: int) -> list[Text]:
    """Since when is counted, the share beside the weight, and what is not known and why."""
    found: list[Text] = []
    latest, totals = numbers.latest, numbers.totals
    goes_on = numbers.span is not None and numbers.span.ended is None and view.situation.phase in ACTIVE_PHASES
    if goes_on and latest is not None and latest.share_percent is not None:
        said = words.SHARE.text(
            share=f"{latest.share_percent:.1f}", weight=view.situation.weight, window=_window(numbers.window)
        )
        found += folded(said, columns)
    if totals is not None:
        found += folded(_since(totals, view), columns, "quiet")
        excess = totals.excess_failures
        if excess is not None and round(excess) > 0 and not _compared(view, columns):  # there it is part of the cost
            found += folded(words.EXCESS.text(excess=f"{round(excess):,}"), columns, "bad")
    elif latest is not None and numbers.span is None:
        found += folded(words.NO_BEGIN.text(), columns, "quiet")
    elif numbers.awaits_scrape:
        found += folded(words.RESTARTED.text(), columns, "quiet")
    found += _compared(view, columns)
    if latest is not None and not latest.canary.rate.total and not (latest.primary and latest.primary.rate.total):
        found += folded(words.NO_REQUESTS.text(window=_window(numbers.window)), columns, "quiet")
    if latest is None and not numbers.problem:
        found += folded(words.NOT_ASKED_YET.text(), columns, "quiet")
    for remark in (numbers.problem, numbers.untold if latest is not None else "", numbers.usage_problem):
        if remark:
            found += folded(remark, columns, "waiting" if remark is numbers.problem else "quiet")
    return found


def _compared(view: DetailView, columns: int) -> list[Text]:
    """The verdict on the canary, its share, the classical tests of a rollout that is over, and its error budget."""
    compared = view.situation.compared
    if compared is None or compared.verdict is None:
        return []
    tone = "bad" if compared.verdict.kind is VerdictKind.WORSE else ""
    found = folded(compared.phrase.text, columns, tone)
    share = judge_words.share_phrase(compared.ratio).text
    found += folded(share, columns, "waiting") if share else []
    if compared.fixed is not None:
        found += folded(judge_words.fixed_phrase(compared.fixed).text, columns, "quiet")
    for said in (compared.cost_text, *compared.cost_details):
        found += folded(said, columns, "quiet")
    return found


def _since(totals: RequestTotals, view: DetailView) -> str:
    def clock(at: datetime) -> str:
        return at.astimezone(view.zone).strftime("%H:%M:%S")

    if totals.until is not None:
        said = words.BETWEEN.say(at=clock(totals.since), until=clock(totals.until))
    else:
        said = words.SINCE.say(at=clock(totals.since))
    if totals.since > totals.began:
        return words.HELD_SHORTER.text(since=said, began=clock(totals.began))
    return words.COUNTED.text(since=said)


def _short(value: float) -> str:
    """With as many decimals as tell something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}" if value > 0 else "0"


def _window(written: str) -> str:
    """A query's window as the console writes times: ``60 s`` of ``1m``."""
    try:
        return short_duration(parse_duration(written))
    except ValueError:
        return written

"""Every column of the list and of ``canarytui get``. Adding one is adding a record to `COLUMNS`.

The shortest says what it shows and where; text, order and filter follow from the value::

    Column("target", "TARGET", value=lambda situation: situation.canary.target_name, least=8, most=20,
           narrow=Place(155, 95), sort=Sorting("Y"), filter=Filter(("target",)), printed=Printed(195, wide=True))
"""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.domain.sentences import judge, shadow
from canarytui.domain.text.plain import cut_middle
from canarytui.session.columns import cell_paints as painted
from canarytui.session.columns import list_cells as listed
from canarytui.session.columns import printed_cells as printed
from canarytui.session.columns.column import Filter, ListColumn, Place, Printed, Sorting
from canarytui.session.columns.printed_cells import field, known
from canarytui.session.columns.state_filter import state_test
from canarytui.session.rows import TONE_ORDER, CanaryRow, image_change

COLUMNS: tuple[ListColumn, ...] = (
    ListColumn(
        "name", "NAME", least=12, most=36, grows=50, narrow=Place(30, 10), wide=Place(30, 10),
        text=lambda row, room: row.name,
        sort=Sorting("A", lambda row: (row.name,)),
        printed=Printed(20, lambda canary: canary.name, rank=lambda canary: canary.name),
    ),
    ListColumn(
        "namespace", "NAMESPACE", least=9, most=24, grows=70, narrow=Place(20, 80), wide=Place(20, 90),
        text=lambda row, room: row.namespace,
        sort=Sorting("N", lambda row: (), turn=200),
        filter=Filter(("ns",), lambda value: lambda row: value in row.namespace.lower()),
        printed=Printed(10, lambda canary: canary.namespace, rank=lambda canary: canary.namespace),
    ),
    ListColumn(
        "context", "CONTEXT", least=10, most=26, grows=10, narrow=Place(10, 20), wide=Place(10, 20),
        text=lambda row, room: cut_middle(row.context, room.width),
        sort=Sorting("X", lambda row: (row.context,), turn=None),
        filter=Filter(("ctx",), lambda value: lambda row: value in row.context.lower()),
    ),
    ListColumn(
        "status", "STATUS", least=14, most=18, grows=80, narrow=Place(40, 30), wide=Place(40, 30),
        text=listed.status,
        toned=lambda row: True,
        paint=painted.status,
        sort=Sorting("S", lambda row: (row.label,)),
        filter=Filter(("", "phase", "status"), state_test),
        printed=Printed(
            30, field("status", "phase"), longest="WaitingPromotion",
            rank=lambda canary: str(canary.part("status", "phase") or ""),
        ),
    ),
    ListColumn(
        "weight", "WEIGHT", least=12, most=20, widened=(15, 112), grows=40, narrow=Place(50, 40), wide=Place(50, 40),
        text=listed.weight,
        paint=painted.weight,
        sort=Sorting("W", lambda row: (-(row.weight or 0),)),
        printed=Printed(
            40, field("status", "canaryWeight"), longest="100",
            rank=lambda canary: -canary.number("status", "canaryWeight"),
        ),
    ),
    ListColumn(
        "weight_trend", "TREND", least=8, most=10, grows=90, narrow=Place(60, 150),
        text=listed.weight_trend,
    ),
    ListColumn(
        "success", "SUCCESS", least=9, most=9, right=True, narrow=Place(80, 50),
        text=lambda row, room: listed.success(row.success),
        toned=lambda row: row.success.fails,
        sort=Sorting("U", lambda row: (row.success.value if row.success.value is not None else 101.0,)),
        printed=Printed(
            50, known(printed.success), longest="99.99%<99", passing=True, check=True, rank=printed.success_rank
        ),
    ),
    ListColumn(
        "success_trend", "TREND", least=12, most=16, grows=30, narrow=Place(85, 125),
        text=listed.success_trend,
        paint=lambda row, cell: painted.trend(row.success, cell),
    ),
    ListColumn(
        "duration", "LATENCY", least=7, most=7, right=True, narrow=Place(100, 110),
        text=lambda row, room: listed.duration(row.duration),
        toned=lambda row: row.duration.fails,
        sort=Sorting("L", lambda row: (-row.duration.value if row.duration.value is not None else 1.0,)),
        printed=Printed(90, known(printed.duration), title="DURATION", wide=True, passing=True, check=True),
    ),
    ListColumn(
        "duration_trend", "TREND", least=8, most=12, narrow=Place(105, 160),
        text=listed.duration_trend,
        paint=lambda row, cell: painted.trend(row.duration, cell),
    ),
    ListColumn(
        "failed", "FAILED", least=7, most=16, widened=(16, 95), right=True, narrow=Place(110, 60), wide=Place(60, 50),
        text=listed.failed,
        paint=painted.failed,
        sort=Sorting("F", lambda row: (-row.failed,)),
        printed=Printed(
            60, known(printed.failed), longest="10/10", rank=lambda canary: -canary.number("status", "failedChecks")
        ),
    ),
    ListColumn(
        "step", "STEP", least=6, most=6, right=True, narrow=Place(120, 120),
        text=listed.step,
        printed=Printed(70, known(printed.step), longest="10/10"),
    ),
    ListColumn(
        "next", "NEXT", least=7, most=7, right=True, narrow=Place(130, 70), wide=Place(70, 160),
        text=lambda row, room: listed.countdown(row, room.now, coarse=room.coarse),
        printed=Printed(80, known(printed.next_check), longest="suspended", passing=True),
    ),
    ListColumn(
        "ends", "ENDS", least=10, most=10, narrow=Place(140, 130), wide=Place(80, 60),
        text=lambda row, room: listed.ending(row, room.now),
        sort=Sorting("E", lambda row: (row.ends is None, row.ends.timestamp() if row.ends else 0.0)),
        printed=Printed(180, known(printed.ending), wide=True, passing=True),
    ),
    ListColumn(
        "verdict", "VERDICT", value=printed.verdict, least=12, most=21, grows=95,
        narrow=Place(145, 122), wide=Place(85, 65),
        text=lambda row, room: listed.verdict(str(row.values.get("verdict") or ""), room.width),
        paint=lambda row, cell: painted.verdict(cell),
        sort=Sorting("V", lambda row: (printed.verdict_rank(str(row.values.get("verdict") or "")),), turn=None),
        filter=Filter(("verdict",)),
        printed=Printed(
            185, known(printed.verdict), wide=True, passing=True,
            longest=judge.LIST_STALE.text(verdict=judge.LIST_NO_DIFFERENCE.say(most="0.25")),
            rank=lambda canary: printed.verdict_rank(known(printed.verdict)(canary)),
        ),
    ),
    ListColumn(
        "shadow", "SHADOW", value=printed.shadow, least=10, most=17, grows=97, wide=Place(87, 155),
        filter=Filter(("shadow",), bare=False),
        printed=Printed(187, wide=True, passing=True, longest=shadow.COUNT.text(failing=10, all=20)),
    ),
    ListColumn(
        "image", "IMAGE", least=13, most=30, grows=20, narrow=Place(150, 90), wide=Place(100, 130),
        text=lambda row, room: image_change(row.images),
        sort=Sorting("I", lambda row: (image_change(row.images),)),
        filter=Filter(("image",), lambda value: lambda row: any(value in image.lower() for image in row.images)),
        printed=Printed(170, known(printed.images), wide=True),
    ),
    ListColumn(
        "owner", "OWNER", least=12, most=24, grows=60, narrow=Place(160, 140), wide=Place(90, 80),
        text=lambda row, room: row.owner or "–",
        sort=Sorting("O", lambda row: (not row.owner, row.owner)),
        filter=Filter(("owner",), lambda value: lambda row: value in row.owner.lower()),
        printed=Printed(190, known(printed.owner), wide=True),
    ),
    ListColumn(
        "interval", "INTERVAL", least=8, most=8, wide=Place(110, 100),
        text=lambda row, room: f"{row.interval_s:g}s" if row.interval_s else "",
        printed=Printed(120, field("spec", "analysis", "interval"), wide=True),
    ),
    ListColumn(
        "mirror", "MIRROR", least=6, most=6, wide=Place(120, 140),
        text=lambda row, room: "true" if row.mirror else "",
        printed=Printed(130, field("spec", "analysis", "mirror"), wide=True),
    ),
    ListColumn(
        "step_weight", "STEPWEIGHT", least=10, most=10, wide=Place(130, 120),
        text=lambda row, room: row.plan[0],
        printed=Printed(140, field("spec", "analysis", "stepWeight"), wide=True),
    ),
    ListColumn(
        "step_weights", "STEPWEIGHTS", least=11, most=20, wide=Place(140, 150),
        text=lambda row, room: row.plan[1],
        printed=Printed(150, field("spec", "analysis", "stepWeights"), wide=True),
    ),
    ListColumn(
        "max_weight", "MAXWEIGHT", least=9, most=9, wide=Place(150, 110),
        text=lambda row, room: row.plan[2],
        printed=Printed(160, field("spec", "analysis", "maxWeight"), wide=True),
    ),
    ListColumn(
        "suspended", "SUSPENDED",
        printed=Printed(100, field("spec", "suspend"), wide=True),
    ),
    ListColumn(
        "failed_checks", "FAILEDCHECKS",
        printed=Printed(110, field("status", "failedChecks"), wide=True),
    ),
    ListColumn(
        "transition", "LASTTRANSITIONTIME", least=20, most=20, narrow=Place(170, 170), wide=Place(160, 70),
        text=lambda row, room: row.transition,
        sort=Sorting("M", lambda row: (tuple(-ord(letter) for letter in row.transition),)),
        printed=Printed(
            200, field("status", "lastTransitionTime"),
            rank=lambda canary: str(canary.part("status", "lastTransitionTime") or ""),
        ),
    ),
)  # fmt: skip


_own: tuple[ListColumn, ...] = ()
"""The person's own."""


def use_own_columns(own: tuple[ListColumn, ...]) -> None:
    """Have these columns besides: from the configuration, before anything is shown."""
    global _own
    _own = own


def columns() -> tuple[ListColumn, ...]:
    """Every column there is."""
    return (*COLUMNS, *_own) if _own else COLUMNS


def column_named(name: str) -> ListColumn | None:
    return next((column for column in columns() if column.name == name), None)


def sort_letters() -> dict[str, str]:
    """Letter, pressed with Shift, and the column that it orders the list by."""
    return {column.sort.letter: column.name for column in columns() if column.sort is not None}


def sort_cycle() -> tuple[str, ...]:
    """What the key `s` orders by, one after the other; "" is problems first."""
    turns = [(column.sort.turn, column.name) for column in columns() if column.sort is not None]
    ordered = sorted((turn, place, name) for place, (turn, name) in enumerate(turns) if turn is not None)
    return ("", *(name for _, _, name in ordered))


def sort_key(row: CanaryRow, by: str) -> tuple[object, ...]:
    """What a row is ordered by: problems first for "", else a column, what matters most in it first; then names."""
    column = column_named(by) if by else None
    first = column.list_order(row) if column is not None and column.sort is not None else (TONE_ORDER[row.tone],)
    return (*first, row.namespace, row.name)


def filter_columns() -> Mapping[str, ListColumn]:
    """By the word before the colon the column that ``word:value`` looks in."""
    return {word: column for column in columns() if column.filter is not None for word in column.filter.words}

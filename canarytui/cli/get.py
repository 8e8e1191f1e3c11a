"""``canarytui get``: kubectl's table of canaries with more columns, once or for every change."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options, none_found, not_found
from canarytui.cli.session import LOOK_EVERY_S, ContactMonitor, following, looking, run_until_signal, worth_measuring
from canarytui.domain.values import NamespacedName
from canarytui.errors import UsageError
from canarytui.exit_codes import VIEW, help_sentence
from canarytui.output import say, tell

if TYPE_CHECKING:
    from canarytui.session.columns.printed_canary import PrintedCanary
    from canarytui.session.state import ClusterState

_OBJECTS = ("json", "yaml", "name")

_EPILOG = """\
Columns beyond kubectl's: SUCCESS (success rate, with <BOUND where its check fails), FAILED (failed checks / threshold),
STEP (reached / planned) and NEXT (time to the controller's next decision). --watch prints a line for every change, and
`# stale since` / `# back` once for an outage of the API server.
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``get``."""
    made = Parser(prog="canarytui get", description="List canaries.", epilog=_EPILOG + help_sentence(VIEW))
    made.add_argument("names", nargs="*", metavar="NAME", help="NAME or NAMESPACE/NAME (default: all)")
    add_cluster_options(made)
    made.add_argument("-l", "--selector", default="", metavar="SEL", help="label selector: app=web,tier!=db")
    made.add_argument(
        "-o", "--output", choices=("wide", *_OBJECTS), default="", help="wide columns, or the API objects"
    )
    made.add_argument("-w", "--watch", action="store_true", help="then print a line for every change")
    made.add_argument(
        "--sort-by",
        default="",
        metavar="BY",
        help="name, status, weight, success, failed, problems …, or a field's path",
    )
    made.add_argument("--no-headers", action="store_true", help="leave out the column titles")
    made.add_argument("--no-metrics", action="store_true", help="do not query check values")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    selection = CanarySelection.parse(options.names, options.namespace)
    if options.output == "wide":
        from canarytui.session.columns.canary_columns import use_own_columns
        from canarytui.session.columns.own_columns import configured_columns

        use_own_columns(configured_columns())
    work = _watch if options.watch else _once
    done, code = run_until_signal(lambda: work(options, selection))
    return code if done and code is not None else 0


async def _once(options: argparse.Namespace, selection: CanarySelection) -> int:
    from canarytui.session.snapshot import COMPARED_MOST, read_once

    async with looking(options, selection) as (cluster_state, opened):
        found, missing = _chosen(cluster_state, selection, options.selector)
        if options.output not in _OBJECTS:
            measured = [] if options.no_metrics else worth_measuring(cluster_state, found)
            compared = (lambda _: measured[:COMPARED_MOST]) if options.output == "wide" else None
            await read_once(
                opened, cluster_state, prometheus=options.prometheus, measured=lambda _: measured, compared=compared
            )
    shown = _ordered(cluster_state, selection, found, options.sort_by)
    if options.output in _OBJECTS:
        _say_objects(options.output, [seen.obj for seen in shown], single=len(selection.names) == 1)
    elif shown:
        for line in _Shown(options).table.lines(map(_Shown(options).columns.row, shown)):
            say(line)
    if missing:
        raise UsageError(not_found(missing, selection.namespace, opened.scope))
    if not shown and options.output not in ("json", "yaml"):
        tell(none_found(selection.namespace, opened.scope, options.selector))
    return 0


class _Shown:
    """The table, and the rows printed last."""

    def __init__(self, options: argparse.Namespace) -> None:
        from canarytui.report.canaries import CanaryColumns
        from canarytui.report.table import Table

        self.columns = CanaryColumns(namespaced=not options.namespace, wide=options.output == "wide")
        room = self.columns.longest if options.watch else ()
        self.table = Table(self.columns.titles, titled=not options.no_headers, room=room)
        self.rows: dict[NamespacedName, tuple[str, ...]] = {}

    def lines(self, seen: Iterable[tuple[NamespacedName, PrintedCanary | None]]) -> list[str]:
        """Lines for the canaries whose change is worth one; None stands for a deleted canary."""
        rows = []
        for key, one in seen:
            before = self.rows.get(key)
            if one is None:
                if before is not None:
                    rows.append(self.columns.gone(self.rows.pop(key)))
                continue
            row = self.columns.row(one)
            if before is None or self.columns.news(before) != self.columns.news(row):
                self.rows[key] = row
                rows.append(row)
        return self.table.lines(rows) if rows else []


async def _watch(options: argparse.Namespace, selection: CanarySelection) -> int:
    async with following(options, selection) as (cluster_state, connection):
        found, missing = _chosen(cluster_state, selection, options.selector)
        if missing:
            raise UsageError(not_found(missing, selection.namespace, connection.scope))
        if options.output == "wide" and not options.no_metrics:
            connection.compare_rolling()
        printed = _Objects(options.output) if options.output in _OBJECTS else _Shown(options)
        contact = ContactMonitor(cluster_state, connection.context)
        told = tell if options.output in _OBJECTS else say
        first = _ordered(cluster_state, selection, found, options.sort_by)
        _say_all(printed.lines(((seen.namespace, seen.name), seen) for seen in first))
        known = set(found)
        cluster_state.take_changed()
        while True:
            if not options.no_metrics and options.output not in _OBJECTS:
                connection.show_checks_of(worth_measuring(cluster_state, known))
            await asyncio.sleep(LOOK_EVERY_S)
            news = contact.news()
            if news:
                told(news)
            changed = cluster_state.take_changed()
            if changed:
                present = set(_chosen(cluster_state, selection, options.selector)[0])
                _say_all(printed.lines(_changes(cluster_state, sorted(changed & (present | known)), present)))
                known = present


def _changes(
    cluster_state: ClusterState, keys: Sequence[NamespacedName], present: set[NamespacedName]
) -> Iterable[tuple[NamespacedName, PrintedCanary | None]]:
    from canarytui.session.columns.printed_canary import PrintedCanary

    for key in keys:
        obj = cluster_state.canaries.get(*key)
        yield key, PrintedCanary(obj, cluster_state.situation(key)) if key in present and obj is not None else None


class _Objects:
    """Objects one after another, as ``kubectl get --watch -o json`` prints them."""

    def __init__(self, output: str) -> None:
        self._output = output
        self._versions: dict[NamespacedName, object] = {}

    def lines(self, seen: Iterable[tuple[NamespacedName, PrintedCanary | None]]) -> list[str]:
        """One text for each object version not printed yet."""
        from canarytui.report.manifest import as_json, as_name, as_yaml

        word = {"json": as_json, "yaml": lambda obj: f"---\n{as_yaml(obj)}", "name": as_name}[self._output]
        texts = []
        for key, one in seen:
            version = one.part("metadata", "resourceVersion") if one is not None else None
            if one is None or self._versions.get(key, "") == version:
                self._versions.pop(key, None) if one is None else None
                continue
            self._versions[key] = version
            texts.append(word(one.obj))
        return texts


def _chosen(
    cluster_state: ClusterState, selection: CanarySelection, selector: str
) -> tuple[list[NamespacedName], list[str]]:
    from canarytui.cli.label_selector import label_test

    found, missing = selection.chosen(cluster_state.keys())
    if selector:
        test = label_test(selector)
        found = [key for key in found if test(cluster_state.canaries.get(*key))]
    return found, missing


def _ordered(
    cluster_state: ClusterState, selection: CanarySelection, keys: Iterable[NamespacedName], by: str
) -> list[PrintedCanary]:
    from canarytui.report.canaries import sorted_canaries
    from canarytui.session.columns.printed_canary import PrintedCanary

    found = []
    for key in keys:
        obj = cluster_state.canaries.get(*key)
        if obj is not None:
            found.append(PrintedCanary(obj, cluster_state.situation(key)))
    return found if selection.names and not by else sorted_canaries(found, by)


def _say_objects(output: str, objects: Sequence[Any], *, single: bool) -> None:
    from canarytui.report.manifest import answer, as_json, as_name, as_yaml

    if output == "name":
        _say_all(map(as_name, objects))
    elif objects or not single:
        whole = answer(objects, single=single)
        say(as_json(whole) if output == "json" else as_yaml(whole))


def _say_all(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)

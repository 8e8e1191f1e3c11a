"""``canarytui undo``: what was done from this machine, and undoing one of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_action_options, not_found
from canarytui.cli.session import following, run_until_signal
from canarytui.errors import CanarytuiError, UsageError
from canarytui.exit_codes import ACTION, ExitCode, help_lines
from canarytui.output import complain, say

if TYPE_CHECKING:
    from canarytui.domain.actions.done_action import DoneAction, WayBack
    from canarytui.domain.values import NamespacedName

_READ = 5000
_MOST = 30


def parser() -> argparse.ArgumentParser:
    """Options of ``undo``."""
    made = Parser(
        prog="canarytui undo",
        description="List what was done from this machine, with what undoes it now; --to undoes one of it.",
        epilog=help_lines(ACTION),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="NAME or NAMESPACE/NAME (default: all canaries)")
    made.add_argument(
        "--to",
        default="",
        metavar="N",
        help="undo number N of the list, which changes with every action, or an id of -o json",
    )
    add_action_options(made)
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code (see ``--help``)."""
    options = parser().parse_args(arguments)
    from canarytui.cli.action_task import code_of

    try:
        selection = CanarySelection.parse(options.names, options.namespace)
        done, code = run_until_signal(lambda: _undo(options, selection))
    except CanarytuiError as error:
        complain(error)
        return code_of(error)
    return code if done and code is not None else ExitCode.INTERRUPTED


async def _undo(options: argparse.Namespace, selection: CanarySelection) -> int:
    from canarytui.cli.action_command import act_on, routers_read
    from canarytui.domain.actions.done_action import done_actions
    from canarytui.domain.actions.undoing import way_back
    from canarytui.domain.sentences import undoing as words
    from canarytui.domain.text.plain import clean

    async with following(options, selection) as (cluster_state, connection):
        entries = await connection.executor.entries(_READ)
        done = [each for each in done_actions(entries, connection.server) if selection.has(each.key)][:_MOST]
        await routers_read(cluster_state, {each.key for each in done})
        found = [(each, way_back(cluster_state.situation(each.key), each)) for each in done]
        _require_known(selection, cluster_state.keys(), done, connection.scope)
        if not options.to:
            _list(found, connection.context, as_json=options.output == "json")
            return ExitCode.DONE
        named = [pair for number, pair in enumerate(found, 1) if options.to in (str(number), pair[0].number)]
        if not named:
            raise UsageError(words.NO_NUMBER.text(number=clean(options.to, 40), most=len(found)))
        chosen, back = named[0]
        if back.request is None:
            complain(words.NOT_UNDONE.text(title=clean(chosen.title, 200), why=clean(back.why, 400)))
            return ExitCode.NOT_POSSIBLE
        return await act_on(options, cluster_state, connection, [chosen.key], back.request)


def _require_known(
    selection: CanarySelection, keys: Iterable[NamespacedName], done: Sequence[DoneAction], scope: str
) -> None:
    """Raises UsageError: a canary that was named is neither there nor in the audit log."""
    missing = selection.chosen({*keys, *(each.key for each in done)})[1]
    if missing:
        raise UsageError(not_found(missing, selection.namespace, scope))


def _list(found: Sequence[tuple[DoneAction, WayBack]], context: str, *, as_json: bool) -> None:
    from canarytui.domain.sentences import undoing as words
    from canarytui.domain.text.json_text import json_text
    from canarytui.domain.text.plain import clean
    from canarytui.report.event_lines import stamp

    if as_json:
        say(json_text([_as_object(number, *each) for number, each in enumerate(found, 1)], indent=2))
        return
    for number, (done, back) in enumerate(found, 1):
        say(f"{number:>3}  {stamp(done.at) if done.at else '-':<19}  {clean(done.title, 200)}")
        said = words.CAN_UNDO.text(title=back.title) if back.request else words.CANNOT_UNDO.text(why=back.why)
        say(f"{'':26}{clean(said, 400)}")
    say(words.TO_UNDO.text() if found else words.NOTHING_DONE.text(where=clean(context, 80)))


def _as_object(number: int, done: DoneAction, back: WayBack) -> dict[str, object]:
    return {
        "number": number,
        "id": done.number,
        "at": done.at.isoformat() if done.at else None,
        "canary": "/".join(done.key),
        "action": done.intent,
        "title": done.title,
        "undo": back.request.intent if back.request is not None else None,
        "undoTitle": back.title,
        "why": back.why,
    }

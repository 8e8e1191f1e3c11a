"""The actions as commands: ``canarytui trigger|pause|resume|extend|promote|rollback|retry|skip|finish|gate``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_action_options
from canarytui.cli.session import run_until_signal
from canarytui.domain.actions.registry import verb_named
from canarytui.domain.actions.request import ActionRequest
from canarytui.errors import CanarytuiError
from canarytui.exit_codes import ACTION, ExitCode, help_lines
from canarytui.output import complain

_EPILOG = """\
Without --yes the plan is shown and asked about; where standard input is no terminal, nothing is done. promote, extend
and a rollback of unready pods set a field for a while: the command stays until it is put back. When it is killed before
that, the next start of canarytui puts it back.

"""


def parser(verb: str) -> argparse.ArgumentParser:
    """Options of one action."""
    action = verb_named(verb)
    made = Parser(
        prog=f"canarytui {verb}",
        description=action.description,
        epilog=_EPILOG + help_lines(ACTION),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = {"": made.add_argument}
    for option in action.options:
        if option.one_of not in add:
            add[option.one_of] = made.add_mutually_exclusive_group(required=True).add_argument
        add[option.one_of](*option.flags, **option.settings)
    made.add_argument("names", nargs="+", metavar="NAME", help="NAME or NAMESPACE/NAME")
    add_action_options(made)
    return made


def run(verb: str, arguments: Sequence[str]) -> int:
    """Run the command; its exit code (see ``--help``)."""
    options = parser(verb).parse_args(arguments)
    from canarytui.cli.action_command import act, gate_states
    from canarytui.cli.action_task import code_of

    try:
        selection = CanarySelection.parse(options.names, options.namespace)
        if getattr(options, "turn", "") == "status":
            done, code = run_until_signal(lambda: gate_states(options, selection))
        else:
            request = request_of(verb, options)
            done, code = run_until_signal(lambda: act(options, selection, request))
    except CanarytuiError as error:
        complain(error)
        return code_of(error)
    return code if done and code is not None else ExitCode.INTERRUPTED


def request_of(verb: str, options: argparse.Namespace) -> ActionRequest:
    """What the options ask for. Raises UsageError."""
    return verb_named(verb).request(options)

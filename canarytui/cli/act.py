"""The actions as commands: ``canarytui trigger|pause|resume|extend|promote|rollback|retry|skip|finish|gate``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.session import run_until_told
from canarytui.cli.wanted import Wanted, add_cluster_options
from canarytui.domain.plan import Intent
from canarytui.errors import CanarytuiError, UsageError
from canarytui.exit_codes import ACTION, ExitCode, help_lines
from canarytui.output import complain

if TYPE_CHECKING:
    from canarytui.domain.actions import ActionRequest


_EPILOG = """\
Without --yes the plan is shown and asked about; where standard input is no terminal, nothing is done. promote, extend
and a rollback of unready pods set a field for a while: the command stays until it is put back. When it is killed before
that, the next start of canarytui puts it back.

"""

_TITLES = {
    "trigger": "Start a rollout.",
    "pause": "Pause canaries where they are.",
    "resume": "Resume paused canaries.",
    "extend": "Stay on the current step for a few more ticks.",
    "promote": "Promote now, without the rest of the analysis.",
    "rollback": "Roll back now.",
    "retry": "Retry a rolled-back revision.",
    "skip": "Skip to a later weight of the plan of steps.",
    "finish": "Finish the iterations of a Blue/Green or A/B analysis early.",
    "gate": "Open, close or show the load-tester gates of a canary.",
}
_INTENTS = {
    "pause": Intent.PAUSE,
    "resume": Intent.RESUME,
    "promote": Intent.PROMOTE,
    "rollback": Intent.ROLL_BACK,
    "finish": Intent.FINISH,
}


def parser(verb: str) -> argparse.ArgumentParser:
    """Options of one action."""
    made = Parser(
        prog=f"canarytui {verb}",
        description=_TITLES[verb],
        epilog=_EPILOG + help_lines(ACTION),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if verb == "gate":
        made.add_argument("turn", choices=("open", "close", "status"))
        made.add_argument("--rollback", action="store_true", help="the gate of the rollback hooks")
    made.add_argument("names", nargs="+", metavar="NAME", help="NAME or NAMESPACE/NAME")
    if verb == "trigger":
        what = made.add_mutually_exclusive_group(required=True)
        what.add_argument("--image", metavar="IMAGE", default="", help="the new image, or only its new tag")
        what.add_argument("--env", metavar="NAME=VALUE", default="", help="a variable and its new value")
        what.add_argument("--restart", action="store_true", help="restart the same pods, by a restart annotation")
        made.add_argument(
            "--container",
            metavar="NAME",
            default="",
            help="which container (default: the one that runs IMAGE's repository, or serves targetPort)",
        )
    elif verb == "extend":
        made.add_argument("--ticks", type=int, default=3, metavar="N", help="for how many ticks (default: 3)")
    elif verb == "skip":
        made.add_argument("--to", type=int, default=0, metavar="WEIGHT", help="percent (default: the next step's)")
    elif verb == "retry":
        made.add_argument("--drift-free", action="store_true", help="by the status, which GitOps does not see")
    add_cluster_options(made, metrics=False)
    made.add_argument("-y", "--yes", action="store_true", help="do not ask for confirmation")
    made.add_argument(
        "--dry-run", action="store_true", help="show the writes; the server checks them and stores nothing"
    )
    made.add_argument("--wait", action="store_true", help="wait until the controller has responded")
    made.add_argument("-o", "--output", choices=("json",), default="", help="one JSON document on standard output")
    return made


def run(verb: str, arguments: Sequence[str]) -> int:
    """Run the command; its exit code (see ``--help``)."""
    options = parser(verb).parse_args(arguments)
    from canarytui.cli.acting import act, code_of, gate_states

    try:
        wanted = Wanted.parse(options.names, options.namespace)
        if verb == "gate" and options.turn == "status":
            done, code = run_until_told(lambda: gate_states(options, wanted))
        else:
            wish = wish_of(verb, options)
            done, code = run_until_told(lambda: act(options, wanted, wish))
    except CanarytuiError as error:
        complain(error)
        return code_of(error)
    return code if done and code is not None else ExitCode.INTERRUPTED


def wish_of(verb: str, options: argparse.Namespace) -> ActionRequest:
    """What the options ask for. Raises UsageError."""
    from canarytui.domain.actions import ActionRequest

    if verb == "trigger":
        from canarytui.domain.sentences.command_action import NO_ASSIGNMENT

        name, equals, value = str(options.env).partition("=")
        if options.env and not (name and equals):
            raise UsageError(NO_ASSIGNMENT.text(given=repr(options.env)))
        env = (name, value) if options.env else None
        return ActionRequest(Intent.TRIGGER, options.container, options.image, env, options.restart)
    if verb == "gate":
        intent = Intent.OPEN_GATE if options.turn == "open" else Intent.CLOSE_GATE
        return ActionRequest(intent, rollback_gate=options.rollback)
    if verb == "extend":
        return ActionRequest(Intent.EXTEND, ticks=options.ticks)
    if verb == "skip":
        return ActionRequest(Intent.SKIP_TO, weight=options.to)
    if verb == "retry":
        return ActionRequest(Intent.RETRY, drift_free=options.drift_free)
    return ActionRequest(_INTENTS[verb])

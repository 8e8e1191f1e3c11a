"""``canarytui sandbox up`` and ``canarytui sandbox manifests``."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from canarytui import output
from canarytui.arguments import Parser
from canarytui.cli.foreground import end_signal, until
from canarytui.domain.sentences import command_sandbox as words
from canarytui.domain.text.json_text import json_text
from canarytui.output import say
from canarytui.sandbox.errors import SandboxError
from canarytui.whole_number import whole_number

if TYPE_CHECKING:
    from canarytui.sandbox.supervisor.sandbox import Addresses

PROVIDERS = ("traefik", "gatewayapi", "nginx")
_PORTS_MOST = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``sandbox up`` that ``demo`` passes on."""
    parser.add_argument("--port", type=port, default=0, help="port of the API server (default: any free one)")
    parser.add_argument("--proxy-port", type=port, default=0, help="port of the proxy that knows the cluster's names")
    parser.add_argument("--gateway-port", type=port, default=0, help="port of the gateway")
    parser.add_argument("--prometheus-port", type=port, default=0, help="port of Prometheus")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep the objects here across restarts")
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE", help="where to write the kubeconfig")
    parser.add_argument("--loadtester-namespace", metavar="NS", default="test",
                        help="namespace that gets the load tester when it appears (default: test)")  # fmt: skip
    parser.add_argument("--provider", choices=PROVIDERS, default=PROVIDERS[0],
                        help="what routes the demo's canary, and others that name none (default: traefik)")  # fmt: skip


def port(text: str) -> int:
    """A port number; raises argparse's error otherwise."""
    number = whole_number(text)
    if number is not None and number <= _PORTS_MOST:
        return number
    raise argparse.ArgumentTypeError(words.NO_PORT.text(given=repr(text), most=_PORTS_MOST))


def parser() -> argparse.ArgumentParser:
    """``canarytui sandbox …``."""
    made = Parser(prog="canarytui sandbox", description="A Kubernetes API and data plane on loopback.")
    commands = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    up = commands.add_parser("up", help="start a sandbox in the foreground; Ctrl-C ends it")
    add_arguments(up)
    up.add_argument("--controller", action="store_true", help="run canarytui's own controller in it")
    up.add_argument("--scenario", choices=["seed"], default="", help="also create the objects of a scenario")
    up.add_argument("--exit-with-parent", action="store_true", help="end when standard input ends")
    up.add_argument("--json", action="store_true", help="print the addresses as one line of JSON")
    commands.add_parser("manifests", help="print the folder with the YAML of podinfo and the seed's objects")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code."""
    options = parser().parse_args(arguments)
    if options.command == "manifests":
        from canarytui.sandbox.manifests import FOLDER

        say(str(FOLDER))
        return 0
    return asyncio.run(_up(options))


async def _up(options: argparse.Namespace) -> int:
    from canarytui.sandbox import processes
    from canarytui.sandbox.supervisor.dataplane_child import Ports
    from canarytui.sandbox.supervisor.sandbox import Sandbox, SandboxOptions

    ended = end_signal()
    watched: asyncio.Task[None] | None = None
    if options.exit_with_parent:
        watched = asyncio.create_task(processes.exit_when_parent_ends())
        watched.add_done_callback(lambda _: ended.set())
    sandbox = Sandbox(
        SandboxOptions(
            port=options.port,
            ports=Ports(options.proxy_port, options.gateway_port, options.prometheus_port),
            data_dir=options.data_dir,
            kubeconfig=options.kubeconfig,
            controller=options.controller,
            scenario=options.scenario,
            provider=options.provider,
            load_tester_namespace=options.loadtester_namespace,
        ),
        complain,
    )
    try:
        _, addresses = await until(ended, sandbox.start())
        if addresses is not None:
            _announce(addresses, options)
            await until(ended, sandbox.run())
    except SandboxError as error:
        complain(str(error))
        return error.exit_code
    finally:
        await sandbox.stop()
        if watched is not None:
            watched.cancel()
    return 0


def _announce(addresses: Addresses, options: argparse.Namespace) -> None:
    if options.json:
        shown = {name: str(getattr(addresses, name)) for name in addresses.__struct_fields__}
        say(json_text(shown))
        return
    seeded = bool(options.scenario)
    known = words.KNOWS if seeded else words.KNOWS_NAMES
    controller = words.OWN_CONTROLLER if options.controller else words.NO_CONTROLLER
    lines = (
        words.UP.text(),
        f"  API server   {addresses.server}",
        f"  kubeconfig   {addresses.kubeconfig}",
        f"  gateway      {addresses.gateway}   {words.BY_HOST.text()}",
        f"  proxy        {addresses.proxy}   {known.text()}",
        f"  controller   {controller.text()}",
        "",
        words.ELSEWHERE.text(),
        f"  . {addresses.env_file}",
        f"  {words.TRY_NODES.text()}",
        *([f"  {words.TRY_ROUTE.text()}"] if seeded else []),
        "  canarytui",
        "",
        words.STOP.text(),
    )
    say("\n".join(lines))


def complain(sentence: str) -> None:
    """Tell on stderr, as one line."""
    output.complain(sentence, "canarytui sandbox")

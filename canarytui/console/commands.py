"""The ``:`` commands, k9s fashion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.plaintext import clean

if TYPE_CHECKING:
    from canarytui.console.app import ConsoleApp

_LIST = ("canaries", "canary", "cd", "list")
_QUIT = ("q", "q!", "quit", "exit")


async def run_command(app: ConsoleApp, line: str) -> None:
    """Do what `line` says, or tell that it is unknown."""
    name, _, rest = line.strip().lstrip(":").partition(" ")
    rest = rest.strip()
    if name in _QUIT:
        app.exit()
    elif name in _LIST:
        app.show_list()
    elif name in ("events", "event", "ev", "timeline"):
        app.show_events()
    elif name in ("ns", "namespace"):
        app.show_list()
        app.narrow(namespace="" if rest in ("", "all", "*") else rest)
    elif name in ("ctx", "context"):
        await _context(app, rest)
    elif name == "detail" and rest:
        _detail(app, rest)
    elif name in ("help", "h", "?"):
        await app.screen.run_action("help")
    else:
        app.notify(
            f"There is no command {clean(name, 40)}: canaries, events, ctx, ns, detail, help, q.",
            severity="warning",
            markup=False,
        )


async def _context(app: ConsoleApp, name: str) -> None:
    known = app.contexts()
    if not name:
        app.notify("Contexts: " + ", ".join(clean(context, 80) for context in known), markup=False, timeout=10)
    elif name not in known:
        app.notify(f"The kubeconfig has no context {clean(name, 80)}.", severity="warning", markup=False)
    else:
        await app.switch_context(name)


def _detail(app: ConsoleApp, wanted: str) -> None:
    namespace, slash, name = wanted.rpartition("/")
    for key in app.world.keys():  # noqa: SIM118 - a World is no mapping
        if key[1] == name and (not slash or key[0] == namespace):
            app.show_detail(key)
            return
    app.notify(f"There is no canary {clean(wanted, 80)} here.", severity="warning", markup=False)

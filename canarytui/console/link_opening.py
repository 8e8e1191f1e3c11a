"""Opening a link of a canary: with the person's browser where there is one, and always to the clipboard."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from canarytui.console.model import ConsoleModel
from canarytui.domain.links import ANNOTATION, Link, links_of
from canarytui.domain.sentences import links as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName

if TYPE_CHECKING:
    from textual.app import App


def links_of_canary(model: ConsoleModel, key: NamespacedName | None) -> list[Link]:
    """The links of a canary of the current context; none while it is not known."""
    situation = model.state.situation(key) if key is not None else None
    context = model.contexts.current.connection
    if situation is None or context is None:
        return []
    return links_of(situation.canary, model.settings.links, context.context)


def browser_command(url: str, environment: Mapping[str, str] = os.environ) -> Sequence[str]:
    """What opens `url` here, as arguments and without a shell; nothing where there is no browser.

    The first of ``$BROWSER`` that is installed (``%s`` is the URL, else it comes last), else ``xdg-open`` on a desktop.
    """
    for choice in filter(None, environment.get("BROWSER", "").split(os.pathsep)):
        try:
            parts = shlex.split(choice)
        except ValueError:
            continue
        if parts and shutil.which(parts[0], path=environment.get("PATH")):
            filled = [part.replace("%s", url) for part in parts]
            return filled if any("%s" in part for part in parts) else [*filled, url]
    desktop = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return ["xdg-open", url] if desktop and shutil.which("xdg-open", path=environment.get("PATH")) else []


async def open_link(app: App[Any], model: ConsoleModel, key: NamespacedName | None, title: str = "") -> None:
    """Open a canary's link of that title, or its only one; say which there are otherwise."""
    found = links_of_canary(model, key)
    link = next((each for each in found if title in ("", each.title)), None)
    if link is None or (len(found) > 1 and not title) or link.problem:
        app.notify(_why_none(found, link, title), severity="warning", markup=False)
        return
    app.copy_to_clipboard(link.url)
    app.notify(await _started(link.url), markup=False)


def _why_none(found: Sequence[Link], link: Link | None, title: str) -> str:
    titles = " ".join(clean(each.title, 60) for each in found)
    if not found:
        return words.NONE.text(annotation=ANNOTATION)
    if link is None:
        return words.NOT_ONE.text(title=clean(title, 60), titles=titles)
    return words.REFUSED.text(why=link.problem) if title or len(found) == 1 else words.CHOOSE.text(titles=titles)


async def _started(url: str) -> str:
    command = await asyncio.to_thread(browser_command, url)
    if not command:
        return words.COPIED.text(url=url)
    try:
        await asyncio.to_thread(_start, command)
    except OSError as error:
        return words.NOT_STARTED.text(url=url, program=clean(command[0], 60), why=error.strerror)
    return words.OPENED.text(url=url, program=clean(command[0], 60))


def _start(command: Sequence[str]) -> None:
    """Start a browser that outlives the console: a child of the event loop would be killed with it. Raises OSError."""
    process = subprocess.Popen(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
    threading.Thread(target=process.wait, daemon=True, name="browser").start()  # leaves no zombie

"""A link is opened by the person's browser without a shell, or copied where there is none."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from canarytui.console import link_opening
from canarytui.console.link_opening import browser_command, open_link
from canarytui.domain.links import Link
from canarytui.session.polling import wait_until

URL = "https://grafana.test/d/x?a=1&b=$(touch%20x)"


def program(folder: Path, name: str, script: str = "") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_which_browser(tmp_path: Path) -> None:
    path = {"PATH": str(tmp_path)}
    assert browser_command(URL, {**path, "DISPLAY": ":0"}) == []
    program(tmp_path, "xdg-open")
    assert browser_command(URL, path) == [], "no desktop: xdg-open would draw on this terminal"
    assert browser_command(URL, {**path, "WAYLAND_DISPLAY": "w"}) == ["xdg-open", URL]
    program(tmp_path, "fire")
    assert browser_command(URL, {**path, "BROWSER": "missing:fire --new %s; rm"}) == ["fire", "--new", f"{URL};", "rm"]
    assert browser_command(URL, {**path, "BROWSER": "'odd:fire"}) == ["fire", URL]


@pytest.mark.parametrize(
    ("found", "title", "said"),
    [
        ([], "", "No links: annotate the canary with canarytui.io/link"),
        ([Link("a", URL), Link("b", URL)], "", "Several links: :link a b"),
        ([Link("a", URL), Link("b", URL)], "c", "No link c: there are a b"),
        ([Link("a", "", "only http and https are opened")], "", "not a link: only http"),
        ([Link("a", URL)], "", f"Opened {URL} with "),
        ([Link("a", "https://other.test/"), Link("b", URL)], "b", f"Opened {URL} with "),
    ],
)
async def test_what_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: list[Link], title: str, said: str
) -> None:
    opened = tmp_path / "opened"
    monkeypatch.setenv(
        "BROWSER", str(program(tmp_path, "browser", f'printf %s "$1" > {opened}.new; mv {opened}.new {opened}'))
    )
    monkeypatch.setattr(link_opening, "links_of_canary", lambda model, key: found)
    told: list[str] = []
    app: App[Any] = App()
    async with app.run_test():
        monkeypatch.setattr(app, "notify", lambda text, **_: told.append(text))
        await open_link(app, None, ("shop", "cart"), title)  # type: ignore[arg-type]
        assert len(told) == 1
        assert told[0].startswith(said)
        if "Opened" in said:
            await wait_until(opened.exists, 5.0)
            assert opened.read_text() == URL
            assert app.clipboard == URL


async def test_without_a_browser_it_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_opening, "browser_command", lambda url: [])
    assert await link_opening._started(URL) == f"Copied {URL}"
    monkeypatch.setattr(link_opening, "browser_command", lambda url: ["/no/such/browser", url])
    assert "could not be started: No such file" in await link_opening._started(URL)


def test_a_browser_outlives_the_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "pid"
    browser = program(tmp_path, "browser", f"echo $$ > {told}.new; mv {told}.new {told}; exec sleep 30")
    monkeypatch.setattr(link_opening, "browser_command", lambda url: [str(browser), url])

    async def open_and_end() -> None:
        await link_opening._started(URL)
        await wait_until(told.exists, 5.0)

    asyncio.run(open_and_end())
    gc.collect()
    pid = int(told.read_text())
    try:
        assert os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None, "it still runs"
    finally:
        os.kill(pid, signal.SIGTERM)

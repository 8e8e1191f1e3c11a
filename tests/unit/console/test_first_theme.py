"""The first theme is in force from the first frame on, and style sheets are parsed for it once."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.filter import ANSIToTruecolor
from textual.widgets import Static

from canarytui.console.theme_file import ANSI, DARK, LIGHT, read_theme, theme_files
from canarytui.console.themes import begin_with_theme


class ThemedApp(App[None]):
    CSS = "Static { color: $error; }"

    def compose(self) -> ComposeResult:
        yield Static("text")


def look(app: App[Any]) -> tuple[object, ...]:
    text = app.query_one(Static)
    names = frozenset(name for name in app.classes if name.endswith("-mode") or name.startswith("-theme-"))
    converted = [filter.enabled for filter in app.get_line_filters() if isinstance(filter, ANSIToTruecolor)]
    return app.theme, app.current_theme.dark, names, text.styles.color, app.get_css_variables(), converted


@pytest.mark.parametrize("name", [DARK, LIGHT, ANSI])
async def test_it_looks_like_one_that_is_chosen_later(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed_again: list[Stylesheet] = []
    genuine = Stylesheet.reparse
    theme = read_theme(theme_files()[name])
    later, first = ThemedApp(), ThemedApp()
    async with later.run_test() as pilot:
        later.register_theme(theme)
        later.theme = theme.name
        await pilot.pause()
        expected = look(later)
    begin_with_theme(first, theme)
    monkeypatch.setattr(Stylesheet, "reparse", lambda sheet: (parsed_again.append(sheet), genuine(sheet))[1])
    async with first.run_test() as pilot:
        await pilot.pause()
        assert look(first) == expected
    assert len(parsed_again) == (0 if name == DARK else 1)

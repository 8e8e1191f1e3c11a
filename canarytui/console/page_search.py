"""The search in a page of text: `/` asks for words, `n` and `N` go from match to match, Esc ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from canarytui.console.prompt_screen import PromptScreen
from canarytui.console.widgets.page import Page
from canarytui.domain.sentences import search as words


class PageSearch:
    """Of a screen with one page. `text` is what is sought, "" while there is no search."""

    def __init__(self, app: Callable[[], App[Any]], page: Callable[[], Page]) -> None:
        self._app = app
        self._page = page
        self.text = ""

    def prompt(self) -> PromptScreen:
        """The prompt that asks for it; the page follows what is typed, :meth:`answered` takes the answer."""
        return PromptScreen("/", self.text, hint=words.HINT.text(), on_change=self._follow)

    def answered(self, before: str, answer: str | None) -> None:
        """Take what the prompt was answered; after Esc what was sought `before` is sought again."""
        self.text = (before if answer is None else answer).strip()
        page = self._page()
        page.seek((self.text,))
        if answer is not None and self.text and not page.to_match(0):
            self._app().notify(words.NONE.text(words=self.text), timeout=2, markup=False)

    def open(self) -> None:
        """Ask for it."""
        before = self.text
        self._app().push_screen(self.prompt(), lambda answer: self.answered(before, answer))

    def step(self, step: int) -> None:
        """Go to the next match (1) or the previous one (-1)."""
        go_on(self._app(), self._page(), step, self.text)

    def clear(self) -> bool:
        """End the search; whether there was one."""
        there = bool(self.text)
        self.text = ""
        self._page().seek(())
        return there

    def _follow(self, typed: str) -> None:
        page = self._page()
        page.seek((typed.strip(),))
        page.to_match(0)


def go_on(app: App[Any], page: Page, step: int, sought: str) -> None:
    """Go to the next match of a page (1) or the previous one (-1), or report that there is none."""
    if not sought:
        app.notify(words.NO_SEARCH.text(), timeout=2)
    elif not page.to_match(step):
        app.notify(words.NO_OTHER.text(words=sought), timeout=2, markup=False)

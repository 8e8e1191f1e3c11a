"""The prompt: what is typed, completed, recalled, and what comes before it is ready."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App
from textual.events import Key
from textual.widgets import Input

from canarytui.console.memory import MOST_COMMANDS
from canarytui.console.prompt_screen import PromptScreen, offered
from canarytui.domain.text.plain import width

COMMANDS = {"d": ["detail"], "detail ": ["detail shop/cart", "detail pay/ledger"], "x": ["xa", "xb"]}


class Typed:
    """A prompt that is typed into."""

    def __init__(self, *keys: str, history: list[str] | None = None, value: str = "") -> None:
        self.keys = keys
        self.heard: list[str] = []
        self.answers: list[str | None] = []
        self.history = history if history is not None else []
        self.screen = PromptScreen(
            ":",
            value,
            on_change=self.heard.append,
            completed=lambda text: COMMANDS.get(text, []),
            corrected=lambda text: "meant" if text == "s" else "",
            history=self.history,
        )

    async def run(self) -> str | None:
        app: App[None] = App()
        async with app.run_test(size=(60, 10)) as pilot:
            app.push_screen(self.screen, self.answers.append)
            await pilot.pause()
            for key in self.keys:
                await pilot.press(key)
            await pilot.pause()
        return self.answers[0]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("e", "v", "enter"), "ev"),
        (("e", "escape"), None),
        (("x", "tab", "enter"), "xa"),
        (("x", "tab", "tab", "enter"), "xb"),
        (("x", "tab", "tab", "tab", "enter"), "xa"),
        (("x", "shift+tab", "enter"), "xb"),
        (("d", "tab", "tab", "enter"), "detail shop/cart"),
        (("tab", "e", "enter"), "e"),
    ],
)
async def test_what_it_answers(keys: tuple[str, ...], answer: str | None) -> None:
    assert await Typed(*keys).run() == answer


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("x", "right", "enter"), "xa"),
        (("d", "right", "right", "enter"), "detail"),
        (("o", "right", "enter"), "one two"),  # an earlier answer
        (("o", "tab", "enter"), "one two"),
        (("x", "left", "right", "enter"), "x"),  # the cursor is not at the end
        (("z", "right", "enter"), "z"),
        (("s", "enter", "enter"), "meant"),
        (("s", "enter", "tab", "enter"), "meant"),
        (("s", "enter", "k", "enter"), "sk"),
        (("s", "enter", "up", "enter"), "one two"),
        (("s", "enter", "escape"), None),
    ],
)
async def test_what_is_proposed_is_accepted_by_a_key(keys: tuple[str, ...], answer: str | None) -> None:
    history = ["one two"]
    typed = Typed(*keys, history=history)
    assert await typed.run() == answer
    assert history == ["one two", answer] or answer in (None, "one two")


async def test_every_change_is_heard() -> None:
    typed = Typed("a", "b", "backspace", "enter")
    await typed.run()
    assert typed.heard == ["a", "ab", "a"]


async def test_earlier_answers_are_recalled_and_this_one_joins_them() -> None:
    history = ["one", "two"]
    assert await Typed("t", "up", "up", "enter", history=history).run() == "one"
    assert history == ["two", "one"]
    assert await Typed("t", "up", "down", "enter", history=history).run() == "t"
    full = [str(number) for number in range(MOST_COMMANDS)]
    await Typed("z", "enter", history=full).run()
    assert (len(full), full[0], full[-1]) == (MOST_COMMANDS, "1", "z")


async def test_keys_of_a_burst_are_taken_and_others_are_not() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        screen = PromptScreen("/")
        app.push_screen(screen)
        await pilot.pause()
        for key, character in (("a", "a"), ("b", "b"), ("backspace", None)):
            assert screen.take_key(Key(key, character))
        assert screen.query_one(Input).value == "a"
        assert not screen.take_key(Key("f5", None))
        assert screen.take_key(Key("escape", None))
        await pilot.pause()
        assert app.screen is not screen


def test_offers_fit_the_line_from_the_chosen_one_on() -> None:
    lines: list[str] = ["alpha", "beta\x1b[2J", "漢字" * 20]
    shown: Any = offered(lines, 1, 30)
    assert shown.plain.startswith(" beta ")
    assert width(shown.plain) <= 30
    assert offered([], -1, 30).plain == ""
    assert [span.style for span in offered(lines, 0, 30).spans] == ["mark", "quiet"]

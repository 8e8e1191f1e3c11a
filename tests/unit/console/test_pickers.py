"""The lists of choices: what is in them, and how one is chosen."""

from __future__ import annotations

from datetime import UTC

import pytest
from textual.app import App

from canarytui.console.contexts import Contexts
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.console.messages import ConsoleMessage, NarrowList, ShowList, SwitchContext
from canarytui.console.model import ConsoleModel
from canarytui.console.picker_kind import PickerKind
from canarytui.console.picker_screen import PickerScreen
from canarytui.console.pickers import PickerItem, chosen_messages, picker_items, picker_title
from canarytui.console.settings import ConsoleSettings


def model_of(names: tuple[str, ...] = (), known: tuple[str, ...] = ()) -> ConsoleModel:
    """Of these contexts, the first of which is open and has the fixture's canaries."""
    settings = ConsoleSettings(filters={"failing": ":failed"}, aliases={"x": "events", "a": "ctx b"})
    sent: list[ConsoleMessage] = []
    model = ConsoleModel(
        Contexts(fixture_state, names), settings=settings, send=sent.append, known_contexts=lambda: [*known], zone=UTC
    )
    fill(model.state)
    for store in model.state.stores.values():
        store.replace(list(store.objects()))
    model.contexts.current.connection = FixtureConnection()
    model.listing.refresh(model.contexts.keys())
    return model


async def test_namespaces_with_their_canaries() -> None:
    model = model_of()
    model.listing.narrow(namespace="shop")
    items = picker_items(model, PickerKind.NAMESPACES)
    total = len(model.listing.tallies(lambda row: row.name))
    assert items[0].note.startswith(f"{total} canaries, ")
    shop = next(item for item in items if item.value == "shop")
    assert (shop.note.endswith("1 failing"), shop.tone, shop.current, items[0].current) == (True, "bad", True, False)
    assert [item.value for item in items[1:]] == model.listing.namespaces()
    assert [item.value for item in items if item.note == "1 canary"]


async def test_contexts_with_their_canaries_and_those_that_cannot_be_reached() -> None:
    model = model_of(("eu", "us", "ap"), ("eu", "us", "ap", "old"))
    model.unreachable["us"] = "connection refused\x1b[2J"
    items = {item.value: item for item in picker_items(model, PickerKind.CONTEXTS)}
    assert "failing" in items["eu"].note
    assert items["eu"].current
    assert items["us"].note.startswith("unreachable: connection refused")
    assert "\x1b" not in items["us"].note
    assert items["us"].tone == "bad"
    assert items["ap"].note == "connecting"
    assert items["old"].note == "not open, not counted"
    model.state.canaries.stale("no route to host")
    lost = {item.value: item for item in picker_items(model, PickerKind.CONTEXTS)}["eu"]
    assert lost.note.startswith("unreachable since ")
    assert lost.tone == "bad"


async def test_a_single_context_is_named_by_its_connection() -> None:
    model = model_of(known=("a", "b"))
    name = model.connection.context
    items = {item.value: item for item in picker_items(model, PickerKind.CONTEXTS)}
    assert list(items) == ["a", "b", name]
    assert items[name].current
    assert "canaries" in items[name].note


async def test_filters_say_what_they_are_and_what_they_show() -> None:
    model = model_of()
    model.memory.save_filter("shops", "ns:s")
    model.listing.narrow(pattern="ns:s")
    failing, shops = picker_items(model, PickerKind.FILTERS)
    shown = len(model.listing.shown)
    assert (shops.value, shops.note, shops.current) == ("shops", f"/ns:s   {shown} canaries", True)
    assert failing.note.startswith("/:failed   ")
    assert [item.value for item in picker_items(model, PickerKind.ALIASES)] == ["a", "x"]
    assert "aliases.yaml" in picker_title(PickerKind.ALIASES)


@pytest.mark.parametrize(
    ("kind", "value", "messages"),
    [
        (PickerKind.CONTEXTS, "b", [SwitchContext("b")]),
        (PickerKind.NAMESPACES, "all", [ShowList(), NarrowList(namespace="")]),
        (PickerKind.NAMESPACES, "shop", [ShowList(), NarrowList(namespace="shop")]),
        (PickerKind.FILTERS, "f", [ShowList(), NarrowList(pattern=":failed")]),
    ],
)
def test_what_is_chosen_is_done(kind: PickerKind, value: str, messages: list[ConsoleMessage]) -> None:
    assert [*chosen_messages(kind, value, {"f": ":failed"})] == messages


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), "shop"),
        (("down", "enter"), "test"),
        (("up", "up", "enter"), "all"),
        (("pagedown", "enter"), "test"),
        ((*"es", "enter"), "test"),
        ((*"zz", "enter", "escape", "enter"), "all"),
        ((*"te", "escape", "escape"), None),
        (("escape",), None),
    ],
)
async def test_choosing(keys: tuple[str, ...], answer: str | None) -> None:
    answers: list[str | None] = []
    items = [PickerItem("all"), PickerItem("shop", "3 canaries", current=True), PickerItem("test", "1 failing", "bad")]
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(PickerScreen("Namespaces", items), answers.append)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
    assert answers == [answer]

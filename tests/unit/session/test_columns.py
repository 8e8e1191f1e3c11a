"""A column is one record: the list shows, sorts and filters it, and `canarytui get` prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hostile_api import HostileApi, kubeconfig, serving
from textual.pilot import Pilot

from canarytui.cli.candidates import candidates
from canarytui.cli.main import main
from canarytui.console import app as console_app
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import NOW, canary_object, deployment_object, fixture_state, open_fixture
from canarytui.console.list.columns import layout
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.list.screen import ListScreen, sort_bindings
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.rollout.situation import Situation
from canarytui.session.columns import canary_columns
from canarytui.session.columns.canary_columns import COLUMNS, filter_columns, sort_cycle, sort_letters
from canarytui.session.columns.column import Filter, ListColumn, Place, Printed, Room, Sorting
from canarytui.session.rows import CanaryRow


def tag(situation: Situation) -> str | None:
    containers = situation.target.containers if situation.target is not None else ()
    return containers[0].image.rpartition(":")[2] if containers else None


TAG = ListColumn(
    "tag", "TAG", value=tag, least=8, most=12, narrow=Place(155, 65), sort=Sorting("Y"), filter=Filter(("tag",)),
    printed=Printed(195),
)  # fmt: skip


@pytest.fixture
def example_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a contributor adds: one record. (The list's letters are bound when its class is made.)"""
    monkeypatch.setattr(canary_columns, "COLUMNS", (*COLUMNS, TAG))
    listed = type("ListScreen", (ListScreen,), {"BINDINGS": sort_bindings()})
    monkeypatch.setattr(console_app, "ListScreen", listed)


async def settled(pilot: Pilot[Any]) -> list[list[str]]:
    """The table of the list as words: its titles, then its rows."""
    await pilot.pause(0.1)
    shown = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
    titles = next(number for number, line in enumerate(shown) if " NAME" in line and " STATUS" in line)
    region = pilot.app.screen.query_one(CanaryRows).region
    rows = [line for line in shown[region.y : region.bottom] if line.strip()]
    return [shown[titles].split(), *(row.split() for row in rows)]


TAGS = {"search": "1.12.0", "ledger": "2.2", "podinfo": "4.0.6", "cart": "4.0.7", "front": "9.3"}


def names(table: list[list[str]]) -> list[str]:
    return [next(word for word in row if word in TAGS) for row in table[1:]]


async def test_the_list_shows_sorts_and_filters_an_added_column(example_column: None) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    async with app.run_test(size=(150, 40)) as pilot:
        await pilot.pause(0.3)
        table = await settled(pilot)
        assert "TAG" in table[0]
        for row, name in zip(table[1:], names(table), strict=True):
            assert TAGS[name] in row

        await pilot.press("Y")
        table = await settled(pilot)
        assert "TAG↓" in " ".join(table[0])
        assert names(table) == [*TAGS]
        await pilot.press("Y")
        assert names(await settled(pilot)) == [*TAGS][::-1]

        await pilot.press("slash", *"tag:4.0", "enter")
        assert names(await settled(pilot)) == ["cart", "podinfo"]
        await pilot.press("escape", "slash", *"9.3", "enter")
        assert names(await settled(pilot)) == ["front"], "a bare word finds it too"


@pytest.fixture(scope="module")
def api() -> Iterator[HostileApi]:
    with serving(spoilt=0) as served:
        served._items["canaries"] = [canary_object("shop", name, "Succeeded") for name in ("cart", "front", "search")]
        served._items["deployments"] = [
            deployment_object("shop", name, f"registry/{name}:{TAGS[name]}", 1, 1) for name in ("cart", "front")
        ]
        yield served


@pytest.fixture
def get(api: HostileApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `canarytui get` against a real server; its output."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "config").write_text(kubeconfig(api.port))

    def run(*arguments: str) -> str:
        assert main(["get", "--no-metrics", *arguments, "--kubeconfig", str(tmp_path / "config")]) == 0
        return capsys.readouterr().out

    return run


def test_get_prints_and_sorts_an_added_column(example_column: None, get: Any) -> None:
    titles, *rows = [line.split() for line in get("--sort-by", "tag").splitlines()]
    assert titles[-2:] == ["TAG", "LASTTRANSITIONTIME"]
    assert [(row[1], row[-2]) for row in rows] == [("cart", "4.0.7"), ("front", "9.3"), ("search", "-")]
    assert candidates(["get", "--sort-by", "ta"]) == ["tag"]


def test_objects_know_nothing_of_columns(get: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = get("-o", "json")
    assert len(json.loads(before)["items"]) == 3
    monkeypatch.setattr(canary_columns, "COLUMNS", (*COLUMNS, TAG))
    assert get("-o", "json") == before


def test_ids_letters_and_filter_words_are_unique() -> None:
    ids = [column.name for column in COLUMNS]
    letters = [column.sort.letter for column in COLUMNS if column.sort is not None]
    words = [word for column in COLUMNS if column.filter is not None for word in column.filter.words]
    for found in (ids, letters, words):
        assert len(found) == len(set(found))
    assert sort_letters().keys() == set(letters)
    assert filter_columns().keys() == set(words)


@pytest.mark.parametrize("part", ["narrow", "wide", "printed"])
def test_no_two_columns_have_one_place(part: str) -> None:
    places = [place for column in COLUMNS if (place := getattr(column, part)) is not None]
    assert len({place.left for place in places}) == len(places)
    if part != "printed":
        assert len({place.needed for place in places}) == len(places)
        assert all(0 < column.least <= column.most for column in COLUMNS if getattr(column, part) is not None)


def test_every_part_of_a_column_can_say_its_text() -> None:
    for column in COLUMNS:
        assert column.value or column.text or not (column.narrow or column.wide), column.name
        assert column.value or column.printed is None or column.printed.cell, column.name
        assert column.value or column.sort is None or column.sort.order, column.name


def test_the_key_s_goes_through_the_columns_in_the_order_that_people_know() -> None:
    assert sort_cycle() == (
        "", "name", "status", "weight", "success", "duration", "failed", "ends", "image", "owner", "transition",
        "namespace",
    )  # fmt: skip


def test_a_column_without_a_value_is_blank_and_comes_last_in_its_order() -> None:
    def row(value: Any) -> CanaryRow:
        return CanaryRow(("a", "b"), "a", "b", "x", Tone.QUIET, values={"tag": value})

    room = Room(8, NOW)
    assert [TAG.list_text(row(value), room) for value in (None, 7, 2.5, "x")] == ["", "7", "2.5", "x"]
    assert TAG.list_text(row("\x1b[2Jx"), room) == "x", "what a terminal would obey"
    ordered = sorted((None, "b", 3, "a", 9.5), key=lambda value: TAG.list_order(row(value)))
    assert ordered == [9.5, 3, "a", "b", None]


def test_the_list_gives_the_column_up_when_room_is_short(example_column: None) -> None:
    def shown(width: int) -> list[str]:
        return [placed.column.name for placed in layout(width)]

    assert "tag" in shown(150)
    assert "tag" not in shown(60)

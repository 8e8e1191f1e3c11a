"""Every text of every theme can be read: computed from the style sheets, and from what is on the screen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC

import pytest
from contrast import DICHROMACIES, TERMINAL_PALETTES, contrast, difference
from rich.color import Color as RichColor
from textual.color import Color
from textual.css.stylesheet import Stylesheet

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import FixtureConnection, fill, fixture_state
from canarytui.console.settings import ConsoleSettings
from canarytui.console.theme_file import read_theme, styles_folder
from canarytui.console.themes import style_sheets, tones
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

TEXT, MARK = 4.5, 3.0
"""The least contrast of text and of marks: WCAG 2.2, 1.4.3 and 1.4.11."""
OURS = sorted(path.stem for path in (styles_folder() / "themes").glob("*.yaml"))
GROUNDS = ("background", "panel", "surface", "selection")
Record = Callable[[str, object], None]
_DRAWN = " │─╭╮╰╯▁▂▃▄▅▆▇█▏▎▍▌▋▊▉▔▕━┃┈"
"""Borders, tracks and bars are marks."""


def variables(theme: str) -> dict[str, str]:
    """The CSS variables of a theme of ours, as the app computes them."""
    made = read_theme(styles_folder() / "themes" / f"{theme}.yaml")
    found = {**made.to_color_system().generate(), **made.variables}
    return {**found, **tones(found)}


def pairs(theme: str) -> Iterator[tuple[str, Color, Color]]:
    """(selector, text, ground) of every rule that colours text: on its own ground, else on each ground there is."""
    found = variables(theme)
    sheet = Stylesheet(variables=found)
    for path in style_sheets():
        sheet.read(path)
    sheet.parse()
    grounds = [Color.parse(found[name]) for name in GROUNDS]
    for rule in sheet.rules:
        rules = rule.styles.get_rules()
        text = rules.get("color")
        if text is None or (":ansi" in rule.selectors and not found["background"].startswith("ansi")):
            continue
        own = rules.get("background")
        for ground in grounds if own is None or own.a == 0 else [own]:
            yield rule.selectors, text, ground


def in_palette(colour: Color, palette: tuple[str, ...], default: str) -> Color:
    """`colour` as a terminal with these sixteen shows it; what has no colour has the terminal's own."""
    if colour.a == 0:
        return Color.parse(default)
    if colour.ansi is None:
        return colour
    return Color.parse(default if colour.ansi < 0 else palette[colour.ansi])


@pytest.mark.parametrize("theme", [name for name in OURS if not name.startswith("ansi")])
def test_every_rule_that_colours_text_can_be_read_on_every_ground(theme: str, record_property: Record) -> None:
    found = [(contrast(text, ground), selector) for selector, text, ground in pairs(theme)]
    assert len(found) > 40
    record_property("contrast", (theme, "text", min(found)[0], len(found)))
    assert [(round(ratio, 2), selector) for ratio, selector in found if ratio < TEXT] == []


@pytest.mark.parametrize("terminal", TERMINAL_PALETTES)
@pytest.mark.parametrize(
    ("theme", "text", "ground"), [("ansi", "#e5e5e5", "#000000"), ("ansi-light", "#000000", "#ffffff")]
)
def test_sixteen_colours_can_be_read_in_the_palettes_that_terminals_come_with(
    theme: str, text: str, ground: str, terminal: str, record_property: Record
) -> None:
    palette = TERMINAL_PALETTES[terminal]
    found = [
        (contrast(in_palette(colour, palette, text), in_palette(under, palette, ground)), selector)
        for selector, colour, under in pairs(theme)
    ]
    record_property("contrast", (f"{theme}, {terminal}", "text", min(found)[0], len(found)))
    assert [(round(ratio, 2), selector) for ratio, selector in found if ratio < TEXT] == []


@pytest.mark.parametrize("theme", [name for name in OURS if not name.startswith("ansi")])
def test_marks_stand_out_from_every_ground(theme: str, record_property: Record) -> None:
    found = variables(theme)
    marks = ("tone-bad", "tone-waiting", "tone-active", "tone-canary", "tone-primary", "tone-mark", "primary")
    ratios = {
        (mark, ground): contrast(Color.parse(found[mark]), Color.parse(found[ground]))
        for mark, ground in itertools.product(marks, GROUNDS)
    }
    ratios["alarm", "background"] = contrast(Color.parse(found["alarm"]), Color.parse(found["background"]))
    record_property("contrast", (theme, "marks", min(ratios.values()), len(ratios)))
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < MARK} == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_that_works_is_louder_than_a_failure(theme: str) -> None:
    found = {name: Color.parse(value) for name, value in variables(theme).items() if name.startswith("tone-")}
    ground = Color.parse(variables(theme)["background"])
    assert found["tone-bad"].hsl.s > 0.9
    assert found["tone-bad"].hsl.h in (0.0, pytest.approx(1.0, abs=0.03), pytest.approx(0.0, abs=0.03))
    loudness = {tone: contrast(found[tone], ground) for tone in ("tone-bad", "tone-active")}
    assert loudness["tone-bad"] > loudness["tone-active"] or theme == "light"


@pytest.mark.parametrize("vision", DICHROMACIES)
def test_states_stay_apart_in_the_colour_blind_theme(vision: str) -> None:
    found = variables("colour-blind")
    states = {tone: Color.parse(found[f"tone-{tone}"]) for tone in ("bad", "waiting", "active")}
    assert {
        (one, other): round(apart)
        for one, other in itertools.combinations(states, 2)
        if (apart := difference(states[one], states[other], vision)) < 20
    } == {}


async def _connect(state: ClusterState, *, context: str | None = None) -> Connection:
    fill(state)
    for store in state.stores.values():
        store.replace(list(store.objects()))
    return FixtureConnection()


def shown(app: ConsoleApp) -> Iterator[tuple[str, Color, Color]]:
    """(text, its colour, its ground) of all that is on the screen; of a dialog's screen, of the dialog."""
    dialogs = app.screen.query("#dialog")
    region = dialogs.first().region if dialogs else app.screen.region
    for strip in app.screen._compositor.render_strips()[region.y : region.bottom]:
        for segment in strip.crop(region.x, region.right):
            style = segment.style
            if not segment.text.strip(_DRAWN) or style is None or style.color is None or style.bgcolor is None:
                continue
            colours = [Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)]
            text, ground = reversed(colours) if style.reverse else colours
            yield segment.text, text, ground


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "colour-blind"])
async def test_what_is_on_the_screen_can_be_read(theme: str, record_property: Record) -> None:
    app = ConsoleApp(_connect, state=fixture_state, zone=UTC, settings=ConsoleSettings(theme=theme))
    ratios: list[tuple[float, str]] = []
    async with app.run_test(size=(120, 40)) as pilot:
        for keys in ((), ("enter",), ("2",), ("question_mark",), ("escape", "escape", "P")):
            await pilot.press(*keys)
            await pilot.pause(0.2)
            ratios += [(contrast(text, ground), words) for words, text, ground in shown(app)]
    record_property("contrast", (theme, "on screens", min(ratios)[0], len(ratios)))
    assert [(round(ratio, 2), words) for ratio, words in ratios if ratio < TEXT] == []


async def test_without_colour_nothing_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = ConsoleApp(_connect, state=fixture_state, zone=UTC, settings=ConsoleSettings(theme="light"))
    async with app.run_test(size=(120, 40)) as pilot:
        for keys in ((), ("enter",), ("2",), ("8",), ("question_mark",), ("escape", "escape", "P"), ("escape", "f")):
            await pilot.press(*keys)
            await pilot.pause(0.2)
            styles = [segment.style for strip in app.screen._compositor.render_strips() for segment in strip]
            assert len(styles) > 40
            coloured = {style for style in styles if style and (_coloured(style.color) or _coloured(style.bgcolor))}
            assert coloured == set(), keys


def _coloured(colour: RichColor | None) -> bool:
    return colour is not None and not colour.is_default

"""Which colours: what the person chose, else what the terminal can show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.app import App
from textual.color import Color, ColorParseError

from canarytui.console.settings import THEME_VARIABLE, THEMES, ConsoleSettings
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError
from canarytui.session.config_file import config_path

ANSI = THEMES["ansi"]
_SHEETS = ("theme", "bars", "list", "detail", "dialogs", "watch", "drill")
_QUIET = 0.35
_MIDDLE = 0.5


def style_sheets() -> list[Path]:
    """The app's style sheets: a wheel has them in the package, a checkout and its editable install beside it."""
    package = Path(str(files("canarytui")))
    folder = next(each for each in (package / "styles", package.parent / "styles") if each.is_dir())
    return [folder / f"{name}.tcss" for name in _SHEETS]


def chosen_theme(configured: str, environment: Mapping[str, str], known: Collection[str]) -> str | None:
    """The name of Textual's theme, None for its default.

    NO_COLOR is obeyed first, then the environment's choice, then the file's (`configured`).

    Raises:
        ConfigError: there is no such theme.
    """
    if "NO_COLOR" in environment:
        return ANSI
    for wanted, where in (
        (environment.get(THEME_VARIABLE, ""), f"${THEME_VARIABLE}"),
        (configured, f"{config_path()}: theme"),
    ):
        if wanted:
            return theme_named(wanted, known, where)
    return None


def theme_named(wanted: str, known: Collection[str], where: str) -> str:
    """Textual's name for ``dark``, ``light``, ``ansi`` or one of its own. Raises ConfigError naming `where`."""
    name = THEMES.get(wanted, wanted)
    if name not in known:
        names = ", ".join([*THEMES, *sorted(set(known) - set(THEMES.values()))])
        raise ConfigError(words.NO_THEME.text(where=where, wanted=clean(wanted, 40), known=names))
    return name


def quiet_text(variables: Mapping[str, str]) -> dict[str, str]:
    """The colour of what matters less, between the theme's text and its background. Textual's own muted text is
    worked out by each widget from its background, which a span of text does not have: it came out white."""
    try:
        text, ground = Color.parse(variables["foreground"]), Color.parse(variables["background"])
    except (KeyError, ColorParseError):
        return {"quiet-text": "ansi_default"}
    return {"quiet-text": "ansi_default" if text.ansi is not None else text.blend(ground, _QUIET).hex}


_LOUD = {True: ("#ff5f5a", "#d7141f", "#56c8d8"), False: ("#b3000c", "#c4000f", "#006b7a")}
"""Of dark and light themes: failures in text, the ground of a badge (white on it), the canary."""


def state_colours(variables: Mapping[str, str]) -> dict[str, str]:
    """A true red for what fails, where a theme's own is a pink that success outshines, and the canary's cyan: on every
    screen the same."""
    try:
        ground = Color.parse(variables["background"])
    except (KeyError, ColorParseError):
        ground = Color.parse("ansi_default")
    if ground.ansi is not None:
        return {"bad-text": "ansi_bright_red", "bad-ground": "ansi_red", "canary-text": "ansi_cyan"}
    text, badge, canary = _LOUD[ground.brightness < _MIDDLE]
    return {"bad-text": text, "bad-ground": badge, "canary-text": canary}


def fitting(settings: ConsoleSettings, environment: Mapping[str, str]) -> ConsoleSettings:
    """The settings with the terminal's own sixteen colours for a terminal that has no more, unless a theme is chosen:
    shades that are rounded to sixteen colours can be unreadable."""
    if settings.theme or environment.get(THEME_VARIABLE):
        return settings
    terminal = Console(force_terminal=True, _environ=environment)
    return replace(settings, theme="ansi") if terminal.color_system in ("standard", None) else settings


def choose_theme(app: App[Any], name: str) -> None:
    """Change the app's theme, or say why not; without a name say which it is."""
    if not name:
        app.notify(words.THEME.text(name=app.theme), markup=False)
        return
    try:
        app.theme = theme_named(name, app.available_themes, "The theme")
    except ConfigError as error:
        app.notify(str(error), severity="warning", markup=False)

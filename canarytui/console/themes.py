"""Which colours: what the person chose, else what the terminal can show."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from rich.console import Console
from textual.app import App
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from canarytui.console.settings import THEME_VARIABLE, ConsoleSettings
from canarytui.console.theme_file import ANSI, DARK, read_theme, styles_folder, theme_files
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError
from canarytui.session.config_file import config_path

_SHEETS = ("theme", "bars", "list", "detail", "dialogs", "watch", "drill")
_QUIET = 0.35


def style_sheets() -> list[Path]:
    """The app's style sheets."""
    return [styles_folder() / f"{name}.tcss" for name in _SHEETS]


def theme_names() -> list[str]:
    """Ours and this person's first, then Textual's."""
    own = theme_files()
    return [*own, *sorted(name for name in BUILTIN_THEMES if name not in own)]


def first_theme(configured: str, environment: Mapping[str, str]) -> Theme:
    """The theme to begin with: NO_COLOR is obeyed first, then the environment's choice, then the file's (`configured`).

    Raises:
        ConfigError: there is no such theme, or its file has a mistake.
    """
    if "NO_COLOR" in environment:
        return theme_named(ANSI, "NO_COLOR")
    for wanted, where in (
        (environment.get(THEME_VARIABLE, ""), f"${THEME_VARIABLE}"),
        (configured, f"{config_path()}: theme"),
    ):
        if wanted:
            return theme_named(wanted, where)
    return theme_named(DARK, "")


def theme_named(wanted: str, where: str) -> Theme:
    """A theme of ours, of this person, or of Textual.

    Raises:
        ConfigError: there is none of that name (`where` says who asked for it), or its file has a mistake.
    """
    own = theme_files()
    if wanted in own:
        return read_theme(own[wanted])
    if wanted in BUILTIN_THEMES:
        return BUILTIN_THEMES[wanted]
    raise ConfigError(words.NO_THEME.text(where=where, wanted=clean(wanted, 40), known=", ".join(theme_names())))


def tones(variables: Mapping[str, str]) -> dict[str, str]:
    """What our style sheets need of a theme's CSS variables and a theme of Textual's does not have."""
    quiet = _quiet_text(variables)
    ansi = variables.get("background", "").startswith("ansi")
    derived = {
        "tone-bad": "ansi_bright_red" if ansi else variables.get("text-error", "red"),
        "tone-waiting": "ansi_yellow" if ansi else variables.get("text-warning", "yellow"),
        "tone-active": "ansi_green" if ansi else variables.get("text-success", "green"),
        "tone-quiet": quiet,
        "tone-mark": "ansi_cyan" if ansi else variables.get("text-accent", "cyan"),
        "tone-canary": "ansi_cyan" if ansi else variables.get("text-secondary", "cyan"),
        "tone-primary": quiet,
        "selection": "ansi_default" if ansi else f"{variables.get('primary', 'blue')} 30%",
        "alarm": "ansi_red" if ansi else variables.get("error", "red"),
        "alarm-text": "ansi_bright_white" if ansi else "auto",
    }
    return {name: value for name, value in derived.items() if name not in variables}


def _quiet_text(variables: Mapping[str, str]) -> str:
    """The colour of what matters less, between the theme's text and its background. Textual's own muted text is worked
    out by each widget from its background, which a span of text does not have: it came out white."""
    try:
        text, ground = Color.parse(variables["foreground"]), Color.parse(variables["background"])
    except (KeyError, ColorParseError):
        return "ansi_default"
    return "ansi_default" if text.ansi is not None else text.blend(ground, _QUIET).hex


def fitting(settings: ConsoleSettings, environment: Mapping[str, str]) -> ConsoleSettings:
    """The settings with the terminal's own sixteen colours for a terminal that has no more, unless a theme is chosen:
    shades that are rounded to sixteen colours can be unreadable."""
    if settings.theme or environment.get(THEME_VARIABLE):
        return settings
    terminal = Console(force_terminal=True, _environ=environment)
    return replace(settings, theme=ANSI) if terminal.color_system in ("standard", None) else settings


def begin_with_theme(app: App[Any], theme: Theme) -> None:
    """Give an app that does not run yet its first theme. Set as usual, it has all style sheets parsed once more behind
    the first frame."""
    app.register_theme(theme)
    if theme.ansi or not theme.dark:
        app.theme = theme.name  # Textual has also to choose what becomes of the terminal's sixteen colours
        return
    app.set_reactive(App.theme, theme.name)
    app.set_class(True, f"-theme-{theme.name}", update=False)
    app.stylesheet.set_variables(app.get_css_variables())


async def choose_theme(app: App[Any], name: str) -> None:
    """Change the app's theme, or say why not; without a name say which it is."""
    if not name:
        app.notify(words.THEME.text(name=app.theme), markup=False)
        return
    try:
        theme = await asyncio.to_thread(theme_named, name, "The theme")
    except ConfigError as error:
        app.notify(str(error), severity="warning", markup=False)
        return
    app.register_theme(theme)
    app.theme = theme.name


async def register_own_themes(app: App[Any]) -> None:
    """Let the app know our themes and this person's; a file with a mistake is reported and left out."""
    for name in await asyncio.to_thread(theme_files):
        try:
            app.register_theme(await asyncio.to_thread(theme_named, name, ""))
        except ConfigError as error:
            app.notify(str(error), severity="warning", markup=False)

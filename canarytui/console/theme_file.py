"""A theme as a file: fifteen colours by what they mean, and what Textual makes of them.

Ours are in ``styles/themes``; people put theirs into ``$XDG_CONFIG_HOME/canarytui/themes``. A file may leave colours
out: they are the dark theme's, or the light one's where it says ``dark: false``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from canarytui.cluster.folders import config_folder
from canarytui.domain.sentences import themes as words
from canarytui.domain.text.plain import clean
from canarytui.session.config_file import like, load_yaml, mapping, wrong

DARK, LIGHT, ANSI = "dark", "light", "ansi"
COLOURS = (
    "text", "quiet", "background", "bar", "dialog", "selection", "border", "failure", "waiting", "active", "canary",
    "primary", "mark", "alarm", "alarm-text",
)  # fmt: skip
"""`quiet` is text that matters less, `bar` the ground of title and keys, `dialog` of what lies over a screen; `alarm`
the ground of a failure's badge. What else they mean is in docs/console.md."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\.yaml")
_ANSI = "ansi_"


def styles_folder() -> Path:
    """Where style sheets and themes are: a wheel has them in the package, a checkout and its editable install beside
    it."""
    package = Path(__file__).parents[1]  # the app reads them by their paths, so they are files
    return next(each for each in (package / "styles", package.parent / "styles") if each.is_dir())


def theme_files() -> dict[str, Path]:
    """The files of ours and of this person, by name; theirs replaces ours of the same name."""
    found: dict[str, Path] = {}
    for folder in (styles_folder() / "themes", config_folder() / "themes"):
        paths = folder.iterdir() if folder.is_dir() else ()
        found.update({path.stem: path for path in paths if _NAME.fullmatch(path.name)})
    return dict(sorted(found.items()))


def read_theme(path: Path) -> Theme:
    """The theme in the file at `path`, named as the file.

    Raises:
        ConfigError: it cannot be read, or a field is unknown or no colour.
    """
    content = load_yaml(path)
    found = mapping({} if content is None else content, str(path), "", words.WRITE_COLOURS)
    for field in found:
        if field not in (DARK, *COLOURS):
            raise wrong(str(path), field, words.UNKNOWN.say(like=like(field, COLOURS), known=", ".join(COLOURS)))
    dark = found.pop(DARK, True)
    if not isinstance(dark, bool):
        raise wrong(str(path), DARK, words.NOT_BOOLEAN.say(value=clean(dark, 40)))
    ours = styles_folder() / "themes" / f"{DARK if dark else LIGHT}.yaml"
    base = {} if path == ours else mapping(load_yaml(ours), str(ours), "", words.WRITE_COLOURS)
    colours = {field: str(value) for field, value in base.items() if field in COLOURS}
    colours.update({field: _colour(value, str(path), field) for field, value in found.items()})
    return _theme(path.stem, colours, dark)


def _colour(value: object, path: str, field: str) -> str:
    text = value if isinstance(value, str) else ""
    try:
        colour = Color.parse(text)
    except ColorParseError:
        colour = None
    if colour is None or colour.a != 1:
        raise wrong(path, field, words.NOT_COLOUR.say(value=clean(value, 40)))
    return text


def _theme(name: str, colours: Mapping[str, str], dark: bool) -> Theme:
    ansi = colours["background"].startswith(_ANSI)
    tones = {
        "tone-bad": colours["failure"],
        "tone-waiting": colours["waiting"],
        "tone-active": colours["active"],
        "tone-quiet": colours["quiet"],
        "tone-mark": colours["mark"],
        "tone-canary": colours["canary"],
        "tone-primary": colours["primary"],
        "selection": colours["selection"],
        "alarm": colours["alarm"],
        "alarm-text": colours["alarm-text"],
    }
    if ansi:  # Textual's widgets use some variables that only its own themes of this kind have
        widgets = BUILTIN_THEMES["ansi-dark" if dark else "ansi-light"].variables
    else:
        widgets = {"block-cursor-background": colours["selection"], "block-cursor-foreground": colours["text"]}
    return Theme(
        name=name,
        primary=colours["border"],
        secondary=colours["canary"],
        warning=colours["waiting"],
        error=colours["failure"],
        success=colours["active"],
        accent=colours["mark"],
        foreground=colours["text"],
        background=colours["background"],
        surface=colours["dialog"],
        panel=colours["bar"],
        boost=colours["bar"],
        dark=dark,
        ansi=ansi,
        variables={**widgets, **tones},
    )

"""Why a theme's file cannot be used."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

WRITE_COLOURS = Sentence(
    "themes.write_colours",
    'write `name: colour` lines, such as `failure: "#ff7070"`',
    evidence="the file is no mapping",
)
UNKNOWN = Sentence(
    "themes.unknown",
    "is unknown{like}: remove it, or use one of dark, {known}",
    evidence="the colours that this version knows",
)
NOT_BOOLEAN = Sentence(
    "themes.not_boolean",
    "is {value!r}: write true for a dark background, false for a light one",
    evidence="what the file says there",
)
NOT_COLOUR = Sentence(
    "themes.not_colour",
    'is {value!r}, not a colour: write "#rrggbb", a name such as red, or ansi_red for the terminal\'s own',
    evidence="what the file says there",
)

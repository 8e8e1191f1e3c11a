"""What the browser gets: our page, and textual-serve's terminal for it. All of it from here, none from another host."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from msgspec import Struct
from textual.color import Color, ColorParseError
from textual.theme import Theme

_OWN = files("canarytui.console.web").joinpath("static")
_THEIRS = files("textual_serve").joinpath("static")
LEAST_FONT, MOST_FONT, FONT = 8, 64, 16


class WebAsset(Struct, frozen=True):
    """A file that the page refers to."""

    content: bytes
    content_type: str


def assets() -> dict[str, WebAsset]:
    """All there are, by the name in their path."""
    return {
        "wall.css": WebAsset(_OWN.joinpath("wall.css").read_bytes(), "text/css"),
        "wall.js": WebAsset(_OWN.joinpath("wall.js").read_bytes(), "text/javascript"),
        "xterm.css": WebAsset(_THEIRS.joinpath("css", "xterm.css").read_bytes(), "text/css"),
        "textual.js": WebAsset(_THEIRS.joinpath("js", "textual.js").read_bytes(), "text/javascript"),
        "roboto-mono.ttf": WebAsset(
            _THEIRS.joinpath("fonts", "RobotoMono-VariableFont_wght.ttf").read_bytes(), "font/ttf"
        ),
    }


class PageColours(Struct, frozen=True):
    """CSS colours of what surrounds the terminal: the strips where no whole cell fits, and what is said without it."""

    background: str = "#000000"
    foreground: str = "#ffffff"

    @classmethod
    def of(cls, theme: Theme) -> PageColours:
        """Those of a theme; the browser terminal's own where it leaves the ground to the terminal."""
        try:
            ground, text = Color.parse(theme.background or ""), Color.parse(theme.foreground or "")
        except ColorParseError:
            return cls()
        return cls() if ground.ansi is not None else cls(ground.hex6, text.hex6)


PLAIN = PageColours()


def wall_page(authority: str, font_size: int, colours: PageColours) -> str:
    """The page with the terminal, for a browser that reaches us at `authority`."""
    page = Template(_OWN.joinpath("wall.html").read_text(encoding="utf-8"))
    size = min(max(font_size, LEAST_FONT), MOST_FONT)
    return page.substitute(
        websocket=escape(f"ws://{authority}/ws"),
        font_size=size,
        background=colours.background,
        foreground=colours.foreground,
    )


def security_headers(authority: str) -> dict[str, str]:
    """For every answer. The terminal writes its own styles, so these are allowed inline; scripts are not."""
    own, none = "'self'", "'none'"
    policy = {
        "default-src": (none,),
        "script-src": (own,),
        "style-src": (own, "'unsafe-inline'"),
        "font-src": (own,),
        "img-src": (own, "data:"),
        "connect-src": (own, f"ws://{authority}") if authority else (own,),
        "base-uri": (none,),
        "form-action": (none,),
        "frame-ancestors": (none,),
    }
    return {
        "Content-Security-Policy": "; ".join(" ".join((name, *sources)) for name, sources in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

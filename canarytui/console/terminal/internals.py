"""Textual's private names that the console uses, each with what happens without it. Nothing else uses any.

========================================  ============================================================
name                                      without it
========================================  ============================================================
``_compositor``'s updates, ``_display``   Textual writes its updates to the terminal itself: more bytes
and what it calls (:data:`DISPLAY`)
``_xterm_parser``, ``LinuxDriver``'s      Textual's own driver reads the terminal
input thread (:data:`INPUT`)
``LinuxDriver._file`` (:data:`OUTPUT`)    the app may never end when its terminal has gone
``_on_timer_update`` (:data:`PAINT`)      the first list is painted by Textual's timer: 0.02 s later
``_context``                              frames go through the app's queue
``_handle_exception``                     Textual ends the app (``TerminalApp.panic``)
``keys._character_to_key``                the name of a character is looked up in Unicode
========================================  ============================================================

A test fails when a release of Textual changes one of them.
"""

from __future__ import annotations

import importlib
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
    from textual._xterm_parser import XTermParser

DISPLAY = ("_display", "_driver", "_batch_count", "_running", "_begin_update", "_end_update")
"""Of an app: how updates of the screen reach the terminal."""

INPUT = ("run_input_thread", "process_message", "stop_application_mode")
"""Of a driver: how bytes from the terminal become events."""

OUTPUT = ("_file",)
"""Of a driver that has been made: where its output thread writes."""

PAINT = ("_on_timer_update",)
"""Of a screen: paints what is due."""


def private(module: str, name: str) -> Any:
    """What `module` has by this name; None where there is no such module or name."""
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def has_all(owner: object, names: tuple[str, ...]) -> bool:
    """Whether `owner` has all of `names`."""
    return all(hasattr(owner, name) for name in names)


def screen_update_types() -> tuple[type[CompositorUpdate], type[ChopsUpdate], type[LayoutUpdate]] | None:
    """Any update of the screen, one of parts of it, one of all of it; None where Textual has none of that kind."""
    names = ("CompositorUpdate", "ChopsUpdate", "LayoutUpdate")
    found = tuple(private("textual._compositor", name) for name in names)
    return found if all(isinstance(each, type) for each in found) else None


def key_parser() -> type[XTermParser] | None:
    """The parser of what a terminal sends; None where there is none that takes text and the time."""
    found = private("textual._xterm_parser", "XTermParser")
    return found if isinstance(found, type) and has_all(found, ("feed", "tick")) else None


def key_of(character: str) -> str:
    """The name that Textual gives the key of a character: ``/`` is ``slash``."""
    convert = private("textual.keys", "_character_to_key")
    return str(convert(character)) if callable(convert) else _named(character)


def _named(character: str) -> str:
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    replaced: dict[str, str] = private("textual.keys", "KEY_NAME_REPLACEMENTS") or {}
    return replaced.get(name, name)

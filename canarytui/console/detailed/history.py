"""The canary's own timeline, newest first."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detailed.layout import line
from canarytui.console.detailed.view import View
from canarytui.console.wording import entry_line


def history(view: View, columns: int, most: int, pattern: str = "") -> list[Text]:
    """At most `most` entries that have all words of `pattern` (``!word``: that lack it)."""
    words = [(word.lstrip("!"), word.startswith("!")) for word in pattern.lower().split()]
    found = [
        entry
        for entry in reversed(view.entries)
        if all((word in entry.text.lower()) != without for word, without in words)
    ][:most]
    if not found:
        return [line(("nothing matches" if pattern else "nothing seen yet", "quiet"))]
    return [entry_line(entry, columns, view.zone, with_canary=False) for entry in found]

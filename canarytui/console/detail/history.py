"""The canary's own timeline, newest last."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.console.detail.view import DetailView
from canarytui.console.status_lines import entry_line
from canarytui.domain.sentences import detail_screen as words


def history(view: DetailView, columns: int, most: int, pattern: str = "") -> list[Text]:
    """The newest entries, at most `most`, that have all words of `pattern` (``!word``: that lack it)."""
    sought = [(word.lstrip("!"), word.startswith("!")) for word in pattern.lower().split()]
    found = [
        entry for entry in view.entries if all((word in entry.text.lower()) != without for word, without in sought)
    ][-most:]
    if not found:
        return [line(("nothing matches" if pattern else words.NO_ENTRIES.text(), "quiet"))]
    return [entry_line(entry, columns, view.zone, with_canary=False) for entry in found]

"""What the app can hand to a pager from a page that lies above the screens."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from textual.binding import Binding, BindingType

from canarytui.console.dismissed_once import Modal


class PagedScreen(Modal[None]):
    """A page of text that the pager's key opens in the pager."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("vertical_line", "app.page_on_top", "Pager", show=False),
    ]

    @abstractmethod
    def pager_text(self) -> str:
        """All of it."""

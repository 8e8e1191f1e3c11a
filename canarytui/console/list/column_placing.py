"""The columns of the list that is open: chosen for its width and its longest name, and then kept still."""

from __future__ import annotations

from canarytui.console.list.columns import Placed, layout


class ColumnPlacing:
    """Places the columns. They do not move when a filter leaves shorter names: columns that move cannot be read. They
    are chosen again for a new width, another kind of list, and whenever there is no filter."""

    def __init__(self) -> None:
        self.one_namespace = False
        self.several_contexts = False
        self.wide = False
        self.filtered = False
        self._longest = 0
        self._kind: tuple[int, bool, bool, bool] = (0, False, False, False)

    def place(self, width: int, longest_name: int) -> tuple[Placed, ...]:
        """The columns for a table of `width` columns whose names are at most `longest_name` long."""
        kind = (width, self.one_namespace, self.several_contexts, self.wide)
        stays = self.filtered and kind == self._kind
        self._longest = max(self._longest, longest_name) if stays else longest_name
        self._kind = kind
        return layout(
            width,
            one_namespace=self.one_namespace,
            longest_name=self._longest,
            wide=self.wide,
            several_contexts=self.several_contexts,
        )

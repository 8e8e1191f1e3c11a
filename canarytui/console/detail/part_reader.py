"""The part of a canary's detail that is read now, and what a person has chosen in each part. It draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from rich.text import Text

from canarytui.console.detail.checks import CheckList
from canarytui.console.detail.overview import as_known
from canarytui.console.detail.parts import FILTERED, Choices, copy_of, line_above, part_lines, whole_part
from canarytui.console.detail.tabs import Tab
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.checks import Check
from canarytui.session.canary_detail import NO_LOGS, CanaryDetail
from canarytui.session.state import ClusterState


class PartReader:
    """Begins with part `tab`; `state` is asked for the cluster's state."""

    def __init__(self, tab: Tab, state: Callable[[], ClusterState]) -> None:
        self.tab = tab
        self._state = state
        self.canary_detail: CanaryDetail | None = None
        """What is followed of the canary; None until it is."""
        self._choices = Choices()
        self._logs_shown: tuple[object, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether this part is filtered rather than searched; new lines come at its end."""
        return self.tab in FILTERED

    @property
    def pattern(self) -> str:
        """The filter of this part; "" where it has none."""
        return self._choices.patterns.get(self.tab, "")

    def narrow(self, tab: Tab, pattern: str) -> None:
        """Filter a part that can be filtered."""
        self._choices.patterns[tab] = pattern

    def sought(self, searched: str) -> list[str]:
        """What is highlighted: the words of the filter, or what is `searched` for."""
        if not self.filtered:
            return [searched]
        return [word for word in self.pattern.split() if not word.startswith("!")]

    def turn_to(self, tab: Tab) -> None:
        """Read another part. Logs are followed only while they are read."""
        self.tab = tab
        if tab is Tab.LOGS:
            self._ask_logs()
        elif self.canary_detail is not None:
            self.canary_detail.ask_logs(NO_LOGS)

    def _ask_logs(self) -> None:
        if self.canary_detail is not None:
            self.canary_detail.ask_logs(self._choices.whose, before=self._choices.logs.before)

    def lines(self, view: DetailView, columns: int, height: int) -> Sequence[Text]:
        """The lines of this part, each at most `columns` wide, on a screen of this height."""
        if self.tab is Tab.LOGS:
            self._ask_logs()
        lines = part_lines(self.tab, view, self._choices, self._state(), self.canary_detail, columns, height)
        # Logs have their own connection, which reports when it is lost.
        return lines if self.tab is Tab.LOGS else as_known(view, list(lines))

    def line_above(self, view: DetailView, columns: int, *, held: bool) -> Text:
        """The line above the part, "" for none. `held`: its lines do not move."""
        return line_above(self.tab, view, self._choices, self.canary_detail, columns, held=held)

    def holds(self, columns: int, *, at_end: bool) -> bool:
        """Whether the lines must not move: logs that are scrolled back, with the same choices as before."""
        choices = self._choices
        shown = (self.tab, choices.whose, choices.source, choices.patterns[Tab.LOGS], choices.logs, columns)
        before, self._logs_shown = self._logs_shown, shown
        return self.tab is Tab.LOGS and before == shown and not at_end

    def next_other(self, view: DetailView | None) -> bool:
        """Go to the next logs, or the next object's YAML; whether what is read now begins at its top."""
        if self.tab is Tab.LOGS:
            self._choices.next_whose()
        elif self.tab is Tab.YAML and view is not None:
            self._choices.next_object(view)
            return True
        return False

    def next_container(self) -> bool:
        """Read the next container's log only; whether there is one to choose."""
        if self.tab is not Tab.LOGS or self.canary_detail is None:
            return False
        self._choices.next_source(self.canary_detail)
        return True

    def turn_logs(self, change: str) -> bool:
        """Turn one of the ways in which logs are shown (``raw``, ``times``, ``before``); whether logs are read."""
        if self.tab is not Tab.LOGS:
            return False
        shown = self._choices.logs
        self._choices.logs = replace(shown, **{change: not getattr(shown, change)})
        return True

    def checks(self, view: DetailView, columns: int) -> CheckList:
        """The checks in full, with the cursor on one that exists."""
        return self._choices.checks(view, self._state(), columns)

    @property
    def cursor(self) -> int:
        """The index of the selected check; it exists after :meth:`checks`."""
        return self._choices.cursor

    def move_cursor(self, steps: int) -> None:
        self._choices.cursor += steps

    def selected_check(self, view: DetailView, columns: int) -> Check | None:
        """None for a canary without checks."""
        self.checks(view, columns)
        return view.every_check[self._choices.cursor] if view.every_check else None

    def turn_query(self, name: str) -> None:
        """Show or hide a check's query."""
        self._choices.opened ^= {name}

    def copy(self, view: DetailView, height: int) -> tuple[str, str]:
        """(what it is, text) for the clipboard."""
        return copy_of(self.tab, view, self._choices, self._state(), self.canary_detail, height)

    def text(self, view: DetailView, height: int) -> str:
        """The text of the whole part, its lines not folded."""
        return whole_part(self.tab, view, self._choices, self._state(), self.canary_detail, height)

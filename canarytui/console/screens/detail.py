"""One canary, full screen: its reason above, and one of eight parts of it below, each a page that scrolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from canarytui.console.closelogs import CONTROLLER
from canarytui.console.closeup import NO_LOGS, CloseUp
from canarytui.console.connection import Connection
from canarytui.console.detailed.changes import diff
from canarytui.console.detailed.checks import check_list
from canarytui.console.detailed.describe import describe
from canarytui.console.detailed.history import history
from canarytui.console.detailed.layout import line, lines_of
from canarytui.console.detailed.logs import WHOSE, log_header, log_lines
from canarytui.console.detailed.manifest import manifest, shown_objects, yaml_text
from canarytui.console.detailed.objects import tree
from canarytui.console.detailed.overview import overview, top
from canarytui.console.detailed.queries import asked_queries
from canarytui.console.detailed.tabs import LETTERS, TABS, Tab, tab_hints, tab_line
from canarytui.console.detailed.view import View, gather
from canarytui.console.rows import Key
from canarytui.console.screens.base import ConsoleScreen
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.errors import CanarytuiError

_LOOK_EVERY_S = 0.25
_TOP_MOST = 4
_ENTRIES = 400
_FILTERED = (Tab.LOGS, Tab.TIMELINE)


class DetailScreen(ConsoleScreen):
    """Follows `key` until Esc; a canary that is deleted leaves a sentence. What only it needs is followed while it is
    open, and no longer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("g,home", "scroll_edge(False)", "Top", show=False),
        Binding("G,shift+g,end", "scroll_edge(True)", "Bottom", show=False),
        Binding("tab,right", "step_tab(1)", "Next part", show=False),
        Binding("shift+tab,left", "step_tab(-1)", "Part before", show=False),
        *(Binding(str(number), f"tab({number})", show=False) for number, _ in enumerate(TABS, 1)),
        *(Binding(letter, f"tab({TABS.index(tab) + 1})", show=False) for letter, tab in LETTERS.items()),
        Binding("enter", "open", "Open or close", show=False),
        Binding("o", "other", "Another object, or other logs", show=False),
        Binding("n", "container", "Next container", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]

    def __init__(self, key: Key) -> None:
        super().__init__()
        self._key = key
        self._tab = Tab.OVERVIEW
        self._offsets: dict[Tab, int] = {}
        self._patterns = dict.fromkeys(_FILTERED, "")
        self._cursor = 0
        self._opened: frozenset[str] = frozenset()
        self._whose = WHOSE[0]
        self._source = ""
        self._object = ""
        self._yaml: tuple[Mapping[str, Any], str] = ({}, "")
        self._closeup: CloseUp | None = None
        self._opened_by: Connection | None = None
        self._drawn: tuple[int, int] = (-1, -1)

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(id="detail-top")
        yield Lines(id="detail-tabs")
        yield Lines(id="detail-sub")
        yield Page(id="detail")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self._page.focus()
        self.set_interval(_LOOK_EVERY_S, self._look)
        self.call_after_refresh(self.redraw, frozenset({self._key}))

    def on_unmount(self) -> None:
        if self._opened_by is not None and self._closeup is not None:
            self._opened_by.look_away(self._closeup)
            self._closeup = None

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.redraw, frozenset({self._key}))

    @property
    def _page(self) -> Page:
        return self.query_one("#detail", Page)

    def selected_key(self) -> Key | None:
        return self._key

    def redraw(self, changed: frozenset[Key]) -> None:
        if not self.is_mounted:
            return
        self._look_closely()
        if not changed or self._key in changed:
            self._draw()
        self.draw_bars()
        if self.console.driver is not None:
            self.console.connection.look_at({self._key})

    def tick(self) -> None:
        self.redraw(frozenset({self._key}))

    def _look(self) -> None:
        """Draw what came in from what only this screen follows."""
        closeup = self._closeup
        if closeup is not None and (closeup.revision, closeup.logs.revision) != self._drawn:
            self._draw()

    def _look_closely(self) -> None:
        if self._closeup is None and self.console.driver is not None:
            try:
                self._opened_by = self.console.connection
            except CanarytuiError:
                return  # between two contexts
            self._closeup = self._opened_by.look_closely(self._key)

    def _view(self) -> View | None:
        console = self.console
        row = console.listing.row(self._key)
        return gather(
            console.world,
            self._key,
            self._closeup,
            console.local_now(),
            label=row.label if row else "",
            zone=console.zone,
            coloured=not console.no_color,
        )

    def _draw(self) -> None:
        closeup = self._closeup
        if closeup is not None:
            self._drawn = (closeup.revision, closeup.logs.revision)
        view, page = self._view(), self._page
        columns = page.columns
        head, sub = self.query_one("#detail-top", Lines), self.query_one("#detail-sub", Lines)
        self.query_one("#detail-tabs", Lines).say(tab_line(self._tab, self.size.width - 2))
        if view is None:
            head.say(line((f"{self._key[0]}/{self._key[1]}", "strong")), layout=True)
            sub.say(line(), layout=True)
            page.put([self._absence()])
            return
        head.say(Text("\n").join(top(view, columns)[:_TOP_MOST]), layout=True)
        sub.say(self._sub(view, columns), layout=True)
        sub.display = bool(sub.text)
        page.put(self._lines(view, columns), follow=self._tab is Tab.LOGS)

    def _absence(self) -> Text:
        row = self.console.listing.row(self._key)
        if row is not None and row.problem:
            return line((row.problem, "bad"))
        return line(("This canary is gone, or cannot be read any more (Esc goes back).", "quiet"))

    def _sub(self, view: View, columns: int) -> Text:
        """The line above the page, of the parts that have one."""
        if self._tab is Tab.LOGS and self._closeup is not None:
            return log_header(self._closeup.logs, self._whose, self._source, self._patterns[Tab.LOGS], columns)
        if self._tab is Tab.TIMELINE and self._patterns[Tab.TIMELINE]:
            return line((f"filter {self._patterns[Tab.TIMELINE]}", "strong"))
        if self._tab is Tab.YAML:
            title, _ = self._chosen_object(view)
            return line((title, "strong"))
        return line()

    def _lines(self, view: View, columns: int) -> Sequence[Text]:
        match self._tab:
            case Tab.OVERVIEW:
                return overview(view, columns, self.size.height)
            case Tab.CHECKS:
                self._cursor = min(self._cursor, max(len(view.situation.checks) - 1, 0))
                asked = asked_queries(self.console.world, view.situation.canary)
                return check_list(view, asked, self._cursor, self._opened, columns).lines
            case Tab.OBJECTS:
                return tree(view, columns) or [line(("not connected yet", "quiet"))]
            case Tab.DIFF:
                return diff(view, columns)
            case Tab.DESCRIBE:
                return describe(view, columns)
            case Tab.YAML:
                return manifest(self._yaml_text(view), columns)
            case Tab.LOGS:
                return self._log_lines(view, columns)
            case Tab.TIMELINE:
                return history(view, columns, _ENTRIES, self._patterns[Tab.TIMELINE])

    def _log_lines(self, view: View, columns: int) -> Sequence[Text]:
        closeup = self._closeup
        if closeup is None:
            return [line(("not connected yet", "quiet"))]
        closeup.ask_logs(self._whose)
        if self._whose == CONTROLLER and not view.engine:
            return [line(("no controller was found, so there is no log of it", "waiting"))]
        return log_lines(closeup.logs, self._source, self._patterns[Tab.LOGS], columns, view.zone)

    def _chosen_object(self, view: View) -> tuple[str, Mapping[str, Any]]:
        objects = shown_objects(view)
        return next((pair for pair in objects if pair[0] == self._object), objects[0])

    def _yaml_text(self, view: View) -> str:
        _, obj = self._chosen_object(view)
        if obj is not self._yaml[0]:
            self._yaml = (obj, yaml_text(obj))
        return self._yaml[1]

    def _works(self, action: str) -> bool:
        return bool(action) and super()._works(action)

    def _hints(self) -> Text:
        own, shared = tab_hints(self._tab), super()._hints()
        shared.truncate(max(self.size.width - own.cell_len, 0))
        return own.append_text(shared)

    def action_tab(self, number: int) -> None:
        """Show part `number`, where it was left."""
        chosen = TABS[number - 1]
        if chosen is self._tab:
            return
        page = self._page
        self._offsets[self._tab] = page.scroll_offset.y
        self._tab = chosen
        if self._closeup is not None:
            self._closeup.ask_logs(self._whose if chosen is Tab.LOGS else NO_LOGS)
        self._draw()
        self.draw_bars()
        if chosen is Tab.LOGS:
            self.call_after_refresh(page.scroll_end, animate=False)
        else:
            page.scroll_to(y=self._offsets.get(chosen, 0), animate=False, force=True)

    def action_step_tab(self, steps: int) -> None:
        self.action_tab((TABS.index(self._tab) + steps) % len(TABS) + 1)

    def action_back(self) -> None:
        self.console.show_list()

    def action_leave(self) -> None:
        self.console.show_list()

    def action_scroll(self, lines: int) -> None:
        if self._tab is Tab.CHECKS:
            self._move_cursor(lines)
        else:
            self._page.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        page = self._page
        page.scroll_relative(y=pages * max(page.size.height - 1, 1), animate=False)

    def action_scroll_edge(self, end: bool) -> None:
        if end:
            self._page.scroll_end(animate=False)
        else:
            self._page.scroll_home(animate=False)

    def _move_cursor(self, steps: int) -> None:
        view = self._view()
        if view is None or not view.situation.checks:
            return
        self._cursor = min(max(self._cursor + steps, 0), len(view.situation.checks) - 1)
        self._draw()
        self._reveal_check(view)

    def _reveal_check(self, view: View) -> None:
        asked = asked_queries(self.console.world, view.situation.canary)
        places = check_list(view, asked, self._cursor, self._opened, self._page.columns).places
        self._page.reveal(*places[self._cursor])

    def action_open(self) -> None:
        """Show or hide the query of the check under the cursor."""
        view = self._view()
        if self._tab is not Tab.CHECKS or view is None or not view.situation.checks:
            return
        self._opened ^= {view.situation.checks[self._cursor].name}
        self._draw()
        self._reveal_check(view)

    def action_other(self) -> None:
        """The next object's YAML, or the next logs."""
        view = self._view()
        if self._tab is Tab.LOGS:
            self._whose = WHOSE[(WHOSE.index(self._whose) + 1) % len(WHOSE)]
            self._source = ""
        elif self._tab is Tab.YAML and view is not None:
            titles = [title for title, _ in shown_objects(view)]
            self._object = titles[(titles.index(self._chosen_object(view)[0]) + 1) % len(titles)]
            self._page.scroll_home(animate=False)
        self._draw()

    def action_container(self) -> None:
        """Only the next container's lines; after the last one, all."""
        if self._tab is Tab.LOGS and self._closeup is not None:
            sources = ["", *sorted(self._closeup.logs.followed)]
            place = sources.index(self._source) if self._source in sources else 0
            self._source = sources[(place + 1) % len(sources)]
            self._draw()

    def action_copy(self) -> None:
        """Hand the text of this part, or the query under the cursor, to the terminal's clipboard."""
        view = self._view()
        if view is None:
            return
        what, text = str(self._tab), "\n".join(part.plain.rstrip() for part in self._lines(view, 400))
        if self._tab is Tab.CHECKS and view.situation.checks:
            name = view.situation.checks[self._cursor].name
            what, text = f"query of {name}", asked_queries(self.console.world, view.situation.canary)[name].query
        elif self._tab is Tab.YAML:
            text = self._yaml_text(view)
        elif self._tab is Tab.OVERVIEW:
            text = "\n".join(part.plain.rstrip() for part in [*top(view, 400), *lines_of(Text(text))])
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied: {what}.", timeout=3, markup=False)

    @work(exit_on_error=False)
    async def action_filter(self) -> None:
        from canarytui.console.screens.prompt import PromptScreen

        tab = self._tab
        if tab not in _FILTERED:
            self.notify("The filter works on logs (l), the timeline (e) and the list (Esc).", timeout=3)
            return
        before = self._patterns[tab]
        hint = "words of the line; !word leaves out"

        def narrow(pattern: str) -> None:
            self._patterns[tab] = pattern
            self._draw()

        answer = await self.console.push_screen_wait(PromptScreen("/", before, hint=hint, on_change=narrow))
        narrow(before if answer is None else answer)

    def action_sort(self) -> None:
        self.notify("The list is what can be ordered (Esc).", timeout=3)

"""One canary, full screen: the reason above, and one of eight parts below, each a page that scrolls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.detail.followed_detail import FollowedDetail
from canarytui.console.detail.layout import line
from canarytui.console.detail.overview import top
from canarytui.console.detail.part_reader import PartReader
from canarytui.console.detail.tabs import NAMED, TABS, Tab, tab_at, tab_columns, tab_hints, tab_line
from canarytui.console.detail.view import DetailView, gather
from canarytui.console.detail.what_if_prompt import ask_threshold
from canarytui.console.keymap import bound
from canarytui.console.link_opening import links_of_canary
from canarytui.console.messages import Back
from canarytui.console.model import ConsoleModel
from canarytui.console.page_search import PageSearch, go_on
from canarytui.console.widgets.key_hints import Hint
from canarytui.console.widgets.lines import ClickableLines, Lines
from canarytui.console.widgets.page import Page
from canarytui.domain.rollout.checks import Check
from canarytui.domain.sentences import backtest, list_screen
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName

if TYPE_CHECKING:
    from canarytui.console.jump_screen import JumpTarget

_LOOK_EVERY_S = 0.25
_TOP_MOST = 6
_NOTHING = (-1, -1)


class DetailScreen(ConsoleScreen):
    """Shows canary `key` until Esc; says so when it is deleted. Watches and log streams that only this screen needs
    are open as long as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("down", "scroll(1)"),
        bound("up", "scroll(-1)"),
        bound("page-down", "page(1)"),
        bound("page-up", "page(-1)"),
        bound("first", "scroll_edge(False)"),
        bound("last", "scroll_edge(True)"),
        bound("next-part", "step_tab(1)"),
        bound("part-before", "step_tab(-1)"),
        *(Binding(str(number), f"tab({number})", show=False) for number, _ in enumerate(TABS, 1)),
        *(bound(str(tab), f"tab({TABS.index(tab) + 1})") for tab in NAMED),
        bound("open", "open"),
        bound("what-if", "what_if"),
        bound("other", "other"),
        bound("container", "container"),
        bound("next-match", "match(1)"),
        bound("match-before", "match(-1)"),
        bound("copy", "copy"),
        bound("raw", "show_logs('raw')"),
        bound("times", "show_logs('times')"),
        bound("before-restart", "show_logs('before')"),
        bound("edit-canary", "act('edit')"),
        bound("shell", "shell"),
    ]

    def __init__(self, model: ConsoleModel, key: NamespacedName, part: str = "") -> None:
        super().__init__(model)
        self._key = key
        self._part = PartReader(Tab(part) if part else Tab.OVERVIEW, lambda: model.state)
        self._followed = FollowedDetail(model)
        self._offsets: dict[Tab, int] = {}
        self._drawn = _NOTHING
        self._search = PageSearch(lambda: self.app, lambda: self._page)

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(id="detail-top")
        yield ClickableLines(id="detail-tabs")
        yield Lines(id="detail-sub")
        yield Page(id="detail")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self._page.focus()
        self.set_interval(_LOOK_EVERY_S, self._look)
        self.call_after_refresh(self.redraw, frozenset({self._key}))

    def on_unmount(self) -> None:
        self._followed.close()

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.redraw, frozenset({self._key}))

    @property
    def _page(self) -> Page:
        return self.query_one("#detail", Page)

    def selected_key(self) -> NamespacedName | None:
        return self._key

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        return self.model.contexts.key(self._key) in changed

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        if not self.is_mounted:
            return
        if self._part.canary_detail is None:
            self._followed.follow(self._key)
            self._part.canary_detail = self._followed.of(self._key)
        if not changed or self._key in changed:
            self._draw()
        self.draw_bars()
        if self.model.flow is not None:
            self.model.connection.show_checks_of({self._key})

    def tick(self) -> None:
        self.redraw(frozenset({self._key}))

    def _look(self) -> None:
        """Draw what arrived from this screen's own watches and logs."""
        if self._news() != self._drawn:
            self._draw()

    def _news(self) -> tuple[int, int]:
        """Changes with everything that arrives from them."""
        canary_detail = self._part.canary_detail
        return (canary_detail.revision, canary_detail.logs.revision) if canary_detail is not None else _NOTHING

    def _view(self) -> DetailView | None:
        model = self.model
        row = model.row(self._key)
        return gather(
            model.state,
            self._key,
            self._part.canary_detail,
            model.local_now(),
            label=row.label if row else "",
            zone=model.zone,
            coloured=not self.app.no_color,
            links=tuple(links_of_canary(model, self._key)),
        )

    def _draw(self) -> None:
        self._drawn = self._news()
        part, view, page = self._part, self._view(), self._page
        columns = page.columns
        head, sub = self.query_one("#detail-top", Lines), self.query_one("#detail-sub", Lines)
        self.query_one("#detail-tabs", Lines).say(tab_line(part.tab, self.size.width - 2))
        if view is None:
            head.say(line((clean("/".join(self._key), 200), "strong")), layout=True)
            sub.say(line(), layout=True)
            page.put([self._absence()])
            return
        held = part.holds(columns, at_end=page.at_end)
        head.say(Text("\n").join(top(view, columns)[:_TOP_MOST]), layout=True)
        sub.say(part.line_above(view, columns, held=held), layout=True)
        sub.display = bool(sub.text)
        page.seek(part.sought(self._search.text))
        if not held:
            page.put(part.lines(view, columns, self.size.height), follow=part.filtered)

    def _absence(self) -> Text:
        row = self.model.row(self._key)
        if row is not None and row.problem:
            return line((row.problem, "bad"))
        return line((words.GONE.text(), "quiet"))

    def _works(self, action: str) -> bool:
        return bool(action) and super()._works(action)

    def hints(self) -> list[Hint]:
        return [*tab_hints(self._part.tab), *super().hints()]

    def on_clickable_lines_clicked(self, message: ClickableLines.Clicked) -> None:
        chosen = tab_at(self._part.tab, self.size.width - 2, message.column)
        if chosen is not None:
            self.action_tab(TABS.index(chosen) + 1)

    def jump_targets(self) -> list[JumpTarget]:
        """The names of the parts, and the checks in view."""
        from canarytui.console.jump_screen import JumpTarget

        names = self.query_one("#detail-tabs").content_region
        targets = [
            JumpTarget(names.x + column, names.y, partial(self.action_tab, TABS.index(tab) + 1))
            for tab, column in tab_columns(self._part.tab, self.size.width - 2)
        ]
        view, page = self._view(), self._page
        if self._part.tab is not Tab.CHECKS or view is None:
            return targets
        top, region = page.scroll_offset.y, page.content_region
        for number, (first, _) in enumerate(self._part.checks(view, page.columns).places):
            if top <= first < top + page.size.height:
                steps = number - self._part.cursor
                targets.append(JumpTarget(region.x, region.y + first - top, partial(self._move_cursor, steps)))
        return targets

    def action_tab(self, number: int) -> None:
        """Show part `number`, where it was left."""
        chosen = TABS[number - 1]
        if chosen is self._part.tab:
            return
        page = self._page
        self._offsets[self._part.tab] = page.scroll_offset.y
        self._part.turn_to(chosen)
        self._draw()
        self.draw_bars()
        if chosen is Tab.LOGS or (self._part.filtered and chosen not in self._offsets):
            page.to_end()
        else:
            page.scroll_to(y=self._offsets.get(chosen, 0), animate=False, force=True)

    def action_step_tab(self, steps: int) -> None:
        self.action_tab((TABS.index(self._part.tab) + steps) % len(TABS) + 1)

    def action_back(self) -> None:
        """End the filter or the search of this part, else go back to where the canary was opened."""
        if self._part.pattern:
            self._narrow(self._part.tab, "")
        elif self._part.filtered or not self._search.clear():
            self.model.send(Back(self))

    def action_leave(self) -> None:
        self.model.send(Back(self))

    def action_match(self, step: int) -> None:
        go_on(self.app, self._page, step, " ".join(self._part.sought(self._search.text)))

    def action_scroll(self, lines: int) -> None:
        if self._part.tab is Tab.CHECKS:
            self._move_cursor(lines)
        else:
            self._page.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        page = self._page
        page.scroll_relative(y=pages * max(page.size.height - 1, 1), animate=False)

    def action_scroll_edge(self, end: bool) -> None:
        if end:
            self._page.to_end()
        else:
            self._page.scroll_home(animate=False)

    def _move_cursor(self, steps: int) -> None:
        view = self._view()
        if view is None or not view.every_check:
            return
        self._part.move_cursor(steps)
        self._draw()
        self._reveal_check(view)

    def _reveal_check(self, view: DetailView) -> None:
        found = self._part.checks(view, self._page.columns)
        self._page.reveal(*found.places[self._part.cursor])

    def action_open(self) -> None:
        """Show or hide the query of the check under the cursor."""
        view = self._view()
        check = self._check(view)
        if view is None or check is None or self._part.tab is not Tab.CHECKS:
            return
        self._part.turn_query(check.name)
        self._draw()
        self._reveal_check(view)

    def action_what_if(self) -> None:
        """Ask for another threshold of the check under the cursor, and replay the past rollouts with it."""
        if self._part.tab is not Tab.CHECKS:
            self.action_tab(TABS.index(Tab.CHECKS) + 1)
        view = self._view()
        check = self._check(view)
        if view is None or check is None:
            self.notify(backtest.NO_CHECK_SELECTED.text(), timeout=4)
            return
        ask_threshold(self, view.situation.canary, check)

    def _check(self, view: DetailView | None) -> Check | None:
        """The one under the cursor."""
        return self._part.selected_check(view, self._page.columns) if view is not None else None

    def action_other(self) -> None:
        """The next object's YAML, or the next logs."""
        if self._part.next_other(self._view()):
            self._page.scroll_home(animate=False)
        self._draw()

    def action_container(self) -> None:
        """Only the next container's log."""
        if self._part.next_container():
            self._draw()

    def action_show_logs(self, change: str) -> None:
        """Turn one of the ways in which logs are shown: ``raw``, ``times``, ``before``."""
        if self._part.turn_logs(change):
            self._draw()

    def action_copy(self) -> None:
        """Hand the text of this part, or the query under the cursor, to the terminal's clipboard."""
        view = self._view()
        if view is None:
            return
        what, text = self._part.copy(view, self.size.height)
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(words.COPIED.text(what=what), timeout=3, markup=False)

    def page_text(self) -> str:
        view = self._view()
        return self._part.text(view, self.size.height) if view is not None else ""

    def action_filter(self) -> None:
        """Filter logs and timeline, search the other parts."""
        from canarytui.console.prompt_screen import PromptScreen

        tab = self._part.tab
        if not self._part.filtered:
            before = self._search.text
            self.ask(self._search.prompt(), lambda answer: self._search.answered(before, answer))
            return
        before = self._part.pattern
        prompt = PromptScreen(
            "/", before, hint=list_screen.HINT_LINES.text(), on_change=lambda pattern: self._narrow(tab, pattern)
        )
        self.ask(prompt, lambda answer: self._narrow(tab, before if answer is None else answer))

    def _narrow(self, tab: Tab, pattern: str) -> None:
        self._part.narrow(tab, pattern)
        self._draw()

    def action_sort(self) -> None:
        self.notify(words.NO_ORDER.text(), timeout=3)

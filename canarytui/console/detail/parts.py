"""What each part of the detail screen shows, given the person's choices in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from rich.text import Text

from canarytui.console.detail.changes import diff
from canarytui.console.detail.checks import CheckList, check_list
from canarytui.console.detail.describe import describe
from canarytui.console.detail.history import history
from canarytui.console.detail.layout import folded, line
from canarytui.console.detail.logs import WHOSE, LogView, log_header, log_lines
from canarytui.console.detail.manifest import manifest, shown_objects, yaml_text
from canarytui.console.detail.objects import tree
from canarytui.console.detail.overview import overview, top
from canarytui.console.detail.queries import asked_queries
from canarytui.console.detail.tabs import Tab
from canarytui.console.detail.view import DetailView
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import clean
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.log_follower import BOTH, CONTROLLER
from canarytui.session.state import ClusterState

FILTERED = (Tab.LOGS, Tab.TIMELINE)
_ENTRIES = 400
_COPY_COLUMNS = 400


class Choices(Struct):
    """`cursor` is the index of the selected check, `opened` are checks whose query is shown; `object` is the title of
    the object whose YAML is shown; `whose` logs, of which `source` ("": all), shown as `logs` says; `patterns` are
    filters by part."""

    cursor: int = 0
    opened: frozenset[str] = frozenset()
    object: str = ""
    whose: str = WHOSE[0]
    source: str = ""
    logs: LogView = field(default_factory=LogView)
    patterns: dict[Tab, str] = field(default_factory=lambda: dict.fromkeys(FILTERED, ""))
    _yaml: tuple[Mapping[str, Any], str] = ({}, "")

    def next_whose(self) -> None:
        self.whose = WHOSE[(WHOSE.index(self.whose) + 1) % len(WHOSE)]
        self.source = ""

    def next_source(self, canary_detail: CanaryDetail) -> None:
        """Only the next container's lines; after the last one, all."""
        sources = ["", *sorted(canary_detail.logs.followed)]
        place = sources.index(self.source) if self.source in sources else 0
        self.source = sources[(place + 1) % len(sources)]

    def next_object(self, view: DetailView) -> None:
        titles = [title for title, _ in shown_objects(view)]
        self.object = titles[(titles.index(self.chosen_object(view)[0]) + 1) % len(titles)]

    def chosen_object(self, view: DetailView) -> tuple[str, Mapping[str, Any]]:
        """(title, object) whose YAML is shown: the canary's own when the chosen one is gone."""
        objects = shown_objects(view)
        return next((pair for pair in objects if pair[0] == self.object), objects[0])

    def yaml_of(self, view: DetailView) -> str:
        """The YAML of the chosen object, made once for each of its versions."""
        _, obj = self.chosen_object(view)
        if obj is not self._yaml[0]:
            self._yaml = (obj, yaml_text(obj))
        return self._yaml[1]

    def checks(self, view: DetailView, state: ClusterState, columns: int) -> CheckList:
        """The checks in full, with the cursor on an existing one."""
        self.cursor = min(max(self.cursor, 0), max(len(view.every_check) - 1, 0))
        asked = asked_queries(state, view.situation.canary)
        return check_list(view, asked, self.cursor, self.opened, columns)


def part_lines(
    tab: Tab,
    view: DetailView,
    choices: Choices,
    state: ClusterState,
    canary_detail: CanaryDetail | None,
    columns: int,
    height: int,
) -> Sequence[Text]:
    """The lines of one part, each at most `columns` wide; `height` is the screen's."""
    match tab:
        case Tab.OVERVIEW:
            return overview(view, columns, height)
        case Tab.CHECKS:
            return choices.checks(view, state, columns).lines
        case Tab.OBJECTS:
            return tree(view, columns) or [line((words.NOT_CONNECTED.text(), "quiet"))]
        case Tab.DIFF:
            return diff(view, columns)
        case Tab.DESCRIBE:
            return describe(view, columns)
        case Tab.YAML:
            return manifest(choices.yaml_of(view), columns)
        case Tab.LOGS:
            return _logs(view, choices, canary_detail, columns)
        case Tab.TIMELINE:
            return history(view, columns, _ENTRIES, choices.patterns[Tab.TIMELINE])


def line_above(
    tab: Tab, view: DetailView, choices: Choices, canary_detail: CanaryDetail | None, columns: int, *, held: bool
) -> Text:
    """The line above the part, "" for a part that has none. `held`: its lines do not move while scrolled back."""
    if tab is Tab.LOGS and canary_detail is not None:
        pattern = choices.patterns[Tab.LOGS]
        return log_header(
            canary_detail.logs, choices.whose, choices.source, pattern, columns, held=held, view=choices.logs
        )
    if tab is Tab.TIMELINE and choices.patterns[Tab.TIMELINE]:
        return line((f"filter {choices.patterns[Tab.TIMELINE]}", "strong"))
    if tab is Tab.YAML:
        return line((choices.chosen_object(view)[0], "strong"))
    return line()


def copy_of(
    tab: Tab, view: DetailView, choices: Choices, state: ClusterState, canary_detail: CanaryDetail | None, height: int
) -> tuple[str, str]:
    """(what it is, text) for the clipboard: the selected query, the YAML, or the part as shown."""
    if tab is Tab.CHECKS and view.every_check:
        choices.checks(view, state, _COPY_COLUMNS)
        name = view.every_check[choices.cursor].name
        return f"query of {name}", asked_queries(state, view.situation.canary)[name].query
    if tab is Tab.YAML:
        return choices.chosen_object(view)[0], choices.yaml_of(view)
    return str(tab), whole_part(tab, view, choices, state, canary_detail, height)


def whole_part(
    tab: Tab, view: DetailView, choices: Choices, state: ClusterState, canary_detail: CanaryDetail | None, height: int
) -> str:
    """The text of a part, its lines not folded to the screen; the YAML as it is."""
    if tab is Tab.YAML:
        return choices.yaml_of(view)
    columns = 120 if tab is Tab.OVERVIEW else _COPY_COLUMNS
    lines = [*part_lines(tab, view, choices, state, canary_detail, columns, height)]
    if tab is Tab.OVERVIEW:
        lines = [*top(view, columns), line(), *lines]
    return "\n".join(part.plain.rstrip() for part in lines)


def _logs(view: DetailView, choices: Choices, canary_detail: CanaryDetail | None, columns: int) -> Sequence[Text]:
    if canary_detail is None:
        return [line((words.NOT_CONNECTED.text(), "quiet"))]
    if choices.whose == CONTROLLER and not view.engine:
        missing = words.NO_CONTROLLER if view.engine_sought else words.LOOKING_FOR_CONTROLLER
        return [line((missing.text(), "waiting"))]
    refused = canary_detail.refusals.get("Pod", "") if choices.whose != CONTROLLER else ""
    why = folded(f"· {clean(refused, 600)}", columns, "waiting", 2) if refused else []
    if why and not canary_detail.logs.followed and not len(canary_detail.logs):
        return why  # there is nothing to wait for
    lines = log_lines(
        canary_detail.logs,
        choices.source,
        choices.patterns[Tab.LOGS],
        columns,
        view.zone,
        view=choices.logs,
        sided=choices.whose == BOTH,
        pods_known=choices.whose == CONTROLLER or canary_detail.is_known("Pod"),
    )
    return [*lines, *why]

"""Everything about one canary on a page that scrolls: beside the list on a wide terminal, else a screen.

Draws the parts made by ``detail`` and ``plots``; each part is redrawn only when its text changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from canarytui.console import detail
from canarytui.console.plots import Plot, draw
from canarytui.console.readings import DURATION, SUCCESS_RATE
from canarytui.console.rows import Key
from canarytui.console.widgets.lines import Lines
from canarytui.console.wording import tail
from canarytui.domain.explain import Tone, explain
from canarytui.domain.situation import Situation
from canarytui.domain.steps import step_plan, target_weight

if TYPE_CHECKING:
    from canarytui.console.app import ConsoleApp

_TONES = {Tone.BAD: "bad", Tone.WAITING: "waiting", Tone.ACTIVE: "active", Tone.QUIET: "quiet"}
_PARTS = ("headline", "reason", "steps", "checks", "plots", "versions", "conditions", "webhooks", "history")
_TITLES = {
    "steps": "STEPS",
    "checks": "CHECKS",
    "versions": "VERSIONS",
    "conditions": "CONDITIONS",
    "webhooks": "WEBHOOKS",
    "history": "TIMELINE",
}
_TWO_PLOTS = 110


class DetailPane(VerticalScroll, can_focus=True):
    """`show` draws a situation; called after changes and once a second."""

    def compose(self) -> ComposeResult:
        for part in _PARTS:
            yield Lines(id=f"part-{part}", classes="part")

    def show(self, key: Key | None, situation: Situation | None) -> None:
        """Draw `situation`; None says that there is nothing to show."""
        if not self.is_mounted:
            return
        if key is None or situation is None:
            for part in _PARTS:
                self._part(part, Text())
            missing = f"{key[0]}/{key[1]} cannot be read or is gone" if key else "no canary selected"
            self._part("headline", Text(missing, style="quiet"))
            return
        columns = max(self.content_size.width - 1, 20)
        console = self._console_app()
        local = situation.at(console.local_now())
        row = console.listing.row(key)
        explanation = explain(local)
        status = situation.canary.status
        self._part("headline", detail.headline(local, row.label if row else str(local.phase), columns))
        self._part("reason", Text(explanation.sentence, style=_TONES[explanation.tone]))
        ruler = detail.ruler(step_plan(local.canary), local.weight, status.iterations, columns)
        self._part("steps", Text("   ").join([ruler, detail.failures(local)]))
        self._part("checks", detail.checks_table(local.checks, columns))
        self._part("plots", self._plots(key, local, columns))
        self._part("versions", detail.versions(local, columns))
        self._part("conditions", detail.conditions({"conditions": list(status.conditions)}, columns))
        self._part("webhooks", detail.webhooks(local, columns))
        entries = console.world.timeline.latest(60, *key)
        history = tail(reversed(entries), columns, console.zone, with_canary=False)
        self._part("history", history if entries else Text("nothing seen yet", style="quiet"))

    def _plots(self, key: Key, situation: Situation, columns: int) -> Text:
        console = self._console_app()
        world = console.world
        lines = 9 if self.app.size.height < 30 else 12
        now = situation.now
        events = tuple(entry.at for entry in world.timeline.latest(40, *key) if entry.warning)
        goal = target_weight(situation.canary.spec.analysis)
        checks = {check.name: check for check in situation.checks}
        second = SUCCESS_RATE if SUCCESS_RATE in checks else next(iter(checks), "")
        weight = Plot("weight %", tuple(world.track(key).weights), 0.0, 100.0, float(goal), (), True)
        plots = [weight]
        if second:
            check = checks[second]
            bound = check.minimum if check.minimum is not None else check.maximum
            values = tuple(world.readings.points(key, second))
            high = 100.0 if check.unit == "%" else max(bound or 0.0, 1.0)
            low = 0.0 if check.unit != "%" else min([90.0, *(value for _, value in values if value == value)])
            title = {SUCCESS_RATE: "success rate %", DURATION: "request duration ms"}.get(second, second)
            plots.append(Plot(title, values, low, high, bound, events[-6:]))
        coloured = not self.app.no_color
        if columns < _TWO_PLOTS:
            drawn = [draw(plot, columns, lines, now, console.zone, coloured=coloured) for plot in plots]
            return Text("\n").join(drawn)
        half = columns // len(plots) - 2
        return side_by_side([draw(plot, half, lines, now, console.zone, coloured=coloured) for plot in plots], half)

    def _part(self, name: str, text: Text) -> None:
        title = _TITLES.get(name)
        if title and text:
            text = Text("\n").join([Text(title, style="line"), text])
        self.query_one(f"#part-{name}", Lines).say(text, layout=True)

    def _console_app(self) -> ConsoleApp:
        return cast("ConsoleApp", self.app)


def side_by_side(texts: list[Text], columns: int) -> Text:
    """Texts of equal width beside each other, two columns apart."""
    split = [text.split("\n", allow_blank=True) for text in texts]
    height = max(len(lines) for lines in split)
    joined = []
    for index in range(height):
        line = Text(no_wrap=True)
        for lines in split:
            part = lines[index].copy() if index < len(lines) else Text()
            part.truncate(columns, pad=True)
            line.append_text(part)
            line.append("  ")
        joined.append(line)
    return Text("\n").join(joined)

"""What all screens about canaries share: the keys, acting on a canary, the prompt, the bars above and below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from canarytui.console.commands import completions, correction, run_command
from canarytui.console.dismissed_once import DismissedOnce
from canarytui.console.keymap import INTENTS, K9S, PINNED, KeyHelp, bindings, shown_keys
from canarytui.console.messages import (
    KeepMemory,
    KeyTyped,
    Leave,
    OpenShell,
    PageText,
    ReadContexts,
    RequestAction,
    RunPlugin,
    ShowCanary,
    ShowDrill,
    ShowGates,
    ShowUndo,
)
from canarytui.console.model import ConsoleModel
from canarytui.console.status_lines import title_bar
from canarytui.console.widgets.key_hints import Hint, KeyHints
from canarytui.console.widgets.lines import Lines
from canarytui.domain.plan import Intent
from canarytui.domain.sentences import console, programs
from canarytui.domain.sentences import list_screen as words
from canarytui.domain.values import NamespacedName
from canarytui.errors import ConfigError
from canarytui.session.read_only_connection import REASON as READ_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from canarytui.console.jump_screen import JumpTarget
    from canarytui.console.programs.plugins import Plugin
    from canarytui.console.prompt_screen import PromptScreen


class ConsoleScreen(DismissedOnce[None]):
    """A screen about canaries. The app calls `redraw` after changes and `tick` once a second."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    everywhere: ClassVar[bool] = False
    """Whether the screen is about all contexts, not only the current one."""

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__()
        self.model = model

    def selected_key(self) -> NamespacedName | None:
        """The canary that actions apply to; None on a screen without one."""
        return None

    def chosen_keys(self) -> frozenset[NamespacedName]:
        """The marked canaries, for one action on all of them; none on a screen about one canary."""
        return frozenset()

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Draw what changed about the canaries in `changed`; everything when it is empty."""

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        """Whether a change of any of these canaries, keys of the list, is seen here as soon as it is drawn."""
        return False

    def tick(self) -> None:
        """A second has passed: draw what depends on the time."""

    def title_line(self) -> ComposeResult:
        yield Lines(id="title-bar")

    def hint_line(self) -> ComposeResult:
        yield KeyHints(id="key-hints")

    def on_screen_resume(self) -> None:
        """Catch up: changes are not drawn while another screen is on top."""
        if self.is_mounted and self.query("#title-bar"):
            self.redraw(frozenset())
            self.draw_bars()

    @property
    def is_whole(self) -> bool:
        """Whether its parts are mounted: they come after the screen and go before it."""
        parts = {child.id for child in self.children}
        return "title-bar" in parts and "key-hints" in parts

    def draw_bars(self) -> None:
        """Draw title bar and key hints."""
        place = self.model.place(everywhere=self.everywhere)
        bar = self.query_one("#title-bar", Lines)
        bar.set_class(place.stale_since is not None, "stale")
        bar.say(title_bar(place, self.size.width, self.model.local_now()))
        self.query_one("#key-hints", KeyHints).show_hints(self.hints(), self.pinned_hints(), self.size.width)

    def hints(self) -> list[Hint]:
        """The keys that work now, the most useful first."""
        return [
            Hint(key.shown, self._label(key), key.action or key.name)
            for key in shown_keys(self.model.settings.keys)
            if key.hint and key.name not in PINNED and self._works(key.action)
        ]

    def pinned_hints(self) -> list[Hint]:
        """The keys that are always shown."""
        return [
            Hint(key.shown, key.short, key.action) for key in shown_keys(self.model.settings.keys) if key.name in PINNED
        ]

    def _label(self, key: KeyHelp) -> str:
        """What a key does to the selection now."""
        selected = self.selected_key() if key.name == "pause" else None
        situation = self.model.state.situation(selected) if selected is not None else None
        paused = situation is not None and situation.canary.spec.suspend
        return str(Intent.RESUME) if paused else key.short

    def _works(self, action: str) -> bool:
        """Whether an action is possible on the selection now; the plan has the last word."""
        return not self.reason(action)

    def reason(self, action: str) -> str:
        """Why an action is not possible on the selection now; "" when it is, or when it is no action on a canary."""
        name = action.removeprefix("act('").removesuffix("')") if action.startswith("act(") else ""
        flow, key = self.model.flow, self.selected_key()
        if not name:
            return ""
        if self.model.settings.read_only:
            return READ_ONLY
        if flow is None or key is None:
            return words.NONE_SELECTED.text()
        return flow.drill_reason(key) if name == "fault" else flow.reason(self._intent(name, key), key)

    def _intent(self, name: str, key: NamespacedName) -> Intent:
        """The intent of a key's name; some keys mean something else on a paused canary or one with iterations."""
        situation = self.model.state.situation(key)
        if situation is not None and name == "pause" and situation.canary.spec.suspend:
            return Intent.RESUME
        if name == "skip":
            iterated = situation is not None and situation.canary.spec.analysis.iterations > 0
            return Intent.FINISH if iterated else Intent.SKIP_TO
        return INTENTS[name]

    def action_act(self, name: str) -> None:
        key = self.selected_key()
        if name == "fault":
            self.model.send(ShowDrill(key))
            return
        if key is None or self.model.flow is None:
            self.notify(words.SELECT_FIRST.text(), severity="warning")
            return
        marked = self.chosen_keys()
        if len(marked) > 1:
            self.model.send(RequestAction(INTENTS.get(name, Intent.SKIP_TO), marked))
        else:
            self.model.send(RequestAction(self._intent(name, key), frozenset({key})))
        if name in K9S:
            self.tell_difference(name)

    def tell_difference(self, name: str) -> None:
        """Report once that the key of action `name` means something else in k9s."""
        key = next(key for key in shown_keys(self.model.settings.keys) if key.name == name)
        if key.k9s and self.model.memory.is_first(f"k9s {name}"):
            self.model.send(KeepMemory())
            self.notify(words.UNLIKE_K9S.text(key=key.shown, does=key.short, k9s=key.k9s), timeout=6, markup=False)

    def jump_targets(self) -> list[JumpTarget]:
        """What the keyboard can jump to: what is in view of rows, parts, panes."""
        return []

    def action_jump(self) -> None:
        """Show a letter at each target."""
        from canarytui.console.jump_screen import JumpScreen

        targets = self.jump_targets()
        if targets:
            self.app.push_screen(JumpScreen(targets), lambda target: target.go() if target is not None else None)
        else:
            self.notify(console.JUMP_NOWHERE.text(), timeout=2)

    def action_gates(self) -> None:
        key = self.selected_key()
        if key is not None:
            self.model.send(ShowGates(key))

    def page_text(self) -> str:
        """What the pager's key opens; "" where there is nothing to page."""
        return ""

    def action_page_text(self) -> None:
        text = self.page_text()
        if text:
            self.model.send(PageText(text))
        else:
            self.notify(programs.NO_TEXT.text(), timeout=3)

    def action_shell(self) -> None:
        key = self.selected_key()
        if key is None or self.model.flow is None:
            self.notify(words.SELECT_FIRST.text(), severity="warning")
        else:
            self.model.send(OpenShell(key))

    def run_plugin(self, plugin: Plugin) -> None:
        """Run a plugin for the selected canary."""
        self.model.send(RunPlugin(plugin, self.selected_key()))

    def action_what_if(self) -> None:
        """Elsewhere than at the checks of a canary: open them."""
        from canarytui.domain.sentences import backtest

        key = self.selected_key()
        if key is None:
            self.notify(words.SELECT_FIRST.text(), severity="warning")
            return
        self.model.send(ShowCanary(key, "checks"))
        shown = next(each.shown for each in shown_keys(self.model.settings.keys) if each.name == "what-if")
        self.notify(backtest.SELECT_A_CHECK.text(key=shown), timeout=6, markup=False)

    def action_undo(self) -> None:
        self.model.send(ShowUndo(self.selected_key()))

    async def action_link(self, title: str = "") -> None:
        """Open or copy a link of the selected canary."""
        from canarytui.console.link_opening import open_link

        await open_link(self.app, self.model, self.selected_key(), title)

    async def action_summary(self) -> None:
        """Copy what happened to the selected canary, as Markdown, and keep it in a file."""
        from canarytui.console.incident import save_summary, summary_of
        from canarytui.domain.sentences import incident

        key = self.selected_key()
        text = await summary_of(self.model, key) if key is not None and self.model.flow is not None else ""
        if key is None or not text:
            self.notify(words.SELECT_FIRST.text(), severity="warning")
            return
        self.app.copy_to_clipboard(text)
        canary = "/".join(key)
        try:
            path = await save_summary(text, key, self.model.local_now())
        except ConfigError as error:
            self.notify(incident.COPIED_ONLY.text(canary=canary, why=error), severity="warning", markup=False)
            return
        self.notify(incident.COPIED_AND_SAVED.text(canary=canary, path=path), timeout=8, markup=False)

    def action_help(self) -> None:
        from canarytui.console.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(self.model.settings, reason=self.reason))

    def on_text_selected(self) -> None:
        """A drag has ended: hand the selected text to the terminal's clipboard."""
        text = self.get_selected_text()
        if text and text.strip():
            self.app.copy_to_clipboard(text)
            self.notify(words.TEXT_COPIED.text(count=len(text)), timeout=2)

    def on_key(self, event: events.Key) -> None:
        """Report which screen a key was typed for: another may be on top by the time the app handles it."""
        self.model.send(KeyTyped(event, self))

    def ask(self, prompt: PromptScreen, answered: Callable[[str | None], None]) -> None:
        """Open `prompt` at once: what is typed or pasted right behind its key must not act on the screen below."""
        self.app.push_screen(prompt, answered)

    def action_command(self) -> None:
        from canarytui.console.prompt_screen import PromptScreen

        model = self.model
        model.send(ReadContexts())
        prompt = PromptScreen(
            ":",
            completed=lambda text: completions(model, text),
            corrected=lambda text: correction(model, text),
            history=model.memory.commands,
        )

        def run(line: str | None) -> None:
            if line and line.strip():
                model.memory.gave(line.strip())
                model.send(KeepMemory())
                run_command(model, line)

        self.ask(prompt, run)

    def action_quit_now(self) -> None:
        self.model.send(Leave())

    def line_width(self, widget: Widget) -> int:
        """Columns inside `widget`; the whole screen's before the first layout."""
        return widget.content_size.width or self.size.width

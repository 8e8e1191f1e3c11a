"""What screens say to the app: every message there is. Screens send them with ``model.send`` and never import the app.

The app acts on a message before ``send`` returns. Textual's own messages would queue behind keys that have been typed
ahead, and such a key must not act on the screen that is about to be left.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from textual.events import Key as KeyEvent
from textual.screen import Screen

from canarytui.console.list.filter import KeptRows
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.console.picker_kind import PickerKind
from canarytui.console.programs.plugins import Plugin
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.plan import Intent
from canarytui.domain.values import NamespacedName


class ShowList(Struct, frozen=True):
    """Go back to the list, whatever is open."""


class Back(Struct, frozen=True):
    """Close `screen`, and go back to the one it was opened from."""

    screen: Screen[None]


class ShowCanary(Struct, frozen=True):
    """Open one canary of the current context, at the part of this name (``checks``), else at the overview: above a
    timeline, otherwise above the list."""

    key: NamespacedName
    part: str = ""


class ShowTimeline(Struct, frozen=True):
    """Open the whole timeline."""


class ShowPulse(Struct, frozen=True):
    """Open the pulse: a fleet in five numbers, by context and namespace."""


class ShowMoment(Struct, frozen=True):
    """Show an entry of the timeline on its canary's plots."""

    entry: TimelineEntry


class ShowAudit(Struct, frozen=True):
    """Open the audit log of the current context."""


class ShowPicker(Struct, frozen=True):
    """Open a list of choices."""

    kind: PickerKind


class NarrowList(Struct, frozen=True):
    """Filter the list; None leaves that part as it is."""

    pattern: str | None = None
    namespace: str | None = None
    kept: KeptRows | None = None


class SwitchContext(Struct, frozen=True):
    """Go to another context of the kubeconfig; where several are shown, it joins them."""

    name: str


class RequestAction(Struct, frozen=True):
    """Plan an action on canaries of the current context, confirm it and carry it out."""

    intent: Intent
    keys: frozenset[NamespacedName]


class ShowGates(Struct, frozen=True):
    """Show the gates of a canary, and open or close one."""

    key: NamespacedName


class ShowUndo(Struct, frozen=True):
    """Show what was done from this machine, and undo what is chosen; `key` is the canary to begin with."""

    key: NamespacedName | None


class ShowDrill(Struct, frozen=True):
    """Show the running drill, or the form for a new one on a canary; None when no canary is selected."""

    key: NamespacedName | None


class RunAction(Struct, frozen=True):
    """Run an action of the screen on top, named as Textual names actions."""

    action: str


class ChooseTheme(Struct, frozen=True):
    """Change the colours."""

    name: str


class ChooseLayout(Struct, frozen=True):
    """Divide the list's screen another way, now and at the next start."""

    preset: LayoutPreset


class ToggleBell(Struct, frozen=True):
    """Mute the bell, or unmute it."""


class Notify(Struct, frozen=True):
    """Show a notice; `timeout_s` None for the app's own."""

    text: str
    warning: bool = False
    timeout_s: float | None = None


class KeyTyped(Struct, frozen=True):
    """A key was typed for `screen`: by the time it is acted on, another screen may be on top."""

    event: KeyEvent
    screen: Screen[None]


class PageText(Struct, frozen=True):
    """Open a text in the person's pager."""

    text: str


class ShowText(Struct, frozen=True):
    """Show a page of text above the screen."""

    title: str
    text: str


class OpenShell(Struct, frozen=True):
    """Open a shell in a container of a canary's or its primary's pods."""

    key: NamespacedName


class RunPlugin(Struct, frozen=True):
    """Run a plugin for a canary; None where none is selected."""

    plugin: Plugin
    key: NamespacedName | None


class ShowRequests(Struct, frozen=True):
    """Show the requests that were sent to the current context's API server."""


class ReadContexts(Struct, frozen=True):
    """Read the kubeconfig's contexts again, in the background: a command may be about to name one."""


class KeepMemory(Struct, frozen=True):
    """Write what the console remembers to its file, in the background."""


class Leave(Struct, frozen=True):
    """End the console."""


class ShowWhatIf(Struct, frozen=True):
    """Replay the past rollouts of a canary with another threshold of one check, and show what they would have been;
    `limits` as ``--threshold`` takes them behind the equals sign."""

    key: NamespacedName
    check: str
    limits: str


ScreenMessage = (
    ShowList
    | Back
    | ShowCanary
    | ShowTimeline
    | ShowPulse
    | ShowMoment
    | ShowAudit
    | ShowPicker
    | ShowText
    | ShowRequests
    | ShowWhatIf
)
"""Open or close a screen."""
FlowMessage = RequestAction | ShowGates | ShowUndo
"""Act on canaries, in a dialog first."""
ProgramMessage = PageText | OpenShell | RunPlugin
"""Start a program of the person's own."""
ConsoleMessage = (
    ScreenMessage
    | FlowMessage
    | ProgramMessage
    | NarrowList
    | SwitchContext
    | ShowDrill
    | RunAction
    | ChooseTheme
    | ChooseLayout
    | ToggleBell
    | Notify
    | KeyTyped
    | ReadContexts
    | KeepMemory
    | Leave
)
Send = Callable[[ConsoleMessage], None]

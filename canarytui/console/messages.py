"""What screens say to the app: every message there is. Screens send them with ``model.send`` and never import the app.

The app acts on a message before ``send`` returns. Textual's own messages would queue behind keys that have been typed
ahead, and such a key must not act on the screen that is about to be left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.events import Key as KeyEvent
from textual.screen import Screen

from canarytui.console.list.filter import KeptRows
from canarytui.console.panes.screen_layout import LayoutPreset
from canarytui.console.picker_kind import PickerKind
from canarytui.console.programs.plugins import Plugin
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.plan import Intent
from canarytui.domain.values import NamespacedName


@dataclass(frozen=True, slots=True)
class ShowList:
    """Go back to the list, whatever is open."""


@dataclass(frozen=True, slots=True)
class Back:
    """Close `screen`, and go back to the one it was opened from."""

    screen: Screen[None]


@dataclass(frozen=True, slots=True)
class ShowCanary:
    """Open one canary of the current context, at the part of this name (``checks``), else at the overview: above a
    timeline, otherwise above the list."""

    key: NamespacedName
    part: str = ""


@dataclass(frozen=True, slots=True)
class ShowTimeline:
    """Open the whole timeline."""


@dataclass(frozen=True, slots=True)
class ShowPulse:
    """Open the pulse: a fleet in five numbers, by context and namespace."""


@dataclass(frozen=True, slots=True)
class ShowMoment:
    """Show an entry of the timeline on its canary's plots."""

    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class ShowAudit:
    """Open the audit log of the current context."""


@dataclass(frozen=True, slots=True)
class ShowPicker:
    """Open a list of choices."""

    kind: PickerKind


@dataclass(frozen=True, slots=True)
class NarrowList:
    """Filter the list; None leaves that part as it is."""

    pattern: str | None = None
    namespace: str | None = None
    kept: KeptRows | None = None


@dataclass(frozen=True, slots=True)
class SwitchContext:
    """Go to another context of the kubeconfig; where several are shown, it joins them."""

    name: str


@dataclass(frozen=True, slots=True)
class RequestAction:
    """Plan an action on canaries of the current context, confirm it and carry it out."""

    intent: Intent
    keys: frozenset[NamespacedName]


@dataclass(frozen=True, slots=True)
class ShowGates:
    """Show the gates of a canary, and open or close one."""

    key: NamespacedName


@dataclass(frozen=True, slots=True)
class ShowUndo:
    """Show what was done from this machine, and undo what is chosen; `key` is the canary to begin with."""

    key: NamespacedName | None


@dataclass(frozen=True, slots=True)
class ShowDrill:
    """Show the running drill, or the form for a new one on a canary; None when no canary is selected."""

    key: NamespacedName | None


@dataclass(frozen=True, slots=True)
class RunAction:
    """Run an action of the screen on top, named as Textual names actions."""

    action: str


@dataclass(frozen=True, slots=True)
class ChooseTheme:
    """Change the colours."""

    name: str


@dataclass(frozen=True, slots=True)
class ChooseLayout:
    """Divide the list's screen another way, now and at the next start."""

    preset: LayoutPreset


@dataclass(frozen=True, slots=True)
class ToggleBell:
    """Mute the bell, or unmute it."""


@dataclass(frozen=True, slots=True)
class Notify:
    """Show a notice; `timeout_s` None for the app's own."""

    text: str
    warning: bool = False
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class KeyTyped:
    """A key was typed for `screen`: by the time it is acted on, another screen may be on top."""

    event: KeyEvent
    screen: Screen[None]


@dataclass(frozen=True, slots=True)
class PageText:
    """Open a text in the person's pager."""

    text: str


@dataclass(frozen=True, slots=True)
class ShowText:
    """Show a page of text above the screen."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenShell:
    """Open a shell in a container of a canary's or its primary's pods."""

    key: NamespacedName


@dataclass(frozen=True, slots=True)
class RunPlugin:
    """Run a plugin for a canary; None where none is selected."""

    plugin: Plugin
    key: NamespacedName | None


@dataclass(frozen=True, slots=True)
class ShowRequests:
    """Show the requests that were sent to the current context's API server."""


@dataclass(frozen=True, slots=True)
class ReadContexts:
    """Read the kubeconfig's contexts again, in the background: a command may be about to name one."""


@dataclass(frozen=True, slots=True)
class KeepMemory:
    """Write what the console remembers to its file, in the background."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End the console."""


@dataclass(frozen=True, slots=True)
class ShowWhatIf:
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

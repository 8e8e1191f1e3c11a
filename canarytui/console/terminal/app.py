"""Job control, signals and crashes: Ctrl-Z suspends, ``fg`` resumes, and the terminal is always restored.

A suspended process does nothing at all; what must not go on unattended is stopped before, in
:meth:`TerminalApp.before_suspending`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from rich.console import RenderableType
from textual.actions import ActionParseResult
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.dom import DOMNode, NoScreen
from textual.driver import Driver
from textual.events import Event, InputEvent
from textual.widget import Widget
from textual.worker import WorkerFailed

from canarytui.background import FROM_BACKGROUND
from canarytui.console.terminal.diff_app import DiffApp
from canarytui.console.terminal.driver import with_our_input
from canarytui.console.terminal.foreground_program import kept_attributes, programs_signals, run_in_terminal
from canarytui.domain.sentences import console as words
from canarytui.domain.sentences import programs
from canarytui.domain.text.plain import printable
from canarytui.errors import CanarytuiError
from canarytui.exit_codes import ExitCode

log = logging.getLogger(__name__)


class TerminalApp(DiffApp):
    """`crash` is the last unexpected error, None without one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True, id="suspend")
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.crash: BaseException | None = None
        self._suspending = False
        self._handed_over = False
        self._own_continues = 0

    def get_driver_class(self) -> type[Driver]:
        return with_our_input(super().get_driver_class())

    def panic(self, *renderables: RenderableType) -> None:
        """Something in Textual failed: end with the exit code for that, without a traceback."""
        self.exit(return_code=ExitCode.CRASHED)

    def on_mount(self) -> None:
        asyncio.get_running_loop().set_exception_handler(self._in_loop)
        if self.is_headless or threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.exit, None, 128 + signal.SIGTERM)
        self._obey_job_control()

    def _obey_job_control(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTSTP, lambda: self.call_later(self.action_suspend_process))
        loop.add_signal_handler(signal.SIGCONT, self._continued)

    def run_directly(self, callback: Callable[[], None]) -> None:
        """Run `callback` in the app's context but past its message queue; nothing once the app has ended."""
        context = getattr(self, "_context", None)
        if not self.is_running:
            return
        if context is None:
            self.call_later(callback)
            return
        try:
            with context():
                callback()
        except Exception as error:
            self._handle_exception(error)

    def _in_loop(self, loop: asyncio.AbstractEventLoop, about: dict[str, Any]) -> None:
        """What ended one of our background tasks is an unexpected error like any other; libraries' go to the log."""
        error = about.get("exception")
        if about.get(FROM_BACKGROUND) and isinstance(error, Exception) and self.is_running:
            self.run_directly(partial(self._handle_exception, error))
        else:
            loop.default_exception_handler(about)

    def _handle_exception(self, error: Exception) -> None:
        """No traceback on the screen: it goes to the log file, and a notice says so."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error  # it has the traceback
        if os.environ.get("CANARYTUI_DEBUG") or self.is_headless:
            super()._handle_exception(error)
            return
        self.crash = error
        log.error("unexpected error", exc_info=error)
        self.notify(words.UNEXPECTED.text(), severity="error", markup=False)

    async def on_event(self, event: Event) -> None:
        """Act on it, but not on what was typed after the key that ends the app: the screens are closing."""
        if not (self._exit and isinstance(event, InputEvent)):
            await super().on_event(event)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; nothing once the app is ending, or of a screen that has closed since the key was pressed. An
        error in it is reported, and neither the app nor the screen ends by it."""
        if self._exit or (isinstance(default_namespace, Widget) and not self._is_open(default_namespace)):
            return True
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:
            self._handle_exception(error)
            return True

    def _is_open(self, widget: Widget) -> bool:
        try:
            return widget.screen in self.screen_stack
        except NoScreen:
            return False

    def copy_to_clipboard(self, text: str) -> None:
        """Hand `text` to the terminal's clipboard, without control characters: it may be pasted into a shell."""
        super().copy_to_clipboard(printable(text))

    async def before_suspending(self) -> tuple[bool, str]:
        """(whether to suspend, the notice to show afterwards or the reason not to); called before the process stops."""
        return True, ""

    async def action_suspend_process(self) -> None:  # type: ignore[override]  # an action may be either
        """Give the terminal back to the shell, and stop until SIGCONT."""
        if self._suspending or self.is_headless:
            return
        self._suspending = True
        try:
            go_on, said = await self.before_suspending()
            if go_on:
                with self.suspend():
                    stopped = stop_this_job()
                    self._own_continues += stopped
                    self._obey_job_control()
                self._diff.forget()
                if not stopped:
                    said = said or words.NO_JOB_CONTROL.text()
        except SuspendNotSupported:
            said = words.CANNOT_SUSPEND.text()
        finally:
            self._suspending = False
        if said:
            self.notify(said, markup=False, timeout=8)

    async def hand_over(
        self,
        argv: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        text: str = "",
        errors: list[str] | None = None,
    ) -> int:
        """Give the terminal to a program until it ends; its exit code, 128 + n after signal n. The app lives on behind
        it: watches, drills and their guards go on, and nothing is drawn. `variables` are added to the environment,
        `text` is its standard input in place of the terminal, and `errors` takes its standard error.

        Raises:
            OSError: there is no such program.
            CanarytuiError: this terminal cannot be given away.
        """
        if self._suspending or self.is_headless or self._driver is None or not self._driver.can_suspend:
            raise CanarytuiError(programs.NO_HAND_OVER.text())
        self._suspending = self._handed_over = True
        failure: Exception | None = None
        code = 0
        try:
            with self.suspend(), kept_attributes(), programs_signals():
                try:
                    code = await run_in_terminal(argv, variables or {}, text, errors)
                except Exception as error:  # Textual takes the terminal back only when none leaves its block
                    failure = error
        finally:
            self._suspending = self._handed_over = False
            if threading.current_thread() is threading.main_thread():
                self._obey_job_control()
            self._diff.forget()
        if failure is not None:
            raise failure
        return code

    def interrupted(self) -> None:
        """SIGINT came: it ends the app, unless another program has the terminal and the key was meant for it."""
        if not self._handed_over:
            self.exit(return_code=ExitCode.INTERRUPTED)

    def _continued(self) -> None:
        """Another process stopped us (SIGSTOP) and let us continue: the terminal may be in any state by now."""
        if self._handed_over:
            return
        if self._own_continues:
            self._own_continues -= 1
            return
        with self.suspend():
            pass
        self._diff.forget()


def stop_this_job() -> bool:
    """Stop the whole job as the shell does for Ctrl-Z; True when it was continued, False when the system did not stop
    it because no shell could continue it."""
    continued: list[int] = []
    signal.signal(signal.SIGCONT, lambda number, _: continued.append(number))
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.killpg(0, signal.SIGTSTP)  # a wrapper script must stop, too, or the shell waits for it
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    signal.pthread_kill(threading.get_ident(), signal.SIGTSTP)  # to this thread: it stops before the call returns
    return bool(continued)

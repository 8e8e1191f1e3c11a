"""A console among a terminal's jobs: Ctrl-Z suspends it, ``fg`` brings it back, and no end leaves the terminal spoilt.

Between Textual and the app: which bytes come in, which signals are obeyed, and what a crash ends with. Suspended, the
process does nothing at all; what may not happen unattended is ended before (:meth:`TerminalApp.before_suspending`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from typing import Any, ClassVar

from rich.console import RenderableType
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.driver import Driver

from canarytui.console.terminal.diff_app import ThinApp
from canarytui.console.terminal.driver import with_our_input
from canarytui.domain.sentences import console as words
from canarytui.exit_codes import ExitCode

log = logging.getLogger(__name__)


class TerminalApp(ThinApp):
    """`crash` is the last error that nobody expected, None without one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True, id="suspend")
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.crash: BaseException | None = None
        self._suspending = False
        self._own_continues = 0

    def get_driver_class(self) -> type[Driver]:
        return with_our_input(super().get_driver_class())

    def panic(self, *renderables: RenderableType) -> None:
        """Something in Textual failed beyond repair: end with an exit code that says so, and no traceback."""
        self.exit(return_code=ExitCode.CRASHED)

    def on_mount(self) -> None:
        if self.is_headless or threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.exit, None, 128 + signal.SIGTERM)
        self._obey_job_control()

    def _obey_job_control(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTSTP, lambda: self.call_later(self.action_suspend_process))
        loop.add_signal_handler(signal.SIGCONT, self._continued)

    async def before_suspending(self) -> tuple[bool, str]:
        """(whether to go on, what to say when we are back, or why not): called before the process stops."""
        return True, ""

    async def action_suspend_process(self) -> None:  # type: ignore[override]  # an action may be either
        """Give the terminal back to the shell, and stop until it says to continue."""
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
                self._line.forget()
                if not stopped:
                    said = said or words.NO_JOB_CONTROL.text()
        except SuspendNotSupported:
            said = words.CANNOT_SUSPEND.text()
        finally:
            self._suspending = False
        if said:
            self.notify(said, markup=False, timeout=8)

    def _continued(self) -> None:
        """Somebody else stopped us (SIGSTOP) and let us go on: the terminal may be in any state by now."""
        if self._own_continues:
            self._own_continues -= 1
            return
        with self.suspend():
            pass
        self._line.forget()


def stop_this_job() -> bool:
    """Stop the whole job as the shell does for Ctrl-Z; True when it was continued, False when nobody could continue it
    and the system therefore did not stop it."""
    continued: list[int] = []
    signal.signal(signal.SIGCONT, lambda number, _: continued.append(number))
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.killpg(0, signal.SIGTSTP)  # a wrapper script must stop, too, or the shell waits for it
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    signal.pthread_kill(threading.get_ident(), signal.SIGTSTP)  # to this thread: it stops before the call returns
    return bool(continued)

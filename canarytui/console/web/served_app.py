"""The wall as a browser window shows it: it cannot act, offers no files or commands, and ends with its server."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from canarytui.console.keymap import SERVED_NAMES
from canarytui.console.wall.app import WatchApp
from canarytui.exit_codes import ExitCode


class ServedWatchApp(WatchApp):
    """A wall whose keys come from a browser: help, what closes and searches it, and no others."""

    ENABLE_COMMAND_PALETTE = False
    COMMANDS: ClassVar = set()
    key_names = SERVED_NAMES

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._server = os.getppid()

    def on_exit_app(self) -> None:
        """The server says that the window is closed, which is the usual end and no crash."""
        if self.return_code is None:
            self.exit(return_code=ExitCode.DONE)

    def action_command_palette(self) -> None:
        """There is none: its commands write files."""

    async def action_quit(self) -> None:
        """Closing the window ends it; one that ended otherwise would come back."""

    async def action_dump(self) -> None:
        """The files would be the server's."""

    async def action_suspend_process(self) -> None:  # type: ignore[override]  # an action may be either
        """A browser has no shell to go back to."""

    def tick(self) -> None:
        if os.getppid() != self._server:
            self.exit()  # nobody looks any more
            return
        super().tick()

"""A program in a pseudo-terminal, and the screen that it paints."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import termios
import time
from pathlib import Path

import pyte

COLUMNS, LINES = 120, 40
_LAST_BYTES = 4096


def _as_a_login_does() -> None:
    """Make it the controlling terminal, and let its signals through: a run of tests in the background ignores them."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)


class Terminal:
    """A program under a pseudo-terminal, with the screen that it paints."""

    def __init__(self, *command: str, env: dict[str, str]) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.received = 0
        self.last = b""
        """The end of what was received, as it came."""
        self._before_keys = ""
        self.master, slave = pty.openpty()
        size = LINES.to_bytes(2, "little") + COLUMNS.to_bytes(2, "little") + bytes(4)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        # A test worker's own idea of its terminal would count for more than the one that it gets here.
        own = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=own, start_new_session=True, close_fds=True,
            preexec_fn=_as_a_login_does,
        )  # fmt: skip
        os.close(slave)
        os.set_blocking(self.master, False)

    def read(self) -> str:
        """Take in what was painted; the screen as text."""
        while True:
            try:
                data = os.read(self.master, 65536)
            except (BlockingIOError, OSError):
                break
            if not data:
                break
            self.received += len(data)
            self.last = (self.last + data)[-_LAST_BYTES:]
            self._stream.feed(data)
        return "\n".join(self._screen.display)

    def wait_for(self, text: str, timeout_s: float, *, new: bool = True) -> str:
        """Until the screen shows `text`; as `new`, it must not have been there before the last keys: it would prove
        nothing about them."""
        assert not new or text not in self._before_keys, (
            f"{text!r} was there before the keys were pressed:\n{self._before_keys}"
        )
        self._before_keys = ""
        deadline = time.monotonic() + timeout_s
        while text not in (shown := self.read()):
            assert time.monotonic() < deadline, f"{text!r} did not appear in {timeout_s:.0f} s:\n{shown}"
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{shown}"
            time.sleep(0.1)
        return shown

    def wait_end(self, timeout_s: float) -> int:
        """Until the program has ended; its exit code. A terminal that nobody reads would stop it in its writes."""
        deadline = time.monotonic() + timeout_s
        while (code := self.process.poll()) is None:
            shown = self.read()
            assert time.monotonic() < deadline, f"still there after {timeout_s:.0f} s:\n{shown}"
            time.sleep(0.05)
        return code

    def type(self, keys: str) -> None:
        """Press keys."""
        self._before_keys = self.read()
        os.write(self.master, keys.encode())

    def descendants(self) -> list[int]:
        """The program and everything below it."""
        found = [self.process.pid]
        for pid in found:
            tasks = Path(f"/proc/{pid}/task/{pid}/children")
            if tasks.exists():
                found += [int(child) for child in tasks.read_text().split()]
        return found

    def close(self) -> None:
        """Hang up."""
        os.close(self.master)

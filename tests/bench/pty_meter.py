"""What a person over SSH feels of a terminal program: delays, bytes on the line, CPU and memory.

The program runs in a pseudo-terminal; what it writes paints an emulated screen. Delays end when the bytes arrive that
complete what is waited for, not when the emulator has drawn them, so that the meter's own work is not counted.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyte
from msgspec import Struct

COLUMNS, LINES = 120, 40
_TICKS = os.sysconf("SC_CLK_TCK")


class Use(Struct, frozen=True):
    """CPU seconds since the start and resident MiB, of a program and all below it, and bytes it wrote."""

    at: float
    cpu_s: float
    rss_mib: float
    received: int


class Metered:
    """A program in a terminal of 120x40. Close it when done."""

    def __init__(self, command: Sequence[str], env: dict[str, str]) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.received = 0
        self.began = time.monotonic()
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            size = LINES.to_bytes(2, "little") + COLUMNS.to_bytes(2, "little") + bytes(4)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], list(command), env)
        os.set_blocking(self._master, False)

    @property
    def lines(self) -> list[str]:
        """The screen as it is painted."""
        return list(self._screen.display)

    def until(self, holds: Callable[[list[str]], bool], timeout_s: float) -> float | None:
        """Seconds from now until the arrival of what makes `holds` true of the screen; None when it does not."""
        start = arrived = time.monotonic()
        while not holds(self.lines):
            left_s = start + timeout_s - time.monotonic()
            if left_s <= 0 or not self._take(left_s):
                return None
            arrived = self._arrived
        return arrived - start

    def watch_for(self, seconds: float) -> tuple[Use, Use]:
        """Let it run; its use before and after. The memory is the most of what was seen."""
        before = self.use()
        end = time.monotonic() + seconds
        most = before.rss_mib
        look = time.monotonic() + 1
        while (now := time.monotonic()) < end:
            self._take(min(end, look) - now)
            if time.monotonic() >= look:
                most = max(most, self.use().rss_mib)
                look += 1
        after = self.use()
        return before, Use(after.at, after.cpu_s, max(most, after.rss_mib), after.received)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def use(self) -> Use:
        """What it has used so far."""
        cpu_s = rss_mib = 0.0
        for pid in self._family():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                cpu_s += sum(int(field) for field in fields[11:15]) / _TICKS
                rss_mib += int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
            except OSError:
                continue  # it ended meanwhile
        return Use(time.monotonic(), cpu_s, rss_mib, self.received)

    def close(self) -> None:
        """End it and hang up."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._master)

    def _take(self, timeout_s: float) -> bool:
        """Take in what arrives within `timeout_s`; False when the program has ended."""
        ready, _, _ = select.select([self._master], [], [], max(timeout_s, 0))
        if not ready:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self._arrived = time.monotonic()
        self.received += len(data)
        self._stream.feed(data)
        return bool(data)

    def _family(self) -> list[int]:
        found = [self._pid]
        for pid in found:
            for thread in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += [int(child) for child in thread.read_text().split()]
                except OSError:
                    continue
        return found


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def version_of(command: Sequence[str]) -> str:
    """First line that a program says of its version."""
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return (said.stdout or said.stderr).partition("\n")[0].strip()

"""A program in hey's place: says what it was called with, and runs as long as it was told to."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

_SCRIPT = """\
#!{python}
import signal, sys, time
def interrupted(*_):
    with open({interrupts!r}, "a") as told:
        told.write("x")
    raise KeyboardInterrupt
signal.signal(signal.SIGINT, interrupted)
mode = {mode!r}
if mode == "broken":
    print("flag provided but not defined: -z"); sys.exit(2)
ends = time.monotonic() + ({seconds} or float(sys.argv[sys.argv.index("-z") + 1][:-1]))
try:
    open({calls!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
    while time.monotonic() < ends:
        time.sleep(0.01)
except KeyboardInterrupt:
    if mode == "deaf":
        time.sleep(60)
print("\\nSummary:\\n  Total:\\t2.0 secs\\n  Slowest:\\t0.01 secs\\n\\nResponse time histogram:\\n  0.010 [7]\\t|\\n\\n"
      "Latency distribution:\\n\\nStatus code distribution:\\n  [500]\\t7 responses\\n")
"""


def fake_hey(folder: Path, mode: str = "", seconds: float = 0) -> Path:
    """Write it; beside it are ``calls``, one a line, and ``interrupts``, a letter each.

    `seconds` 0: as long as ``-z`` says.
    """
    path = folder / "hey"
    path.write_text(
        _SCRIPT.format(
            python=sys.executable,
            calls=str(folder / "calls"),
            interrupts=str(folder / "interrupts"),
            mode=mode,
            seconds=seconds,
        )
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path

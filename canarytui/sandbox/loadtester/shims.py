"""Small ``hey`` and ``curl`` programs that know the cluster's names: the real ones through the cluster proxy.

Where the real program is missing, the shim runs our own of the same name. Written into a folder that comes
first on PATH, for the load tester's commands, ``kubectl exec`` and people who source the sandbox's env file.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from canarytui.sandbox.constants import DESTINATION_HEADER, EMBEDDED_ENV

_PROXY_FLAGS = {"hey": ("-x",), "curl": ("--noproxy", "localhost,127.0.0.1", "--proxy")}

_BEFORE = {
    "hey": "for url; do :; done\nto=${url#*://}; to=${to%%[/?#]*}; to=${to##*@}\n",
    "curl": "",
}
_MORE = {"hey": f'-H "{DESTINATION_HEADER}: $to" ', "curl": ""}
"""The URL is the last argument; with -host, hey loses the destination in it."""


def write_shims(folder: Path, proxy_url: str) -> None:
    """Write both programs; raises OSError when the folder cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, flags in _PROXY_FLAGS.items():
        program = _find_real(name, folder)
        command = [program] if program else [sys.executable, "-m", f"canarytui.sandbox.loadtester.{name}"]
        call = f'exec {shlex.join([*command, *flags, proxy_url])} {_MORE[name]}"$@"'
        text = f"#!/bin/sh\n# CANARYTUI_SHIM\n{_BEFORE[name]}{call}\n"
        path = folder / name
        fresh = path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o755)
        fresh.replace(path)


def _find_real(name: str, folder: Path) -> str | None:
    """The first program on PATH that is not a shim."""
    if os.environ.get(EMBEDDED_ENV):
        return None
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = Path(entry or ".") / name
        if candidate.parent == folder or not os.access(candidate, os.X_OK) or candidate.is_dir():
            continue
        if not _is_shim(candidate):
            return str(candidate.resolve()) if shutil.which(str(candidate)) else None
    return None


def _is_shim(path: Path) -> bool:
    with path.open("rb") as file:
        return b"CANARYTUI_SHIM" in file.read(256) or path.parent.name == "shims"

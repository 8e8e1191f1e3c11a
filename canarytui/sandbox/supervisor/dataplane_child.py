"""The data plane process: start, readiness, unexpected end, stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from canarytui.sandbox import processes
from canarytui.sandbox.constants import SECRET_ENV
from canarytui.sandbox.errors import SandboxError

_READY_TIMEOUT_S = 60.0
_STOP_GRACE_S = 8.0


class DataPlaneFailed(SandboxError):
    """The data plane did not start, or ended by itself."""


class Ports(Struct, frozen=True):
    """Ports asked for by the person; 0 for any."""

    proxy: int = 0
    gateway: int = 0
    prometheus: int = 0


class DataPlaneChild(Struct):
    """A running data plane; `addresses` are those of its readiness line."""

    process: asyncio.subprocess.Process
    addresses: dict[str, str]
    _errors: asyncio.Task[list[str]]

    async def ended(self) -> DataPlaneFailed:
        """Wait until the process ends unexpectedly; the error to raise."""
        code = await self.process.wait()
        return DataPlaneFailed(_reason(code, await self._errors))

    async def stop(self) -> None:
        """End it and everything it started; closing its input asks it to."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), _STOP_GRACE_S)
        await processes.stop(self.process)
        self._errors.cancel()


async def start_data_plane(
    kubeconfig: Path, runtime_dir: Path, ports: Ports, secret: str, complain: Callable[[str], None]
) -> DataPlaneChild:
    """Start the process and wait for its readiness line; its complaints go to `complain`, line by line.

    Raises:
        DataPlaneFailed: it ended, or said nothing in time.
    """
    command = [sys.executable, "-m", "canarytui.sandbox.dataplane"]
    command += ["--kubeconfig", str(kubeconfig), "--runtime-dir", str(runtime_dir)]
    for name in ("proxy", "gateway", "prometheus"):
        command += [f"--{name}-port", str(getattr(ports, name))]
    # Temporary files of its clients and of pods' commands are removed with our folder, even if they are killed.
    temporary = runtime_dir / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    process = await processes.start(
        command,
        env={**os.environ, SECRET_ENV: secret, "TMPDIR": str(temporary)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    ready = asyncio.Event()
    errors = asyncio.create_task(_read_errors(process, ready, complain))
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _READY_TIMEOUT_S)
    except TimeoutError:
        line = b""
        complain(f"the data plane did not become ready within {_READY_TIMEOUT_S:.0f} seconds")
    if not line:
        code = await processes.stop(process)
        raise DataPlaneFailed(_reason(code, await errors))
    ready.set()
    return DataPlaneChild(process, json.loads(line), errors)


async def _read_errors(
    process: asyncio.subprocess.Process, ready: asyncio.Event, complain: Callable[[str], None]
) -> list[str]:
    """The last lines of its standard error; those before it is ready become the error that is raised."""
    assert process.stderr is not None
    lines: list[str] = []
    while line := await process.stderr.readline():
        text = line.decode(errors="replace").rstrip()
        lines = [*lines[-20:], text]
        if ready.is_set():
            complain(text)
    return lines


def _reason(code: int, errors: list[str]) -> str:
    last = next((line for line in reversed(errors) if line.strip()), "")
    last = last.removeprefix("canarytui sandbox data plane: ")
    return last if last and code > 0 else f"The data plane ended with exit code {code}. {last}".strip()

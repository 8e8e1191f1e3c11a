"""A fresh sandbox for each test that asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandbox_process import SandboxProcess


@pytest.fixture
def start_sandbox(tmp_path: Path) -> Iterator[Callable[..., SandboxProcess]]:
    """Starts sandboxes; all are ended with the test."""
    started: list[SandboxProcess] = []

    def start(*arguments: str) -> SandboxProcess:
        folder = tmp_path / f"sandbox-{len(started)}"
        folder.mkdir()
        started.append(SandboxProcess(folder, *arguments))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.stop()

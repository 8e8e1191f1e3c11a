"""A fresh sandbox for each test that asks for one."""

from __future__ import annotations

import shutil
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


@pytest.fixture(scope="session")
def kubectl_path() -> str:
    """The kubectl that tests go by: the one of ``.ci/kubectl``, when it is there, else that of the PATH."""
    own = Path(__file__).parents[2] / ".ci" / "tools" / "kubectl"
    found = str(own) if own.exists() else shutil.which("kubectl")
    assert found, "there is no kubectl: run .ci/kubectl"
    return found

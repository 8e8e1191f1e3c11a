"""A fresh sandbox for each test that asks for one, and the kubectl of ``.ci/kubectl`` for all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandbox_process import SandboxProcess

os.environ["PATH"] = f"{Path(__file__).parents[2] / '.ci' / 'tools'}{os.pathsep}{os.environ['PATH']}"


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
    """The real kubectl."""
    found = shutil.which("kubectl")
    assert found, "kubectl is not on PATH: .ci/kubectl gets it"
    return found

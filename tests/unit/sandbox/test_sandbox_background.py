"""An error in a task of the sandbox that nobody waits for is in its log."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path

import pytest

import canarytui.sandbox
from canarytui.sandbox.background import in_background

ROOT = Path(canarytui.sandbox.__path__[0])
AWAITED = {
    "background.py": "reports how it ends",
    "controllers/manager.py": "in a group",
    "dataplane/main.py": "its end alone counts",
    "node/container_loop.py": "awaited there",
    "node/exec.py": "the command's end is awaited, the others end with their client",
    "node/kubelet.py": "reports how it ends",
    "node/port_forward.py": "in a group",
    "node/prober.py": "in a group",
    "processes.py": "awaited there",
    "supervisor/dataplane_child.py": "awaited there",
    "supervisor/sandbox.py": "awaited there",
}
"""Who starts tasks otherwise, and why an error in one of them cannot get lost."""


async def test_what_ends_a_task_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise LookupError("what nobody expected")

    kept = [in_background(fail(), "watch of carts"), in_background(asyncio.sleep(60))]
    with caplog.at_level(logging.ERROR):
        await asyncio.wait(kept[:1])
        kept[1].cancel()
        await asyncio.wait(kept)
        await asyncio.sleep(0)
    [record] = caplog.records
    assert record.getMessage() == "watch of carts ended by an error: LookupError: what nobody expected"


def test_every_task_is_awaited_or_reports_how_it_ends() -> None:
    starts = re.compile(r"\b(create_task|ensure_future)\(")
    found = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if starts.search(path.read_text())}
    assert found == AWAITED.keys(), "use canarytui.sandbox.background.in_background"

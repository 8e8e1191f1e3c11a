"""What is written to a terminal that has gone."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.drivers.linux_driver import LinuxDriver

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.terminal.driver import TerminalOutput, with_our_input
from canarytui.console.terminal.internals import OUTPUT, has_all


class Gone:
    """A terminal that was closed: any access to it fails."""

    def write(self, _: str) -> int:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        raise OSError(5, "Input/output error")

    def fileno(self) -> int:
        return 2


def test_the_app_does_not_wait_for_a_thread_that_cannot_write() -> None:
    output: Any = TerminalOutput(Gone())  # type: ignore[arg-type]
    thread = WriterThread(output)
    thread.start()

    def write_and_stop() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            thread.write("a frame")
        thread.stop()

    app = threading.Thread(target=write_and_stop, daemon=True)
    app.start()
    app.join(20)
    assert not app.is_alive()
    assert not thread.is_alive()


async def test_the_driver_writes_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.__stderr__", Gone())
    app = ConsoleApp(open_fixture, state=fixture_state)
    made = with_our_input(LinuxDriver)(app, size=(80, 24))
    assert has_all(made, OUTPUT)
    assert isinstance(made._file, TerminalOutput)  # type: ignore[attr-defined]

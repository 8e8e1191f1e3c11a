"""The driver with a real child process: what is sent, and that nothing is left however it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from drilled import plan, sight
from fake_hey import fake_hey
from replacing import replace

from canarytui.cluster.audit import AuditLog
from canarytui.drills import senders as runner
from canarytui.drills.drill_loop import DrillLoop
from canarytui.drills.drill_plan import Origin, Sight
from canarytui.drills.drill_state import DrillRefused, DrillRun
from canarytui.drills.guards import Limits
from canarytui.drills.library import load_drill
from canarytui.drills.run_view import DrillEnding, DrillStage, RunView
from canarytui.drills.senders import ClusterSender, HereSender
from canarytui.errors import ClusterUnreachable, ConfigError


def now() -> datetime:
    return datetime.now(UTC)


async def see() -> Sight:
    return sight(now())


def made(
    folder: Path, *, hey: str = "", seconds: float = 0, duration_s: float = 60, look: Callable[[], object] = see
) -> tuple[DrillLoop, DrillRun]:
    drill = replace(load_drill("errors-500"), duration_s=duration_s)
    run = DrillRun(plan(drill, Origin.HERE), Limits())
    sender = HereSender(str(fake_hey(folder, hey, seconds)))
    return DrillLoop(run, sender, look, AuditLog(folder / "audit.jsonl"), now), run  # type: ignore[arg-type]


def calls(folder: Path) -> list[str]:
    path = folder / "calls"
    return path.read_text().splitlines() if path.exists() else []


def children() -> list[int]:
    """Our children that still run (a zombie does not)."""
    found = []
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return [pid for pid in found if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def sending(driver: DrillLoop, folder: Path) -> None:
    """Wait for hey, and until the sender knows its process too: before that it is killed, not interrupted."""
    sender = driver._sender
    assert isinstance(sender, HereSender)
    await until(lambda: len(calls(folder)) == 1 and len(sender._children) == 1)


async def test_a_drill_of_two_slices(tmp_path: Path) -> None:
    driver, _ = made(tmp_path, duration_s=3)
    view = await driver.drive()
    assert (view.stage, view.ending, view.answers.codes) == (DrillStage.ENDED, DrillEnding.COMPLETED, {500: 14})
    assert [line.split()[:2] for line in calls(tmp_path)] == [["-z", "1.8s"], ["-z", "0.8s"]]
    assert all("http://traefik.traefik/status/500" in line for line in calls(tmp_path))
    log = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [entry["stage"] for entry in log] == ["start", "slice", "slice", "end"]
    assert {entry["host"] for entry in log} == {"app.example.com"}
    assert log[-1]["ending"] == "completed"


async def test_the_abort_key_ends_hey_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_GRACE_S", 5.0)  # a Python on a busy machine is not as quick as hey
    driver, run = made(tmp_path, seconds=60)
    before = set(children())
    driving = asyncio.create_task(driver.drive())
    await sending(driver, tmp_path)
    driver.abort("jane", "the abort key")
    view = await asyncio.wait_for(driving, 5)
    assert (view.ending, view.by, run.stage) == (DrillEnding.ABORTED, "jane", DrillStage.ENDED)
    assert view.answers.codes == {500: 7}  # hey sums up what it had
    assert (tmp_path / "interrupts").read_text() == "x", "a second one would cut the summary short"
    assert set(children()) <= before


async def test_a_hey_that_hears_nothing_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_GRACE_S", 2.0)
    driver, _ = made(tmp_path, hey="deaf", seconds=60)
    before = set(children())
    driving = asyncio.create_task(driver.drive())
    await sending(driver, tmp_path)
    driver.abort("jane", "the abort key")
    view = await asyncio.wait_for(driving, 5)
    assert view.ending is DrillEnding.ABORTED
    assert (tmp_path / "interrupts").read_text() == "x"
    assert set(children()) <= before


async def test_cancelled_it_leaves_nothing(tmp_path: Path) -> None:
    driver, run = made(tmp_path, seconds=60)
    before = set(children())
    driving = asyncio.create_task(driver.drive())
    await sending(driver, tmp_path)
    driving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await driving
    assert run.view().ending is DrillEnding.ABORTED
    assert set(children()) <= before


async def test_cancelled_while_its_start_is_recorded_it_has_an_end_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, recording = AuditLog.append, threading.Event()

    def slowly(log: AuditLog, entry: dict[str, Any]) -> None:
        recording.set()
        time.sleep(0.1)
        append(log, entry)

    monkeypatch.setattr(AuditLog, "append", slowly)
    driver, run = made(tmp_path)
    task = asyncio.create_task(driver.drive())
    await asyncio.to_thread(recording.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [entry["stage"] for entry in AuditLog(tmp_path / "audit.jsonl").entries()] == ["start", "abort"]
    assert run.ending is DrillEnding.ABORTED
    assert calls(tmp_path) == []


@pytest.mark.parametrize("how", ["error", "silence"])
async def test_a_cluster_out_of_sight_gets_no_load(tmp_path: Path, how: str) -> None:
    gone = asyncio.Event()

    async def look() -> Sight:
        if not gone.is_set():
            return sight(now())
        if how == "error":
            raise ClusterUnreachable("connection refused")
        await asyncio.Event().wait()
        raise AssertionError

    driver, _ = made(tmp_path, look=look)
    driving = asyncio.create_task(driver.drive())
    await sending(driver, tmp_path)
    gone.set()
    view = await asyncio.wait_for(driving, 10)
    said = "connection refused" if how == "error" else "no answer within 1 s"
    assert (view.ending, view.why) == (DrillEnding.ABORTED, f"the cluster cannot be seen ({said})")
    assert len(calls(tmp_path)) == 1


async def test_a_hey_that_fails_ends_the_drill(tmp_path: Path) -> None:
    driver, _ = made(tmp_path, hey="broken")
    view = await driver.drive()
    assert view.why == "load could not be sent (hey ended with 2 (flag provided but not defined: -z))"


async def test_nothing_is_sent_when_refused_or_not_recorded(tmp_path: Path) -> None:
    async def other() -> Sight:
        return replace(sight(now()), context="prod")

    driver, _ = made(tmp_path, look=other)
    with pytest.raises(DrillRefused, match="the context is prod, no longer lab"):
        await driver.drive()
    (tmp_path / "file").write_text("")
    drill = DrillRun(plan(origin=Origin.HERE), Limits())
    sender = HereSender(str(fake_hey(tmp_path)))
    with pytest.raises(ConfigError):
        await DrillLoop(drill, sender, see, AuditLog(tmp_path / "file" / "audit.jsonl"), now).drive()
    assert calls(tmp_path) == []


_DRIVING = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from typing import Any
from test_drill_loop import made
asyncio.run(made(Path(sys.argv[2]), seconds=60)[0].drive())
"""


def test_killed_it_takes_hey_with_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _DRIVING, str(Path(__file__).parent), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    deadline = time.monotonic() + 20
    while not calls(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    hey = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    assert len(hey) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 2
    while Path(f"/proc/{hey[0]}/stat").exists():
        state = Path(f"/proc/{hey[0]}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            break
        assert time.monotonic() < deadline, "hey lives on"
        time.sleep(0.02)


async def test_what_the_load_tester_is_asked(tmp_path: Path) -> None:
    run = DrillRun(plan(), Limits())
    run.start(sight())
    piece = run.next_slice(sight().at)
    assert piece is not None
    payload = json.loads(ClusterSender(None, run.plan).payload(piece))  # type: ignore[arg-type]
    assert (payload["name"], payload["namespace"]) == ("podinfo", "test")
    assert payload["metadata"] == {"type": "bash", "cmd": run.plan.command(), "returnCmdOutput": "true"}


async def test_the_view_is_told_at_every_step(tmp_path: Path) -> None:
    seen: list[RunView] = []
    run = DrillRun(plan(replace(load_drill("errors-500"), duration_s=2), Origin.HERE), Limits())
    await DrillLoop(run, HereSender(str(fake_hey(tmp_path))), see, AuditLog(tmp_path / "a"), now, seen.append).drive()
    assert [seen[0].stage, seen[-1].stage] == [DrillStage.RUNNING, DrillStage.ENDED]
    assert seen[-1].answers.sent == 7

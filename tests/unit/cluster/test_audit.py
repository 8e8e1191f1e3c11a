"""The audit log on disks that are full and in places that are no files: a line is whole, alone, or not there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from canarytui.cluster.audit import AuditError, AuditLog

ENTRY = {"intent": "pause", "stage": "write"}

FILL = """
import resource, signal, sys
from pathlib import Path
from canarytui.cluster.audit import AuditError, AuditLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
log = AuditLog(Path(sys.argv[1]))
for number in range(50):
    try:
        log.append({"number": number, "stage": "write", "why": "x" * 40})
    except AuditError as error:
        print(number, error)
        break
"""


@pytest.mark.parametrize("limit", [1000, 1001, 1037, 1090])
def test_a_full_disk_leaves_whole_lines_only(tmp_path: Path, limit: int) -> None:
    """The kernel writes as much as the limit leaves room for, and then refuses: as a full disk does."""
    path = tmp_path / "audit.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(path), str(limit)], capture_output=True, text=True, timeout=30, check=True
    )
    number, said = done.stdout.split(" ", 1)
    assert f"The audit log {path} cannot be written (File too large): free disk space" in said
    data = path.read_bytes()
    assert data.endswith(b"\n")
    assert [json.loads(line)["number"] for line in data.splitlines()] == list(range(int(number)))
    AuditLog(path).append(ENTRY)
    assert len(AuditLog(path).entries()) == int(number) + 1


def test_one_call_that_writes_less_is_not_all_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: whole(descriptor, bytes(data)[:7]))
    log = AuditLog(tmp_path / "audit.jsonl")
    log.append(ENTRY)
    log.append({**ENTRY, "stage": "done"})
    assert [entry["stage"] for entry in log.entries()] == ["write", "done"]


def test_a_line_that_was_cut_swallows_no_other(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b'{"at": "2026-11-01T00:00:00Z", "stage": "done"}\n{"at": "2026-11-02T00:0')
    AuditLog(path).append(ENTRY)
    assert [entry["stage"] for entry in AuditLog(path).entries()] == ["done", "write"]


def test_lines_that_make_no_sense_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    rubbish = [b"\xff\xfe", b"[1]", b"7", b"", b"[" * 200_000, b'{"stage": "done\r"}', b'{"stage": "\xe2\x80\xa8x"}']
    path.write_bytes(b"\n".join(rubbish) + b"\n")
    AuditLog(path).append(ENTRY)
    assert [entry["stage"] for entry in AuditLog(path).entries()] == ["\u2028x", "write"]
    assert AuditLog(path).entries(1)[0]["stage"] == "write"
    assert AuditLog(path).entries(0) == []


def test_lines_of_the_first_release_are_read(tmp_path: Path) -> None:
    """Without an id, and with the stages that there were."""
    path = tmp_path / "audit.jsonl"
    old = [{"at": "2026-10-01T00:00:00.000+00:00", "intent": "promote", "title": "Promote shop/cart", "stage": stage,
            "object": "shop/cart"} for stage in ("write", "refused", "done", "answer", "put back")]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in old))
    assert AuditLog(path).entries() == old


def fifo(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/null")


NO_FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "FIFO": (fifo, "it is not a regular file but a FIFO"),
    "folder": (Path.mkdir, "it is not a regular file but a folder"),
    "device": (device, "it is not a regular file but a device"),
    "link to itself": (loop, "Too many levels of symbolic links"),
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    path, (make, why) = tmp_path / "audit.jsonl", NO_FILES[kind]
    make(path)
    remedy = r"make it a regular file that you may read and write, or set \$XDG_STATE_HOME"
    with pytest.raises(AuditError, match=rf"^The audit log .* cannot be written \(({why})\): {remedy}"):
        AuditLog(path).append(ENTRY)
    with pytest.raises(AuditError, match=r"^The audit log .* cannot be read"):
        AuditLog(path).entries()


def test_a_fifo_that_somebody_reads_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(AuditError, match="it is not a regular file"):
            AuditLog(path).append(ENTRY)
        assert os.read(reader, 100) == b""
    finally:
        os.close(reader)


APPEND = """
import sys
from pathlib import Path
from canarytui.cluster.audit import AuditLog
log = AuditLog(Path(sys.argv[1]))
for number in range(60):
    log.append({"who": sys.argv[2], "number": number, "why": "x" * 3000})
"""


def test_two_processes_never_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", APPEND, str(path), who]) for who in "ab"]
    assert [writer.wait(30) for writer in writers] == [0, 0]
    entries = AuditLog(path).entries(1000)
    for who in "ab":
        assert [entry["number"] for entry in entries if entry["who"] == who] == list(range(60))
    assert path.stat().st_mode & 0o777 == 0o600


def test_who_was_stopped_with_the_lock_is_not_waited_for(tmp_path: Path) -> None:
    code = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print('held', flush=True); time.sleep(60)"
    )
    path = tmp_path / "audit.jsonl"
    holder = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        os.kill(holder.pid, signal.SIGSTOP)
        AuditLog(path).append(ENTRY)
        assert len(AuditLog(path).entries()) == 1
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()  # type: ignore[union-attr]

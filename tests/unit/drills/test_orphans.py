"""Drills that nobody ended: closed once, with what their slices counted; those that somebody looks after are left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from canarytui.cluster.audit import AuditLog
from canarytui.drills.orphans import close_orphans, held

DRILL = {
    "context": "staging", "user": "jane", "intent": "drill", "canary": "shop/cart", "drill": "errors-500",
    "host": "shop.example.com",
}  # fmt: skip


@pytest.fixture
def audit(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.jsonl")


def begun(audit: AuditLog, identity: str = "cart-1a2b3c") -> None:
    audit.append({**DRILL, "id": identity, "stage": "start", "command": "hey -z 1.8s", "predicted": "rolled back"})
    for number in (1, 2):
        audit.append({**DRILL, "id": identity, "stage": "slice", "slice": number, "sent": 45, "codes": {"500": 45}})


def ends(audit: AuditLog) -> list[dict[str, Any]]:
    return [entry for entry in audit.entries() if entry["stage"] in ("end", "abort")]


def test_what_a_crash_left_is_closed_once_with_a_report(audit: AuditLog) -> None:
    begun(audit)
    (orphan,) = close_orphans(audit)
    assert (orphan.context, orphan.key) == ("staging", ("shop", "cart"))
    assert "90 requests counted." in orphan.sentence
    (end,) = ends(audit)
    assert (end["stage"], end["id"], end["sent"], end["codes"]) == ("abort", "cart-1a2b3c", 90, {"500": 90})
    report = Path(orphan.sentence.rpartition("Report: ")[2])
    assert "- answered 500: 90" in report.read_text()
    assert close_orphans(audit) == []
    assert len(ends(audit)) == 1
    assert not list(report.parent.glob("*.lock"))


def test_what_somebody_looks_after_is_left_until_that_process_is_no_more(audit: AuditLog) -> None:
    begun(audit)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys, time; from pathlib import Path\n"
         "from canarytui.cluster.audit import AuditLog; from canarytui.drills.orphans import held\n"
         f"with held(AuditLog(Path({str(audit.path)!r})), 'cart-1a2b3c'): print('held', flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert close_orphans(audit) == []
    finally:
        holder.kill()
        holder.communicate()
    assert len(close_orphans(audit)) == 1


def test_what_ended_is_not_ended_again(audit: AuditLog) -> None:
    begun(audit)
    with held(audit, "cart-1a2b3c"):
        audit.append({**DRILL, "id": "cart-1a2b3c", "stage": "end", "sent": 90})
    begun(audit, "cart-9f8e7d")
    audit.append({**DRILL, "id": "cart-9f8e7d", "stage": "abort", "sent": 3})
    assert close_orphans(audit) == []


@pytest.mark.parametrize("identity", ["../../etc/passwd", "", "A B", 7, None])
def test_an_id_that_is_none_leads_to_no_file(audit: AuditLog, tmp_path: Path, identity: object) -> None:
    audit.append({**DRILL, "id": identity, "stage": "start"})
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert close_orphans(audit) == []
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_damaged_lines_count_for_nothing(audit: AuditLog) -> None:
    begun(audit)
    audit.append({**DRILL, "id": "cart-1a2b3c", "stage": "slice", "sent": "many", "codes": ["500"]})
    with audit.path.open("a") as file:
        file.write("{\n")
    (orphan,) = close_orphans(audit)
    assert "90 requests" in orphan.sentence

"""The audit log as a page: a drill's slices do not bury what else was done."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from canarytui.cli import audit
from canarytui.cluster.audit import AuditLog, default_path
from canarytui.report.audit_text import audit_text

WHO = {"os_user": "me", "host": "here", "context": "prod", "user": "me"}


def drill(stage: str, second: int, identity: str = "cart-1", **more: Any) -> dict[str, Any]:
    about = {"intent": "drill", "canary": "shop/cart", "drill": "errors-500", "id": identity}
    return {**WHO, **about, "stage": stage, "at": f"2026-11-23T14:{second // 60:02}:{second % 60:02}Z", **more}


def action(title: str) -> dict[str, Any]:
    return {**WHO, "title": title, "object": "shop/cart", "stage": "done", "at": "2026-11-23T14:01:00Z"}


def of_drill(slices: int = 300) -> list[dict[str, Any]]:
    sent = [drill("slice", 2 * each, slice=each, sent=20, codes={"500": 18, "200": 2}) for each in range(slices)]
    sent[-1] |= {"error": "the load tester refused"}
    end = drill("abort", 2 * slices, ending="aborted", why="the cluster does not answer", by="the guards")
    return [drill("start", 0, command="hey -z 2s"), *sent[:150], action("Pause shop/cart"), *sent[150:], end]


def test_a_drill_is_a_few_lines_and_counts_its_answers() -> None:
    lines = audit_text(of_drill(), UTC).plain.splitlines()

    assert lines[0] == "Drill errors-500 on shop/cart"
    assert lines[2].endswith("start: hey -z 2s")
    assert lines[3].endswith(
        "sent: 6000 requests in 300 slices, 600 answered 200, 5400 answered 500; 1 failed: the load tester refused"
    )
    assert lines[4].endswith("abort: aborted by the guards: the cluster does not answer")
    assert lines[5] == "Pause shop/cart"
    assert len(lines) == 8


def test_two_drills_on_one_canary_are_two() -> None:
    text = audit_text([drill("start", 0), drill("slice", 1, sent=1), drill("start", 9, "cart-2")], UTC).plain
    assert text.count("Drill errors-500 on shop/cart") == 2


def test_the_commands_limit_counts_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    log = AuditLog(default_path())
    log.path.parent.mkdir(parents=True, exist_ok=True)
    log.path.write_text("".join(json.dumps(each) + "\n" for each in [action("Resume shop/cart"), *of_drill()]))

    assert audit.run(["--limit", "5"]) == 0
    assert "Resume shop/cart" in capsys.readouterr().out
    assert audit.run(["--limit", "1"]) == 0
    assert "errors-500" not in capsys.readouterr().out
    assert audit.run(["-o", "json", "--limit", "3"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3

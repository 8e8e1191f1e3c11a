"""The audit log in words: the stages of today and those of the first release."""

from __future__ import annotations

from datetime import UTC

from canarytui.report.audit_text import audit_text

ABOUT = {"os_user": "anna", "host": "laptop", "context": "shop", "user": "admin", "object": "shop/cart",
         "at": "2026-11-26T14:02:11.000+00:00"}  # fmt: skip


def lines(*stages: dict[str, object]) -> list[str]:
    return audit_text([{**ABOUT, **stage} for stage in stages], UTC).plain.split("\n")


def test_every_outcome_has_its_line() -> None:
    title, number = "Pause shop/cart", "0a1b"
    shown = lines(
        {"title": title, "id": number, "stage": "write", "plan": [{"method": "PATCH", "path": "/apis/x"}]},
        {"title": title, "id": number, "stage": "unknown", "error": "Outcome unknown: …"},
        {"title": title, "id": number, "stage": "done", "found": "its managedFields list canarytui-0a1b"},
        {"title": "Resume shop/cart", "id": "0a1c", "stage": "not done", "error": "Not done: …"},
    )
    assert shown == [
        "Pause shop/cart",
        "  anna@laptop in shop as admin",
        "  11-26 14:02:11 → write: PATCH /apis/x",
        "  11-26 14:02:11 ? unknown: Outcome unknown: …",
        "  11-26 14:02:11 ✓ done: its managedFields list canarytui-0a1b",
        "Resume shop/cart",
        "  anna@laptop in shop as admin",
        "  11-26 14:02:11 ✗ not done: Not done: …",
    ]


def test_lines_of_the_first_release_are_shown_as_ever() -> None:
    title = "Promote shop/cart"
    shown = lines(
        {"title": title, "stage": "write", "plan": [{"method": "PATCH", "path": "/apis/x"}]},
        {"title": title, "stage": "refused", "error": "no"},
        {"title": title, "stage": "answer", "answer": "promoted"},
        {"title": title, "stage": "put back", "field": "spec.skipAnalysis", "to": None},
    )
    assert [line.partition("14:02:11 ")[2] for line in shown[2:]] == [
        "→ write: PATCH /apis/x",
        "✗ refused: no",
        "« answer: promoted",
        "↶ put back: spec.skipAnalysis to null",
    ]


def test_what_has_no_end_says_so() -> None:
    """A program or an action whose console was killed, or that goes on; those of the first release have no id."""
    shell = {"title": "Shell in cart", "intent": "shell", "command": "kubectl exec", "id": "0a1d", "stage": "start"}
    assert lines(shell)[-1].endswith("start: kubectl exec (no end recorded)")
    assert "no end" not in "".join(lines(shell, {**shell, "stage": "done", "found": "exit code 0"}))
    assert "(no end recorded)" in lines({**shell, "intent": "pause", "stage": "write"})[2]
    assert "no end" not in "".join(lines({**shell, "id": None}))

"""What a change of phase shows about releases."""

from __future__ import annotations

import pytest

from canarytui.domain.history.release_marks import release_marks


@pytest.mark.parametrize(
    ("phase", "noted"),
    [
        ("Initializing", set()),
        ("Initialized", set()),
        ("Waiting", {("replaced", "4.0.5")}),
        ("Progressing", {("replaced", "4.0.5")}),
        ("WaitingPromotion", set()),
        ("Promoting", set()),
        ("Finalising", set()),
        ("Succeeded", set()),
        ("Failed", {("release", "4.0.6")}),
        ("Terminated", set()),
    ],
)
def test_each_phase_notes_what_cannot_be_anothers(phase: str, noted: set[tuple[str, str]]) -> None:
    assert release_marks({("phase", phase), ("weight", "0")}, "4.0.5", "4.0.6") == noted


@pytest.mark.parametrize("phase", ["Initialized", "Succeeded"])
def test_what_both_workloads_run_was_brought_out(phase: str) -> None:
    assert release_marks({("phase", phase)}, "4.0.6", "4.0.6") == {("release", "4.0.6")}


def test_nothing_is_noted_of_what_is_unknown() -> None:
    for phase in ("Progressing", "Succeeded", "Failed"):
        assert release_marks({("phase", phase)}, "", "") == frozenset()
    assert release_marks({("weight", "20")}, "4.0.5", "4.0.6") == frozenset()


def test_a_tag_is_data_and_is_kept_short() -> None:
    ((_, noted),) = release_marks({("phase", "Failed")}, "", "4.0.5\x1b]0;x\x07" + "9" * 200)
    assert "\x1b" not in noted
    assert len(noted) <= 60

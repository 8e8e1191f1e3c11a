"""What is noted of releases while a revision is analysed becomes part of its end."""

from __future__ import annotations

import pytest

from canarytui.domain.history.release_marks import RolloutReleases, is_to_be_noted, release_marks

KNOWN = RolloutReleases("hash-6", "4.0.5", "4.0.6")
NAMED = {("replaced", "4.0.5"), ("release", "4.0.6")}


@pytest.mark.parametrize(
    ("phase", "noted"),
    [
        ("Initializing", False),
        ("Initialized", False),
        ("Waiting", False),
        ("Progressing", True),
        ("WaitingPromotion", True),
        ("Promoting", False),
        ("Finalising", False),
        ("Succeeded", False),
        ("Failed", False),
        ("Terminating", False),
    ],
)
def test_releases_are_noted_while_the_primary_has_the_old_one(phase: str, noted: bool) -> None:
    status = {"phase": phase, "lastAppliedSpec": "hash-6"}
    assert is_to_be_noted(None, status) is noted
    assert not is_to_be_noted(KNOWN, status), "once for each revision"
    assert is_to_be_noted(KNOWN, {**status, "lastAppliedSpec": "hash-7"}) is noted, "a restart is another revision"


def test_a_status_without_a_revision_is_nothing_to_note() -> None:
    for applied in ({}, {"lastAppliedSpec": ""}, {"lastAppliedSpec": 5}):
        assert not is_to_be_noted(None, {"phase": "Progressing", **applied})


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_the_end_has_what_was_noted_whatever_the_workloads_run_by_then(phase: str) -> None:
    marks, status = {("phase", phase), ("weight", "0")}, {"lastAppliedSpec": "hash-6"}
    for target in ("4.0.6", "4.0.7", "4.0.5", ""):
        assert release_marks(marks, status, KNOWN, "4.0.6", target) == NAMED
    assert release_marks(marks, {"lastAppliedSpec": "hash-7"}, KNOWN, "4.0.6", "4.0.6") == frozenset()
    assert release_marks(marks, status, None, "4.0.6", "4.0.6") == frozenset()


def test_no_other_change_of_phase_has_marks() -> None:
    for phase in (
        "Initializing",
        "Waiting",
        "Progressing",
        "WaitingPromotion",
        "Promoting",
        "Finalising",
        "Terminated",
    ):
        assert release_marks({("phase", phase)}, {"lastAppliedSpec": "hash-6"}, KNOWN, "4", "4") == frozenset()


def test_the_initialization_brings_out_what_both_run() -> None:
    marks = {("phase", "Initialized")}
    assert release_marks(marks, {}, None, "4.0.5", "4.0.5") == {("release", "4.0.5")}
    assert release_marks(marks, {}, None, "4.0.5", "4.0.6") == frozenset()
    assert release_marks(marks, {}, None, "", "") == frozenset()


def test_a_tag_is_data_and_is_kept_short() -> None:
    known = RolloutReleases("hash-6", "4.0.5\x1b]0;x\x07", "9" * 200)
    noted = dict(release_marks({("phase", "Failed")}, {"lastAppliedSpec": "hash-6"}, known, "", ""))
    assert "\x1b" not in noted["replaced"]
    assert len(noted["release"]) <= 60

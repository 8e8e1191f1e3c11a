"""Where a rollout stands: as JSON, as an exit code, and whether it is news."""

from __future__ import annotations

import pytest
from fake_cluster_state import canary, primary, target, world_of
from replacing import replace

from canarytui.domain.rollout.revision_outcome import RevisionStage
from canarytui.exit_codes import ExitCode
from canarytui.report.rollout_status import RolloutStatus


async def standing(stage: RevisionStage = RevisionStage.UNDER_WAY, sentence: str = "podinfo advances") -> RolloutStatus:
    cluster_state = await world_of(
        canary("Progressing", weight=20, failed=1), target("podinfo:2"), primary("podinfo:1")
    )
    return RolloutStatus("test", "podinfo", stage, True, sentence, cluster_state.situation(("test", "podinfo")))


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        (RevisionStage.PROMOTED, ExitCode.PROMOTED),
        (RevisionStage.TAKEN_BACK, ExitCode.PROMOTED),
        (RevisionStage.FAILED, ExitCode.FAILED),
        (RevisionStage.UNDER_WAY, ExitCode.UNDECIDED),
        (RevisionStage.NOT_BEGUN, ExitCode.UNDECIDED),
    ],
)
async def test_each_stage_has_its_exit_code_which_json_repeats(stage: RevisionStage, code: ExitCode) -> None:
    found = await standing(stage)
    assert found.code is code
    assert (found.as_object()["exitCode"], found.as_object()["stage"]) == (int(code), stage.value)


async def test_json_has_what_a_program_decides_by() -> None:
    told = (await standing()).as_object()
    expected = {
        "namespace": "test", "name": "podinfo", "phase": "Progressing", "weight": 20, "failedChecks": 1,
        "threshold": 10, "suspended": False, "canaryImages": ["podinfo:2"], "primaryImages": ["podinfo:1"],
    }  # fmt: skip
    assert {name: told[name] for name in expected} == expected
    assert {check["name"] for check in told["checks"]} == {"request-success-rate", "request-duration"}


async def test_an_object_that_cannot_be_parsed_has_no_figures() -> None:
    told = RolloutStatus("test", "podinfo", RevisionStage.NOT_BEGUN, False, "it is invalid").as_object()
    assert told["sure"] is False
    assert "phase" not in told


async def test_a_countdown_is_no_news_but_a_weight_and_another_sentence_are() -> None:
    first = await standing(sentence="podinfo advances (next check in 7 s)")
    assert first.news == (await standing(sentence="podinfo advances (next check in 6 s)")).news
    assert first.news != (await standing(sentence="podinfo waits")).news
    assert first.situation is not None
    status = replace(first.situation.canary.status, failed_checks=2)
    later = replace(first.situation, canary=replace(first.situation.canary, status=status))
    assert first.news != replace(first, situation=later).news

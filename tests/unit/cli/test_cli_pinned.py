"""The revision that ``status --revision-of-now`` keeps to, and what became of it when there is another one."""

from __future__ import annotations

from typing import Any

import pytest
from fake_cluster_state import canary, primary, target, world_of

from canarytui.cli.pinned_revision import PinnedRevision
from canarytui.domain.rollout.revision_outcome import RevisionStage
from canarytui.domain.rollout.situation import Situation
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode


async def situation(*objects: dict[str, Any]) -> Situation:
    cluster_state = await world_of(*objects)
    found = cluster_state.situation(("test", "podinfo"))
    assert found is not None
    return found


async def test_the_same_revision_is_not_replaced() -> None:
    now = await situation(canary("Progressing"), target("podinfo:2"), primary("podinfo:1"))
    pinned = PinnedRevision(now, target("podinfo:2"), primary("podinfo:1"))
    assert pinned.replaced(now, target("podinfo:2"), primary("podinfo:1")) is None
    assert pinned.replaced(now, None, primary("podinfo:1")) is None, "nobody knows"


@pytest.mark.parametrize(
    ("by_then", "stage", "sure", "code"),
    [
        (primary("podinfo:2", "2"), RevisionStage.PROMOTED, True, ExitCode.PROMOTED),
        (primary("podinfo:1"), RevisionStage.FAILED, True, ExitCode.FAILED),
        (primary("podinfo:7", "2"), RevisionStage.UNDER_WAY, False, ExitCode.UNDECIDED),
    ],
    ids=["promoted before", "never promoted", "cannot be told"],
)
async def test_the_primary_says_what_became_of_a_replaced_one(
    by_then: dict[str, Any], stage: RevisionStage, sure: bool, code: ExitCode
) -> None:
    now = await situation(canary("Progressing"), target("podinfo:3", "3"), by_then)
    pinned = PinnedRevision(now, target("podinfo:2"), primary("podinfo:1"))
    standing = pinned.replaced(now, target("podinfo:3", "3"), by_then)
    assert standing is not None
    assert (standing.stage, standing.sure, standing.code) == (stage, sure, code)


async def test_without_a_revision_there_is_nothing_to_keep_to() -> None:
    now = await situation(canary("Progressing"), primary("podinfo:1"))
    with pytest.raises(UsageError, match="podinfo"):
        PinnedRevision(now, None, primary("podinfo:1"))
    service = canary("Progressing")
    service["spec"]["targetRef"] = {"kind": "Service", "name": "podinfo"}
    with pytest.raises(UsageError, match="Service"):
        PinnedRevision(await situation(service), None, None)

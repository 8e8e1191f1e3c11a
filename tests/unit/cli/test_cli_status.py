"""``canarytui status``: which end is whose, and the exit code that CI sees."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any, cast

import pytest
from fake_cluster_state import FakeConnection, canary, primary, put, target, world_of

from canarytui.cli import status
from canarytui.cli.revision_judge import Judge
from canarytui.console.demo_fixture import NOW
from canarytui.domain.rollout.revision_outcome import RevisionStage
from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences import command_status as words
from canarytui.errors import ApiStatusError, CanarytuiError, ClusterUnreachable, ConfigError, MissingApi, UsageError
from canarytui.exit_codes import ExitCode
from canarytui.session.state import ClusterState

KEY = ("test", "podinfo")


def judge_of(cluster_state: ClusterState, *, pinned: bool = False, answer: dict[str, Any] | None = None) -> Judge:
    return Judge(cluster_state, cast(Any, FakeConnection(answer)), KEY, pinned=pinned)


async def test_success_of_an_earlier_rollout_is_not_taken_for_this_one() -> None:
    cluster_state = await world_of(canary("Succeeded"), target("podinfo:2"), primary("podinfo:1"))
    standing = await judge_of(cluster_state).standing()
    assert (standing.stage, standing.sure, standing.code) == (RevisionStage.NOT_BEGUN, True, ExitCode.UNDECIDED)
    assert standing.sentence == "podinfo has a new revision (1 -> 2), which the controller has not picked up yet"


async def test_a_rollout_is_followed_from_before_its_begin_to_its_end() -> None:
    cluster_state = await world_of(canary("Succeeded"), target("podinfo:2"), primary("podinfo:1"))
    judge = judge_of(cluster_state, pinned=True)
    codes = [(await judge.standing()).code]
    await put(cluster_state, canary("Progressing", "2", weight=5), target("podinfo:2"), primary("podinfo:1"))
    codes.append((await judge.standing()).code)
    await put(cluster_state, canary("Succeeded", "3"), target("podinfo:2"), primary("podinfo:2", "2"))
    codes.append((await judge.standing()).code)
    assert codes == [ExitCode.UNDECIDED, ExitCode.UNDECIDED, ExitCode.PROMOTED]


async def test_the_failure_of_an_earlier_rollout_is_told_by_when_the_target_was_written() -> None:
    objects = canary("Failed"), target("podinfo:3"), primary("podinfo:1")
    fields = {"fieldsV1": {"f:spec": {"f:template": {}}}}
    written_later = {"metadata": {"managedFields": [{"time": "2026-11-23T14:31:00Z", **fields}]}}
    written_before = {"metadata": {"managedFields": [{"time": "2026-11-23T14:00:00Z", **fields}]}}
    assert (await judge_of(await world_of(*objects), answer=written_later).standing()).code is ExitCode.UNDECIDED
    judge = judge_of(await world_of(*objects), answer=written_before)
    assert (await judge.standing()).code is ExitCode.FAILED
    await judge.standing()
    assert cast(Any, judge._connection).cluster.asked == 1, "asked once for a revision, not at every look"


async def test_another_revision_before_the_promotion_fails_the_one_that_was_waited_for() -> None:
    cluster_state = await world_of(canary("Progressing"), target("podinfo:2"), primary("podinfo:1"))
    pinned, following = judge_of(cluster_state, pinned=True), judge_of(cluster_state)
    assert (await pinned.standing()).code is ExitCode.UNDECIDED
    await put(cluster_state, canary("Progressing", "2"), target("podinfo:3", "2"), primary("podinfo:1"))
    replaced = await pinned.standing()
    assert replaced.code is ExitCode.FAILED
    assert "another revision" in replaced.sentence
    assert (await following.standing()).code is ExitCode.UNDECIDED


@pytest.mark.parametrize(
    ("by_then", "code", "sure", "said"),
    [
        (primary("podinfo:2", "2"), ExitCode.PROMOTED, True, words.REPLACED_LATER),
        (primary("podinfo:1"), ExitCode.FAILED, True, words.REPLACED),
        (primary("podinfo:4", "2"), ExitCode.UNDECIDED, False, words.REPLACED_UNKNOWN),
    ],
)
async def test_what_was_promoted_while_nobody_looked_is_told_by_the_primary(
    by_then: dict[str, Any], code: ExitCode, sure: bool, said: Sentence
) -> None:
    cluster_state = await world_of(canary("Progressing"), target("podinfo:2"), primary("podinfo:1"))
    judge = judge_of(cluster_state, pinned=True)
    await judge.standing()
    await put(cluster_state, canary("Progressing", "9"), target("podinfo:3", "9"), by_then)
    standing = await judge.standing()
    assert (standing.code, standing.sure, standing.sentence) == (code, sure, said.text(name="podinfo"))


async def test_a_time_that_is_over_before_the_first_look_says_nothing_of_the_rollout(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cluster_state = await world_of(canary("Progressing"), target("podinfo:2"), primary("podinfo:1"))
    lines = status._Lines(status.parser().parse_args(["podinfo", "--watch"]))
    assert status._too_late(cluster_state, lines, "1s") == ExitCode.TIMED_OUT
    assert capsys.readouterr().out == words.UNSEEN.text(limit="1s") + "\n"
    lines.say(await judge_of(cluster_state).standing())
    assert status._too_late(cluster_state, lines, "1s") == ExitCode.TIMED_OUT
    assert capsys.readouterr().out.splitlines()[-1] == words.UNDECIDED.text(limit="1s")
    cluster_state.canaries.stale("The API server does not answer.")
    assert status._too_late(cluster_state, lines, "1s") == ExitCode.UNREACHABLE
    assert capsys.readouterr().out == words.SILENT.text(limit="1s") + "\n"


async def test_a_target_that_was_taken_back_is_promoted_only_for_whoever_asked_for_that_revision() -> None:
    cluster_state = await world_of(canary("Failed"), target("podinfo:1"), primary("podinfo:1"))
    assert (await judge_of(cluster_state, pinned=True).standing()).code is ExitCode.PROMOTED
    failed = await judge_of(cluster_state).standing()
    assert failed.code is ExitCode.FAILED
    assert "was rolled back" in failed.sentence


async def test_a_suspended_canary_says_so_and_is_waited_for() -> None:
    cluster_state = await world_of(canary("Succeeded", suspend=True), target("podinfo:2"), primary("podinfo:1"))
    standing = await judge_of(cluster_state).standing()
    assert standing.code is ExitCode.UNDECIDED
    assert "paused" in standing.sentence
    cluster_state = await world_of(
        canary("Progressing", suspend=True, weight=20), target("podinfo:2"), primary("podinfo:1")
    )
    standing = await judge_of(cluster_state).standing()
    assert standing.code is ExitCode.UNDECIDED
    assert standing.sentence.endswith("until it is resumed")


async def test_a_gate_is_waited_for() -> None:
    cluster_state = await world_of(canary("WaitingPromotion", weight=50), target("podinfo:2"), primary("podinfo:1"))
    standing = await judge_of(cluster_state).standing()
    assert standing.code is ExitCode.UNDECIDED
    assert "is waiting for approval to promote" in standing.sentence


async def test_a_canary_that_is_deleted_meanwhile_ends_the_waiting() -> None:
    cluster_state = await world_of(canary("Progressing"), target("podinfo:2"), primary("podinfo:1"))
    judge = judge_of(cluster_state)
    await judge.standing()
    await put(cluster_state, target("podinfo:2"), primary("podinfo:1"))
    with pytest.raises(UsageError, match="test/podinfo was deleted"):
        await judge.standing()


async def test_a_target_that_is_missing_is_no_success() -> None:
    cluster_state = await world_of(canary("Succeeded"), primary("podinfo:1"))
    standing = await judge_of(cluster_state).standing()
    assert standing.code is ExitCode.UNDECIDED
    assert "target Deployment test/podinfo does not exist" in standing.sentence
    with pytest.raises(UsageError, match="Deployment test/podinfo does not exist, and --revision-of-now needs it"):
        await judge_of(cluster_state, pinned=True).standing()


async def test_a_revision_that_cannot_be_pinned_says_why() -> None:
    unread = ClusterState(now=lambda: NOW)
    unread.canaries.replace([canary("Progressing")])
    await asyncio.sleep(0)
    with pytest.raises(UsageError, match="Deployment test/podinfo cannot be read, which --revision-of-now needs"):
        await judge_of(unread, pinned=True).standing()
    service = canary("Progressing")
    service["spec"]["targetRef"] |= {"apiVersion": "v1", "kind": "Service"}
    with pytest.raises(UsageError, match="target of test/podinfo is a Service, which has no revision"):
        await judge_of(await world_of(service), pinned=True).standing()


async def test_an_object_that_cannot_be_understood_is_undecided() -> None:
    broken = canary("Progressing")
    broken["spec"] = "broken"
    standing = await judge_of(await world_of(broken)).standing()
    assert standing.code is ExitCode.UNDECIDED
    assert standing.as_object()["exitCode"] == 5


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (ConfigError("x"), 2),
        (MissingApi("x"), 2),
        (ClusterUnreachable("x"), 4),
        (ApiStatusError(403, "Forbidden", "x"), 4),
    ],
)
def test_what_keeps_it_from_looking_is_never_the_code_of_a_failed_rollout(error: CanarytuiError, code: int) -> None:
    assert status._code_of(error) == code


@pytest.mark.parametrize(
    ("timeout", "limit_s"), [("90s", 90.0), ("10m", 600.0), ("1h30m", 5400.0), ("45", 45.0), ("", None)]
)
def test_timeouts_are_kubectls(timeout: str, limit_s: float | None) -> None:
    assert status._limit_s(argparse.Namespace(timeout=timeout, watch=True)) == limit_s


@pytest.mark.parametrize(("timeout", "watch"), [("soon", True), ("0", True), ("-1s", True), ("10m", False)])
def test_a_timeout_that_cannot_be_meant_is_a_usage_error(
    timeout: str, watch: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["podinfo", f"--timeout={timeout}", *(["--watch"] if watch else [])]
    assert status.run(given) == 2
    assert "--timeout" in capsys.readouterr().err


def test_no_kubeconfig_is_a_usage_error_not_a_failed_rollout(capsys: pytest.CaptureFixture[str]) -> None:
    assert status.run(["podinfo", "--kubeconfig", "/nowhere/kubeconfig"]) == 2
    assert "There is no kubeconfig at /nowhere/kubeconfig" in capsys.readouterr().err


def test_an_api_server_that_does_not_answer_has_a_code_of_its_own(tmp_path: Any) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: gone\n"
        "clusters: [{name: gone, cluster: {server: 'http://127.0.0.1:9'}}]\n"
        "users: [{name: me, user: {}}]\n"
        "contexts: [{name: gone, context: {cluster: gone, user: me}}]\n"
    )
    assert status.run(["podinfo", "--kubeconfig", str(kubeconfig)]) == 4

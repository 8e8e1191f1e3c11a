"""What an object that is read again says about a write whose answer was lost."""

from __future__ import annotations

import copy
import re
from typing import Any

import aiohttp
import pytest

from canarytui.actions.outcome import WriteOutcome, gate_again, read_again
from canarytui.cluster.bounded_responses import AnswerRefused
from canarytui.cluster.lost_answers import is_refusal, lost_words, was_sent
from canarytui.domain.conflict_relevance import relevant_fields
from canarytui.domain.plan import PlannedWrite
from canarytui.errors import ApiStatusError, ClusterUnreachable

MANAGER = "canarytui-0a1b2c3d"
BEFORE: dict[str, Any] = {
    "metadata": {
        "namespace": "shop", "name": "cart", "resourceVersion": "10",
        "managedFields": [
            {"manager": "kubectl", "operation": "Apply", "time": "2026-11-23T10:00:00Z", "fieldsV1": {"f:spec": {}}}
        ],
    },
    "spec": {"analysis": {"threshold": 5}},
    "status": {"phase": "Progressing", "failedChecks": 1},
}  # fmt: skip


def write(change: dict[str, Any], subresource: str = "", plural: str = "canaries") -> PlannedWrite:
    body = {"metadata": {"resourceVersion": "10"}, **change}
    seen = relevant_fields(plural, BEFORE)
    return PlannedWrite("flagger.app", "v1beta1", plural, "shop", "cart", "merge", body, subresource, seen)


PAUSE = write({"spec": {"suspend": True}})
ROLL_BACK = write({"status": {"failedChecks": 5}}, "status")


def now(version: str = "11", *, by: str = "", subresource: str = "", **changes: Any) -> dict[str, Any]:
    """The object at `version`, written last by the manager `by`."""
    obj = copy.deepcopy(BEFORE)
    obj["metadata"]["resourceVersion"] = version
    if by:
        entry = {"manager": by, "operation": "Update", "time": "2026-11-23T14:02:11Z", "fieldsV1": {"f:spec": {}}}
        obj["metadata"]["managedFields"].append({**entry, **({"subresource": subresource} if subresource else {})})
    for part, values in changes.items():
        obj[part] = {**obj[part], **values}
    return obj


def unowned(obj: dict[str, Any]) -> dict[str, Any]:
    del obj["metadata"]["managedFields"]
    return obj


TABLE = {
    "ours is there": (PAUSE, now(by=MANAGER, spec={"suspend": True}), {}, WriteOutcome.DONE, f"list {MANAGER}$"),
    "ours, and changed since": (
        PAUSE,
        now("12", by=MANAGER, spec={"suspend": False}),
        {},
        WriteOutcome.DONE,
        r"list .*, and has been changed since: spec.suspend is false \(requested: true\)",
    ),
    "ours, in a late look": (
        PAUSE,
        now("99", by=MANAGER, spec={"suspend": True}),
        {"late": True},
        WriteOutcome.DONE,
        "list",
    ),
    "ours of another part": (
        ROLL_BACK,
        now(by=MANAGER),
        {},
        WriteOutcome.UNKNOWN,
        r"status.failedChecks is 1 \(requested: 5\)",
    ),
    "ours in the status": (
        ROLL_BACK,
        now(by=MANAGER, subresource="status", status={"failedChecks": 5}),
        {},
        WriteOutcome.DONE,
        "list",
    ),
    "unchanged": (PAUSE, now("10"), {}, WriteOutcome.NOT_DONE, r"unchanged \(resourceVersion 10\)"),
    "unchanged, in a late look": (PAUSE, now("10"), {"late": True}, WriteOutcome.NOT_DONE, "unchanged"),
    "a status that the controller wrote": (
        ROLL_BACK,
        now("11", by="flagger", subresource="status", status={"failedChecks": 2}),
        {},
        WriteOutcome.UNKNOWN,
        r"flagger \(14:02:11 UTC\) has written it since: status.failedChecks is 2 \(requested: 5\)",
    ),
    "somebody wrote another field": (
        PAUSE,
        now(by="kubectl-patch", spec={"analysis": {"threshold": 7}}),
        {},
        WriteOutcome.NOT_DONE,
        "suspend is absent",
    ),
    "the same, in a late look": (
        PAUSE,
        now(by="kubectl-patch", spec={"analysis": {"threshold": 7}}),
        {"late": True},
        WriteOutcome.UNKNOWN,
        "kubectl-patch .* has written it since",
    ),
    "somebody wrote our field otherwise": (
        PAUSE,
        now(by="kubectl-patch", spec={"suspend": False}),
        {},
        WriteOutcome.UNKNOWN,
        "spec.suspend is false",
    ),
    "somebody wrote our field alike": (
        PAUSE,
        now(by="kubectl-patch", spec={"suspend": True}),
        {},
        WriteOutcome.DONE,
        "requested, though kubectl-patch",
    ),
    "alike, in a late look": (
        PAUSE,
        now(by="kubectl-patch", spec={"suspend": True}),
        {"late": True},
        WriteOutcome.UNKNOWN,
        "has what was req",
    ),
    "owners are not told, it holds": (
        PAUSE,
        unowned(now(spec={"suspend": True})),
        {},
        WriteOutcome.DONE,
        "has what was requested$",
    ),
    "owners are not told, it does not": (
        PAUSE,
        unowned(now()),
        {},
        WriteOutcome.UNKNOWN,
        "somebody else has written it",
    ),
    "it already was": (
        write({"spec": {"analysis": {"threshold": 5}}}),
        now("10"),
        {},
        WriteOutcome.DONE,
        "nothing to change",
    ),
    "a conflict with another": (
        PAUSE,
        now(by="flagger", spec={"suspend": False}),
        {"conflict": True},
        WriteOutcome.NOT_DONE,
        "suspend is false",
    ),
    "a conflict with ourselves": (
        PAUSE,
        now(by=MANAGER, spec={"suspend": True}),
        {"conflict": True},
        WriteOutcome.DONE,
        "list",
    ),
    "gone": (PAUSE, None, {}, WriteOutcome.UNKNOWN, "does not exist any more"),
    "garbage": (PAUSE, {"metadata": {"managedFields": [7]}, "spec": []}, {}, WriteOutcome.UNKNOWN, "somebody else"),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_the_object_says(case: str) -> None:
    made, found, options, outcome, why = TABLE[case]
    verdict = read_again(made, MANAGER, found, **options)
    assert verdict.outcome is outcome, verdict
    assert re.search(why, verdict.why), verdict.why


def test_lists_of_a_strategic_merge_patch_are_compared_by_name() -> None:
    containers = [{"name": "app", "image": "cart:2"}]
    made = PlannedWrite(
        "apps", "v1", "deployments", "shop", "cart", "application/strategic-merge-patch+json",
        {"metadata": {"resourceVersion": "10"}, "spec": {"template": {"spec": {"containers": containers}}}},
    )  # fmt: skip

    def deployment(image: str) -> dict[str, Any]:
        running = [{"name": "proxy", "image": "p:1"}, {"name": "app", "image": image, "ports": []}]
        return unowned(now("12", spec={"template": {"spec": {"containers": running}}}))

    assert read_again(made, MANAGER, deployment("cart:2")).outcome is WriteOutcome.DONE
    verdict = read_again(made, MANAGER, deployment("cart:1"))
    assert verdict.outcome is WriteOutcome.UNKNOWN
    assert "spec.template.spec.containers[app].image is cart:1 (requested: cart:2)" in verdict.why


@pytest.mark.parametrize(
    ("code", "is_status", "refusal"),
    [
        *((code, True, True) for code in (400, 401, 403, 404, 405, 413, 415, 422, 429)),
        *((code, True, False) for code in (408, 409, 500, 502, 503, 504)),
        *((code, False, False) for code in (400, 403, 404, 422, 500, 502)),
    ],
)
def test_only_the_servers_own_word_is_a_refusal(code: int, is_status: bool, refusal: bool) -> None:
    assert is_refusal(ApiStatusError(code, "", "said", is_status=is_status)) is refusal


@pytest.mark.parametrize(
    ("cause", "sent", "words"),
    [
        (aiohttp.ClientConnectorError(None, OSError(111, "refused")), False, None),  # type: ignore[arg-type]
        (aiohttp.ConnectionTimeoutError(), False, None),
        (aiohttp.ClientHttpProxyError(None, (), status=407), False, None),  # type: ignore[arg-type]
        (aiohttp.ServerTimeoutError(), True, "none came in time"),
        (TimeoutError(), True, "none came in time"),
        (ConnectionResetError(104, "reset"), True, "the connection was closed"),
        (aiohttp.ServerDisconnectedError(), True, "the connection was closed"),
        (aiohttp.ClientPayloadError("400, message: Not enough data"), True, "it was cut off"),
        (AnswerRefused("answered with more than 64 MiB"), True, "it could not be read"),
        (ValueError("Expecting value"), True, "it was not JSON"),
    ],
)
def test_what_never_left_was_never_done(cause: Exception, sent: bool, words: str | None) -> None:
    error = ClusterUnreachable("cannot be reached")
    error.__cause__ = cause
    assert was_sent(error) is sent
    if words is not None:
        assert lost_words(error) == words


@pytest.mark.parametrize(
    ("opens", "state", "outcome"),
    [
        (True, "open", WriteOutcome.DONE),
        (True, "closed", WriteOutcome.NOT_DONE),
        (False, "closed", WriteOutcome.DONE),
        (False, "open", WriteOutcome.NOT_DONE),
        (True, "unknown: it answered 503", WriteOutcome.UNKNOWN),
    ],
)
def test_a_gate_is_asked_again(opens: bool, state: str, outcome: WriteOutcome) -> None:
    assert gate_again(opens, state).outcome is outcome

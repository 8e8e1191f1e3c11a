"""The cells of ``canarytui get``: kubectl's by path, ours from what is known."""

from __future__ import annotations

from typing import Any

import pytest
from fake_cluster_state import canary, primary, target, world_of

from canarytui.session.columns import printed_cells as cells
from canarytui.session.columns.printed_canary import PrintedCanary
from canarytui.session.state import ClusterState

KEY = ("test", "podinfo")


def printed(cluster_state: ClusterState) -> PrintedCanary:
    obj = cluster_state.canaries.get(*KEY)
    assert obj is not None
    return PrintedCanary(obj, cluster_state.situation(KEY))


@pytest.mark.parametrize(
    ("value", "shown"),
    [("10s", "10s"), (5, "5"), (True, "true"), (False, "false"), ([1, 2], "[1,2]"), (None, ""), ("\x1b[2Jnow", "now")],
)
def test_a_field_is_shown_as_kubectl_shows_it_and_cleaned(value: object, shown: str) -> None:
    seen = PrintedCanary({"spec": {"analysis": {"interval": value}}}, None)
    found = cells.field("spec", "analysis", "interval")(seen)
    assert found == shown


def test_what_is_not_there_is_empty() -> None:
    assert cells.field("spec", "nothing", "here")(PrintedCanary({"spec": 5}, None)) == ""
    assert cells.known(cells.failed)(PrintedCanary({}, None)) == ""


@pytest.mark.parametrize(("value", "shown"), [(99.5, "99.5%"), (53.4, "53.4%<99")])
async def test_a_check_names_the_bound_that_it_fails(value: float, shown: str) -> None:
    cluster_state = await world_of(canary("Progressing", weight=15), target("podinfo:2"), primary("podinfo:1"))
    cluster_state.readings.add(KEY, "request-success-rate", cluster_state.now(), value)
    situation = printed(cluster_state).situation
    assert situation is not None
    assert cells.success(situation) == shown
    assert cells.duration(situation) == "", "not measured"


async def test_what_is_known_of_a_rollout() -> None:
    cluster_state = await world_of(
        canary("Progressing", weight=15, failed=2), target("podinfo:2"), primary("podinfo:1")
    )
    situation = printed(cluster_state).situation
    assert situation is not None
    assert cells.failed(situation) == "2/10"
    assert cells.step(situation) == "3/10"
    assert cells.images(situation) == "1->2"
    assert cells.owner(situation) == ""
    assert cells.ending(situation).startswith(("promoted@", "rolled-back@"))


@pytest.mark.parametrize(("changes", "shown"), [({}, "10s"), ({"suspend": True}, "suspended")])
async def test_the_next_decision(changes: dict[str, Any], shown: str) -> None:
    cluster_state = await world_of(
        canary("Progressing", weight=15, **changes), target("podinfo:2"), primary("podinfo:1")
    )
    situation = printed(cluster_state).situation
    assert situation is not None
    assert cells.next_check(situation) == shown
    cluster_state = await world_of(canary("Succeeded"), target("podinfo:2"), primary("podinfo:2"))
    at_rest = printed(cluster_state).situation
    assert at_rest is not None
    assert cells.next_check(at_rest) == ""


async def test_the_worst_comes_first() -> None:
    cluster_state = await world_of(canary("Failed"), target("podinfo:2"), primary("podinfo:1"))
    failed = printed(cluster_state)
    cluster_state = await world_of(canary("Succeeded"), target("podinfo:2"), primary("podinfo:2"))
    succeeded = printed(cluster_state)
    assert cells.problem_rank(failed) < cells.problem_rank(succeeded)
    assert cells.success_rank(succeeded) == float("inf"), "not measured: last"

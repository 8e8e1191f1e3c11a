"""The Event that tells others what a person did."""

from __future__ import annotations

from live_api import LiveApi

from canarytui.actions.announcement import announce
from canarytui.cluster.client import Cluster
from canarytui.domain.history.facts import CONSOLE_ACTION
from canarytui.domain.spec.canary import Canary


def canary(api: LiveApi) -> Canary:
    found = api.find("canaries.flagger.app", "podinfo")
    assert found is not None
    return Canary.parse(found)


async def test_it_is_about_the_canary_and_says_who(live_api: LiveApi, cluster: Cluster) -> None:
    await announce(cluster, canary(live_api), "ann@laptop as admin: Pause " + "x" * 2000, host="laptop")
    (event,) = live_api.events()
    assert (event["reason"], event["type"], event["count"]) == (CONSOLE_ACTION, "Normal", 1)
    assert event["message"].startswith("ann@laptop as admin: Pause x")
    assert len(event["message"]) == 1000
    about = event["involvedObject"]
    assert (about["kind"], about["namespace"], about["name"]) == ("Canary", "test", "podinfo")
    assert about["uid"] == canary(live_api).uid
    assert event["source"] == {"component": "canarytui", "host": "laptop"}


async def test_two_in_a_row_are_two_events(live_api: LiveApi, cluster: Cluster) -> None:
    for text in ("Pause", "Resume"):
        await announce(cluster, canary(live_api), text, host="laptop")
    assert [event["message"] for event in live_api.events()] == ["Pause", "Resume"]


async def test_where_it_is_forbidden_nothing_is_raised(live_api: LiveApi, readers: Cluster) -> None:
    await announce(readers, canary(live_api), "Pause", host="laptop")
    assert live_api.events() == []
    assert [(each.method, each.code) for each in live_api.asked] == [("POST", 403)]

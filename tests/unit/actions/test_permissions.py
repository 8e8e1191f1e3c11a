"""What a person may do is asked of the API server once a minute, and said in a sentence when the answer is no."""

from __future__ import annotations

import asyncio

import pytest
from live_api import LiveApi

from canarytui.actions import permissions
from canarytui.actions.permissions import Permissions
from canarytui.cluster.client import Cluster
from canarytui.domain.plan import Permission
from canarytui.errors import ClusterUnreachable

PATCH = Permission("patch", "flagger.app", "canaries", "", "test", "podinfo")
STATUS = Permission("patch", "flagger.app", "canaries", "status", "test", "podinfo")


def asked(api: LiveApi) -> int:
    return sum("selfsubjectaccessreviews" in each.path for each in api.asked)


async def test_yes_is_empty_and_no_is_a_sentence(cluster: Cluster, readers: Cluster) -> None:
    assert await Permissions(cluster).refusal(PATCH) == ""
    refused = await Permissions(readers).refusal(STATUS)
    assert refused.startswith(STATUS.sentence)
    assert "canaries/status" in refused
    assert await Permissions(readers).refusal(Permission("list", "", "events", "", "test")) == ""


async def test_an_answer_is_remembered_for_a_minute(
    live_api: LiveApi, readers: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = Permissions(readers)
    first = await access.refusal(PATCH)
    assert first
    assert await access.refusal(PATCH) == first == access.known[PATCH]
    assert asked(live_api) == 1
    monkeypatch.setattr(permissions, "_REMEMBERED_S", 0.0)
    assert await access.refusal(PATCH) == first
    assert asked(live_api) == 2


async def test_what_is_learned_in_the_background_is_known(live_api: LiveApi, readers: Cluster) -> None:
    access = Permissions(readers)
    access.learn((PATCH, STATUS))
    access.learn((PATCH, STATUS))
    await live_api.until("both are known", lambda: len(access.known) == 2)
    assert all(access.known.values())
    assert asked(live_api) == 2
    access.close()


async def test_a_failure_in_the_background_is_asked_again(live_api: LiveApi, readers: Cluster) -> None:
    access = Permissions(readers)
    await live_api.stop()
    access.learn((PATCH,))
    async with asyncio.timeout(10):
        while access._asking:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert access.known == {}
    with pytest.raises(ClusterUnreachable):
        await access.refusal(PATCH)

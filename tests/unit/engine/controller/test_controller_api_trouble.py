"""Requests of ours: bounded in rate, and told at once when the server has trouble."""

from __future__ import annotations

import asyncio

import pytest
from live_api import LiveApi
from virtual_time import run

from canarytui.cluster.request_rate import RequestRate
from canarytui.cluster.resources import DEPLOYMENTS
from canarytui.errors import ApiStatusError


def test_requests_are_sent_at_once_up_to_the_burst_and_then_at_the_rate() -> None:
    async def whole() -> list[float]:
        pace, sent = RequestRate(10, 5), []

        async def request() -> None:
            await pace.wait()
            sent.append(round(asyncio.get_running_loop().time(), 6))

        await asyncio.gather(*(request() for _ in range(8)))
        await asyncio.sleep(10)
        await asyncio.gather(*(request() for _ in range(6)))
        return sent

    assert run(whole()) == [0, 0, 0, 0, 0, 0.1, 0.2, 0.3, 10.3, 10.3, 10.3, 10.3, 10.3, 10.4]


async def test_the_clusters_requests_keep_the_pace(api: LiveApi) -> None:
    cluster = await api.connect()
    cluster.pace = RequestRate(50, 1)
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(cluster.request("GET", DEPLOYMENTS.path("test")) for _ in range(11)))
    assert asyncio.get_running_loop().time() - began >= 0.19, "ten of them have waited 20 ms each"
    await cluster.close()


async def test_an_answer_of_503_is_told_and_not_tried_again_without_end(api: LiveApi) -> None:
    api.silent.set()
    cluster = await api.connect()
    with pytest.raises(ApiStatusError) as told:
        await asyncio.wait_for(cluster.request("GET", DEPLOYMENTS.path("test")), 5)
    assert told.value.code == 503
    await cluster.close()

"""The webhook by which Flagger asks, on a Prometheus over sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from counted_requests import FEW, FINE, ILL, KEY, WORSE, canary, counted

from canarytui.cli.judge_webhook import serve_webhook
from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES
from canarytui.domain.values import NamespacedName
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch
from canarytui.session.state import ClusterState


@asynccontextmanager
async def answering(
    cluster: Cluster, sides: dict[str, tuple[float, float]] | None, *, passes: bool = True
) -> AsyncIterator[Callable[..., Any]]:
    """A webhook on a Prometheus with these counts, None for one that is not there; yields what asks it."""
    state = ClusterState()
    state.stores[CANARIES].replace([canary()])
    await asyncio.sleep(0)
    async with TestServer(PrometheusApi(counted(sides or {})).make_app()) as server:
        address = str(server.make_url("")).rstrip("/") if sides is not None else "http://127.0.0.1:1"

        def watch_of(key: NamespacedName) -> RolloutNumbersWatch:
            return RolloutNumbersWatch(cluster, state, CanaryDetail(key), lambda _: address)

        runner = await serve_webhook(state, watch_of, "127.0.0.1", 0, passes_without=passes)
        try:
            async with aiohttp.ClientSession() as session:

                async def ask(body: Any = None, **metadata: str) -> tuple[int, str]:
                    if body is None:
                        body = {"name": "cart", "namespace": "shop", "phase": "Progressing", "metadata": metadata}
                    data = body if isinstance(body, bytes) else json.dumps(body).encode()
                    async with session.post(f"http://127.0.0.1:{runner.addresses[0][1]}/any", data=data) as answer:
                        return answer.status, await answer.text()

                yield ask
        finally:
            await runner.cleanup()


@pytest.mark.parametrize(
    ("sides", "status", "said"),
    [
        (WORSE, 409, "worse than primary by "),
        (ILL, 200, "primary fails too (55.6 %): probably not the new version"),
        (FINE, 200, "no difference larger than 0."),
        (FEW, 200, "not enough requests: about "),
    ],
)
async def test_flagger_is_answered_by_the_verdict(
    cluster: Cluster, sides: dict[str, tuple[float, float]], status: int, said: str
) -> None:
    async with answering(cluster, sides) as ask:
        code, text = await ask()
    assert code == status
    assert text.startswith(said)


async def test_without_a_verdict_it_passes_or_fails_as_configured_and_says_which(cluster: Cluster) -> None:
    async with answering(cluster, None) as ask:
        code, text = await ask()
        assert (code, text.partition(":")[0]) == (200, "passes without a verdict, as configured")
        code, text = await ask(**{"without-verdict": "fail"})
        assert (code, text.partition(":")[0]) == (503, "fails without a verdict, as configured")
        assert "127.0.0.1:1" in text
    async with answering(cluster, None, passes=False) as ask:
        assert (await ask())[0] == 503
        assert (await ask(**{"without-verdict": "pass"}))[0] == 200


async def test_what_is_no_webhook_and_no_canary(cluster: Cluster) -> None:
    async with answering(cluster, FEW) as ask:
        assert (await ask(b"{"))[0] == 400
        assert (await ask(b"[" * 50_000))[0] == 400
        assert (await ask({"name": "cart"}))[0] == 400
        assert (await ask(b"x" * 100_000))[0] == 413
        code, text = await ask({"name": "gone\x1b[31m", "namespace": "shop"})
        assert code == 404
        assert "\x1b" not in text


async def test_a_canary_is_measured_once_for_calls_that_come_together(cluster: Cluster) -> None:
    asked = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": []}})

    state = ClusterState()
    state.stores[CANARIES].replace([canary()])
    await asyncio.sleep(0)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        address = str(server.make_url("")).rstrip("/")
        runner = await serve_webhook(
            state,
            lambda key: RolloutNumbersWatch(cluster, state, CanaryDetail(key), lambda _: address),
            "127.0.0.1",
            0,
            passes_without=True,
        )
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        async with aiohttp.ClientSession() as session:
            body = {"name": "cart", "namespace": "shop"}
            answers = await asyncio.gather(*(session.post(url, json=body) for _ in range(10)))
        await runner.cleanup()
    assert {answer.status for answer in answers} == {200}
    assert 1 <= asked <= 2


async def test_what_was_counted_before_prometheus_was_lost_is_no_verdict(cluster: Cluster) -> None:
    state = ClusterState()
    state.stores[CANARIES].replace([canary()])
    await asyncio.sleep(0)
    async with TestServer(PrometheusApi(counted(WORSE)).make_app()) as server:
        address = [str(server.make_url("")).rstrip("/")]
        watch = RolloutNumbersWatch(cluster, state, CanaryDetail(KEY), lambda _: address[0])
        found = await watch.compare_once()
        assert found is not None
        assert found.verdict is not None
        address[0] = "http://127.0.0.1:1"
        lost = await watch.compare_once()
    assert lost is not None
    assert lost.verdict is None
    assert "127.0.0.1:1" in lost.why_none


async def test_a_verdict_is_of_its_revision_and_of_now(cluster: Cluster) -> None:
    now = [datetime.now(UTC)]
    state = ClusterState(now=lambda: now[0])
    state.stores[CANARIES].replace([canary()])
    await asyncio.sleep(0)
    async with TestServer(PrometheusApi(counted(WORSE)).make_app()) as server:
        address = str(server.make_url("")).rstrip("/")
        found = await RolloutNumbersWatch(cluster, state, CanaryDetail(KEY), lambda _: address).compare_once()
    seen = state.situation(KEY)
    assert seen is not None
    assert seen.compared == found
    changed = canary()
    changed["status"]["lastAppliedSpec"] = "another"
    changed["metadata"]["resourceVersion"] = "4712"
    state.stores[CANARIES].replace([changed])
    await asyncio.sleep(0)
    seen = state.situation(KEY)
    assert seen is not None
    assert seen.compared is None
    again = canary()
    again["metadata"]["resourceVersion"] = "4713"
    state.stores[CANARIES].replace([again])
    await asyncio.sleep(0)
    now[0] += timedelta(minutes=35)
    seen = state.situation(KEY)
    assert seen is not None
    assert seen.compared is None

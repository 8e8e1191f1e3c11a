"""A controller's process whose canaries ask hostile webhooks and metrics servers: its memory, and the others' ticks.

The manifest that ``install`` prints limits it to 512Mi: whoever takes more ends the analyses of all canaries.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest_asyncio
from hostile_server import MODES, Hostile
from live_api import LiveApi, Object, Start

from canarytui.sandbox.apiserver.api import MERGE_PATCH

GROWTH_MOST = 1.5
LASTING = ("tiny chunks", "slow drip", "silence")
"""Answers that go on until the timeout, which is five seconds of a query: a webhook's of two has to do."""
SETTLES_S = 40.0
_METRICS = [{"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}]
_ANALYSIS = {"interval": "1s", "threshold": 1000, "maxWeight": 100, "stepWeight": 1}


def memory_mib(pid: int, field: str) -> float:
    found = re.search(rf"{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def forget_peak(pid: int) -> None:
    """Let the kernel count VmHWM again."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


@pytest_asyncio.fixture
async def hostile() -> AsyncIterator[Hostile]:
    made = Hostile()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def ready_pods(api: LiveApi) -> AsyncIterator[None]:
    """Every Deployment's pods are ready at once."""

    async def make_ready() -> None:
        rt = api.rt("deployments.apps")
        kinds = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
        while True:
            for each in api.api.list(rt, None).items:
                count = int(each["spec"].get("replicas", 1))
                wanted = {"observedGeneration": each["metadata"]["generation"], **dict.fromkeys(kinds, count)}
                if any((each.get("status") or {}).get(key) != value for key, value in wanted.items()):
                    name = each["metadata"]["name"]
                    with suppress(Exception):  # changed meanwhile: the next round sees it
                        api.api.patch(rt, "test", name, {"status": wanted}, MERGE_PATCH, subresource="status")
            await asyncio.sleep(0.05)

    task = asyncio.create_task(make_ready())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def phase(live: LiveApi, name: str) -> str:
    found = live.find("canaries.flagger.app", name)
    return str(((found or {}).get("status") or {}).get("phase", ""))


def canary(live: LiveApi, name: str, hook: str, prometheus: str) -> Object:
    webhooks = [{"name": "load", "type": "rollout", "timeout": "2s", "url": hook}]
    return live.canary(
        name, metricsServer=prometheus, analysis={**_ANALYSIS, "metrics": _METRICS, "webhooks": webhooks}
    )


async def test_no_bomb_takes_more_than_half_as_much_memory_again(
    api: LiveApi, start_controller: Start, hostile: Hostile, ready_pods: None
) -> None:
    """One after the other against one process: this test is long, and one with a process for each were longer."""
    url = await hostile.start()
    api.install_crds()
    canary(api, "well", f"{url}/good/hook", f"{url}/good")
    canary(api, "hooked", f"{url}/hook", f"{url}/good")
    canary(api, "measured", f"{url}/good/measured", f"{url}/prometheus")
    names = ("well", "hooked", "measured")
    controller = await start_controller("one")
    await api.until(
        "canaries are initialised", lambda: all(phase(api, name) == "Initialized" for name in names), SETTLES_S
    )
    for name in names:
        api.patch("deployments.apps", name, {"spec": {"template": {"metadata": {"annotations": {"revision": "2"}}}}})
    well, hook, query = ("", "/good/hook"), "/hook", "/prometheus/api/v1/query"
    await api.until(
        "an analysis goes on", lambda: hostile.ended[well] >= 3 and hostile.ended["", query] >= 3, SETTLES_S
    )
    pid = controller.process.pid
    idle = memory_mib(pid, "VmRSS")
    peaks = {}
    for mode in MODES:
        forget_peak(pid)
        ticks = hostile.ended[well]
        hostile.mode = mode
        asked = hostile.begun if mode in LASTING else hostile.ended
        await api.until(
            f"{mode}: the others' ticks, and the hostile answers' ends",
            lambda mode=mode, ticks=ticks, asked=asked: (
                asked[mode, hook] >= 1 and asked[mode, query] >= 1 and hostile.ended[well] > ticks
            ),
            SETTLES_S,
        )
        hostile.mode = ""
        peaks[mode] = memory_mib(pid, "VmHWM")
    print(f"idle {idle:.1f} MiB; " + ", ".join(f"{mode} {peak:.1f}" for mode, peak in peaks.items()))
    assert {mode: peak for mode, peak in peaks.items() if peak > idle * GROWTH_MOST} == {}, f"idle {idle:.1f} MiB"
    assert phase(api, "well") == "Progressing"
    assert controller.process.returncode is None
    said = controller.messages()
    assert not [text for text in said if "unexpectedly" in text or "Traceback" in text or len(text) > 3000]
    for sentence in (
        f"the answer of {url}/… cannot be used: it is nested deeper than 100 levels",
        f"the answer of {url}/… cannot be used: it has more than 150000 values",
        f"{url}/… answered with more than 2 MiB, which is the most that is read",
        f"{url}/… answered with more than 16 MiB, which is the most that is read",
        f"{url}/… cannot be reached: no answer in time",
    ):
        assert any(sentence in text for text in said), sentence

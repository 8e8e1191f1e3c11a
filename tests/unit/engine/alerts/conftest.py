"""What the tests of alerts share: a receiver on loopback, a cluster that is never asked, a notifier between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from alert_rig import Rig
from http_receiver import Receiver, silent_cluster

from canarytui.cluster.client import Cluster


@pytest_asyncio.fixture
async def chat() -> AsyncIterator[Receiver]:
    made = Receiver()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with silent_cluster(tmp_path) as made:
        yield made


@pytest.fixture
def rig(cluster: Cluster) -> Rig:
    return Rig(cluster)

"""A running control plane for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from simulated_cluster import SimulatedCluster


@pytest.fixture
async def cluster() -> AsyncIterator[SimulatedCluster]:
    made = SimulatedCluster()
    await made.start()
    yield made
    await made.stop()

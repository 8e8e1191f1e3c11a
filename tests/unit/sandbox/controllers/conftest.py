"""A running control plane for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from controllers_world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    await made.start()
    yield made
    await made.stop()

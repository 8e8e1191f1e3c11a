"""The example provider, registered as the real ones are while a test runs, and an engine on an API server."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "economy"))

from economy_rig import Rig
from example_traffic_provider import PROVIDER, ExampleRouter, definitions

from canarytui.domain.traffic import registry
from canarytui.engine.routers import providers


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_BY_NAME", dict(registry._BY_NAME))
    monkeypatch.setattr(registry, "_BY_KIND", dict(registry._BY_KIND))
    monkeypatch.setattr(providers, "_ROUTERS", dict(providers._ROUTERS))
    registry.register(PROVIDER)
    providers.register(PROVIDER, ExampleRouter())


@pytest_asyncio.fixture
async def rig(example: None, tmp_path: Path) -> AsyncIterator[Rig]:
    """An API server that serves the example's kinds, and an engine whose provider it is."""
    made = Rig(tmp_path)
    await made.start()
    for definition in definitions():
        made.live.create("customresourcedefinitions.apiextensions.k8s.io", definition, None)
    made.settings = type(made.settings)(metrics_server=made.stub.url, interval_floor_s=0.1, mesh_provider=PROVIDER.name)
    yield made
    await made.stop()

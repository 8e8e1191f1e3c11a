"""What several rooms' tests share: a client of a cluster that is never asked anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
import yaml

from canarytui.cluster.client import Cluster, ClusterTarget, connect


@pytest_asyncio.fixture
async def lone_cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """For services whose URL has no cluster name: they are asked directly, and no API server is needed."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
        "users": [{"name": "me", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "me"}}],
    }
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(config))
    connected = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    yield connected
    await connected.close()

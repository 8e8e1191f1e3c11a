"""Prometheus, webhooks and alerts go through the proxies that the environment names, and nothing on loopback does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_with_tokens import write_config
from recording_server import Server, serve

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.service_http import ProviderUnreachable, fetch


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Server]:
    record, running = serve(tmp_path, None)
    yield record
    running.shutdown()
    running.server_close()


async def _cluster(folder: Path) -> Cluster:
    return await connect(ClusterTarget(kubeconfig=str(write_config(folder, "https://127.0.0.1:9", {"token": "t"}))))


async def test_through_the_proxy_and_past_it(tmp_path: Path, proxy: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://us:pw@127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/8")
    cluster = await _cluster(tmp_path)
    status, _ = await fetch(cluster, "POST", "http://hooks.monitoring.example.com/x", body=b"{}")
    assert status == 200
    assert proxy.tunnels == ["POST http://hooks.monitoring.example.com/x Basic dXM6cHc="]
    await fetch(cluster, "GET", f"http://127.0.0.1:{proxy.port}/direct")
    assert len(proxy.tunnels) == 1
    assert proxy.requests[-1].target == "/direct"
    assert cluster.proxy_for("http://10.1.2.3/alert") is None
    await cluster.close()


async def test_a_proxy_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://us:pw@127.0.0.1:1")
    cluster = await _cluster(tmp_path)
    with pytest.raises(ProviderUnreachable, match=r"HTTP_PROXY is socks5://127\.0\.0\.1:1, and SOCKS"):
        await fetch(cluster, "GET", "http://prometheus.example.com/")
    await cluster.close()

"""A server behind plain http that wants credentials: the person is told that none were sent, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from recording_server import serve

from canarytui.cluster.client import SECRETS_OVER_HTTP, ClusterTarget
from canarytui.errors import CanarytuiError
from canarytui.session.opened_cluster import open_cluster
from canarytui.session.state import ClusterState


async def test_no_token_goes_over_plain_http_unless_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, running = serve(tmp_path, None)
    server.valid = set()
    config = tmp_path / "config"
    config.write_text(
        yaml.safe_dump({
            "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{server.port}"}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        })
    )  # fmt: skip
    target = ClusterTarget(kubeconfig=str(config))
    try:
        monkeypatch.delenv(SECRETS_OVER_HTTP)
        with pytest.raises(CanarytuiError, match=f"over plain http none are sent.*or set {SECRETS_OVER_HTTP}=1"):
            await open_cluster(ClusterState(), target, namespace=None, all_namespaces=True)
        monkeypatch.setenv(SECRETS_OVER_HTTP, "1")
        with pytest.raises(CanarytuiError, match="does not accept your credentials"):
            await open_cluster(ClusterState(), target, namespace=None, all_namespaces=True)
    finally:
        running.shutdown()
        running.server_close()
    assert [request.authorization for request in server.requests] == ["", "Bearer t"]

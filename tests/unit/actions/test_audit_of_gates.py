"""What the audit log keeps of a gate whose URL bears secrets: where it is, and no secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from canarytui.actions.live_executor import LiveExecutor
from canarytui.actions.rules import Rules
from canarytui.cluster.audit import AuditLog
from canarytui.cluster.client import ClusterTarget, connect
from canarytui.domain.actions.gates import plan_gate
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.errors import CanarytuiError
from canarytui.report.audit_text import audit_text

OBJ = {
    "metadata": {"name": "cart", "namespace": "shop", "resourceVersion": "1"},
    "spec": {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
        "service": {"port": 80},
        "analysis": {
            "webhooks": [
                {"name": "g", "type": "confirm-rollout", "url": "http://ann:S3CR3T@127.0.0.1:9/gate/check"},
            ]
        },
    },
}


async def test_no_secret_of_a_gates_url_is_kept(tmp_path: Path) -> None:
    config = {
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
        "users": [{"name": "c", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    cluster = await connect(ClusterTarget(kubeconfig=str(tmp_path / "kubeconfig")))
    audit = AuditLog(tmp_path / "audit.jsonl")
    situation = Situation(Canary.parse(OBJ), datetime.now(UTC), 10.0)
    try:
        with pytest.raises(CanarytuiError) as failed:
            await LiveExecutor(cluster, audit, Rules()).carry_out(
                plan_gate(situation, ActionRequest(Intent.OPEN_GATE)), situation
            )
    finally:
        await cluster.close()
    kept = (tmp_path / "audit.jsonl").read_text()
    assert "http://127.0.0.1:9/gate/open" in kept
    shown = audit_text([json.loads(line) for line in kept.splitlines()], UTC).plain
    for text in (kept, str(failed.value), shown):
        assert "S3CR3T" not in text

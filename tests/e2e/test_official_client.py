"""The official Python client, unmodified and synchronous, against the sandbox: typed calls, watches, patches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kubernetes import client, config, watch
from sandbox_process import SandboxProcess

pytestmark = pytest.mark.e2e
Start = Callable[..., SandboxProcess]
POD = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx:1"}]}}


def deployment(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": POD},
    }


def test_typed_calls_watch_and_errors(start_sandbox: Start) -> None:
    sandbox = start_sandbox()
    config.load_kube_config(str(sandbox.kubeconfig))
    core, apps, version = client.CoreV1Api(), client.AppsV1Api(), client.VersionApi()
    assert version.get_code().major == "1"
    core.create_namespace({"metadata": {"name": "shop"}})
    apps.create_namespaced_deployment("shop", deployment("web"))
    ready = 0
    for event in watch.Watch().stream(apps.list_namespaced_deployment, "shop", timeout_seconds=60):
        ready = event["object"].status.ready_replicas or 0
        if ready == 2:
            break
    assert ready == 2
    pods = core.list_namespaced_pod("shop", label_selector="app=web").items
    assert {pod.status.phase for pod in pods} == {"Running"}
    scaled = apps.patch_namespaced_deployment_scale("web", "shop", {"spec": {"replicas": 1}})
    assert scaled.spec.replicas == 1
    with pytest.raises(client.ApiException) as refused:
        core.read_namespaced_config_map("none", "shop")
    assert refused.value.status == 404
    assert '"reason":"NotFound"' in refused.value.body.replace(" ", "")
    stale = apps.read_namespaced_deployment("web", "shop")
    apps.patch_namespaced_deployment("web", "shop", {"metadata": {"labels": {"a": "b"}}})
    with pytest.raises(client.ApiException) as conflict:
        apps.replace_namespaced_deployment("web", "shop", stale)
    assert conflict.value.status == 409


def test_custom_objects_and_their_status(start_sandbox: Start) -> None:
    sandbox = start_sandbox()
    config.load_kube_config(str(sandbox.kubeconfig))
    custom = client.CustomObjectsApi()
    where = ("flagger.app", "v1beta1", "default", "canaries")
    made = custom.create_namespaced_custom_object(
        *where,
        {
            "apiVersion": "flagger.app/v1beta1",
            "kind": "Canary",
            "metadata": {"name": "web"},
            "spec": {
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "service": {"port": 80},
                "analysis": {"interval": "10s", "threshold": 3, "stepWeight": 10},
            },
        },
    )
    assert made["metadata"]["generation"] == 1
    changed = custom.patch_namespaced_custom_object_status(*where, "web", {"status": {"phase": "Initialized"}})
    assert changed["status"]["phase"] == "Initialized"
    listed = custom.list_cluster_custom_object("flagger.app", "v1beta1", "canaries")
    assert [item["metadata"]["name"] for item in listed["items"]] == ["web"]
    custom.delete_namespaced_custom_object(*where, "web")
    assert custom.list_namespaced_custom_object(*where)["items"] == []

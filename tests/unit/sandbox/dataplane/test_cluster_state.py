"""What the data plane knows of the cluster, and when the gateway's configuration is rebuilt."""

from __future__ import annotations

from dataplane_fakes import endpoints, gateway_pod, ingress_route, podinfo_pod, service
from dataplane_rig import Sandbox


async def test_services_pods_and_gateways_are_found(sandbox: Sandbox) -> None:
    state = sandbox.plane.state
    pod = await sandbox.run_pod(podinfo_pod("podinfo-1"))
    sandbox.api.put("services", service("podinfo"))
    sandbox.api.put("endpoints", endpoints("podinfo", ["podinfo-1"]))
    await sandbox.until(lambda: state.backends("test", "podinfo", 80))
    found = state.backends("test", "podinfo", 80)
    assert found is not None
    assert [f"http://{backend.address}/" for backend in found] == [sandbox.url(pod, 9898)]
    assert state.backends("test", "podinfo", 81) is None
    assert state.backends("test", "other", 80) is None
    by_ip = state.pod_by_ip(pod["status"]["podIP"])
    assert by_ip is not None
    assert by_ip["metadata"]["name"] == "podinfo-1"
    by_cluster_ip = state.service_by_ip("10.43.0.7")
    assert by_cluster_ip is not None
    assert by_cluster_ip["metadata"]["name"] == "podinfo"
    assert state.pod_by_ip("10.42.9.9") is None
    assert state.service_by_ip("10.43.9.9") is None
    assert (state.has_namespace("test"), state.has_namespace("other")) == (True, False)
    assert state.gateways() == []
    gateway = await sandbox.run_pod(gateway_pod())
    await sandbox.until(lambda: [f"http://{each}/" for each in state.gateways()] == [sandbox.url(gateway, 8000)])


async def test_the_configuration_is_rebuilt_after_a_change_only(sandbox: Sandbox) -> None:
    state = sandbox.plane.state
    before = state.configuration()
    assert state.configuration() is before
    changes = state.configurations()
    sandbox.api.put("ingressroutes", ingress_route("Host(`a`)", [{"name": "absent", "port": 80}]))
    async for configuration in changes:
        if configuration.problems:
            break
    assert state.configuration() is not before
    assert "service test/absent or its port 80 not found" in configuration.problems[0]

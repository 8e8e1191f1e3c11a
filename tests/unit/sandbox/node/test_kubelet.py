"""The kubelet: a worker for each pod bound to the node, ended with it."""

from __future__ import annotations

from dataplane_fakes import podinfo_pod
from dataplane_rig import Sandbox, kubelet_of

from canarytui.sandbox.node.kubelet import Kubelet


async def test_workers_and_containers_are_found_by_name(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    kubelet = kubelet_of(sandbox)
    worker = kubelet.worker("test", "a")
    assert worker is not None
    assert (
        kubelet.container("test", "a", "podinfod")
        is kubelet.container("test", "a", "")
        is worker.containers["podinfod"]
    )
    assert kubelet.container("test", "a", "other") is None
    assert kubelet.container("test", "b", "") is None


async def test_a_pod_that_vanishes_ends_and_one_of_its_name_starts_anew(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    kubelet = kubelet_of(sandbox)
    before = kubelet.worker("test", "a")
    sandbox.api.remove("pods", "test", "a")
    second = await sandbox.run_pod(podinfo_pod("a", image="stefanprodan/podinfo:6.0.1"))
    assert '"6.0.1"' in (await sandbox.get(sandbox.url(second, 9898, "/version")))[1]
    after = kubelet.worker("test", "a")
    assert after is not None
    assert after is not before
    assert before is not None
    await sandbox.until(lambda: not before.containers["podinfod"].listens)


async def test_a_kubelet_that_ends_leaves_its_pods_for_the_next_one(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    kubelet = kubelet_of(sandbox)
    await kubelet.stop()
    assert kubelet.container("test", "a", "") is None
    assert sandbox.api.get("pods", "test", "a") is not None
    following = Kubelet(sandbox.plane.state.pods, kubelet._host, print)
    following.start()

    def restarted() -> bool:
        loop = following.container("test", "a", "")
        return loop is not None and loop.record.restart_count == 1 and bool(loop.listens)

    await sandbox.until(restarted)
    await following.stop()

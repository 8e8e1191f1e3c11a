"""Events of the node: counted when repeated, dropped when nobody takes them."""

from __future__ import annotations

import asyncio
from typing import Any

from dataplane_fakes import FakeApi
from dataplane_rig import until

from canarytui.sandbox.client.kube_client import connect
from canarytui.sandbox.errors import ServerUnreachable
from canarytui.sandbox.node.events import KubeletEventRecorder

POD = {"metadata": {"name": "p", "namespace": "test", "uid": "u"}}


async def test_a_repeated_event_is_counted_on_one_object(api: FakeApi, tmp_path: Any) -> None:
    client = await connect(api.kubeconfig(tmp_path / "kubeconfig"))
    recorder = KubeletEventRecorder(client)
    running = asyncio.create_task(recorder.run())
    for _ in range(3):
        recorder.emit(POD, "Warning", "BackOff", "again", "app")
    recorder.emit(POD, "Normal", "Started", "once")
    await recorder.flush(10)
    first, second = sorted(api.named("events"), key=lambda event: event["count"], reverse=True)
    assert (first["reason"], first["count"], second["reason"], second["count"]) == ("BackOff", 3, "Started", 1)
    assert first["involvedObject"] == {
        "kind": "Pod", "apiVersion": "v1", "namespace": "test", "name": "p", "uid": "u",
        "fieldPath": "spec.containers{app}",
    }  # fmt: skip
    assert (first["type"], first["source"]["component"]) == ("Warning", "kubelet")
    running.cancel()
    await client.close()


async def test_an_event_that_cannot_be_written_is_given_up() -> None:
    class Away:
        asked = 0

        async def create(self, path: str, obj: object) -> None:
            self.asked += 1
            raise ServerUnreachable("away")

    away = Away()
    recorder = KubeletEventRecorder(away)  # type: ignore[arg-type]
    running = asyncio.create_task(recorder.run())
    recorder.emit(POD, "Normal", "A", "a")
    recorder.emit(POD, "Normal", "A", "a")
    await until(lambda: away.asked == 2)
    await recorder.flush(10)
    assert not running.done()
    running.cancel()


async def test_more_than_the_queue_holds_is_dropped_without_waiting() -> None:
    recorder = KubeletEventRecorder(None)  # type: ignore[arg-type]
    for number in range(2000):
        recorder.emit(POD, "Normal", "A", str(number))
    await recorder.flush(0.01)

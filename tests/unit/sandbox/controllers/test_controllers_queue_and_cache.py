"""What every controller stands on: its queue, the caches, the client that writes through to them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.cache import Cache
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import SystemClock
from canarytui.sandbox.controllers.events import ControllerEventRecorder
from canarytui.sandbox.controllers.informer import follow
from canarytui.sandbox.controllers.objects import CONFIG_MAPS, EVENTS, GroupResource
from canarytui.sandbox.controllers.workqueue import LONGEST_RETRY_S, WorkQueue

ONE, TWO = ("test", "one"), ("test", "two")


class StillClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def test_a_key_is_queued_once_at_its_earliest_moment() -> None:
    clock = StillClock()
    queue = WorkQueue(clock)
    queue.add_after(ONE, 10)
    queue.add(TWO)
    queue.add_after(ONE, 5)
    queue.add_after(ONE, 20)
    assert len(queue) == 2
    assert (queue.pop_ready(), queue.pop_ready()) == (TWO, None)
    clock.move(5)
    assert (queue.pop_ready(), queue.pop_ready(), len(queue)) == (ONE, None, 0)


def test_failures_are_retried_later_and_later() -> None:
    clock, delays = StillClock(), []
    queue = WorkQueue(clock)
    for _ in range(16):
        queue.retry(ONE)
        waited = 0.0
        while queue.pop_ready() is None:
            clock.move(0.005)
            waited += 0.005
        delays.append(waited)
    assert delays == sorted(delays)
    assert delays[1] > delays[0]
    assert delays[-1] == pytest.approx(LONGEST_RETRY_S, abs=0.1)
    queue.forget(ONE)
    queue.retry(ONE)
    clock.move(0.005)
    assert queue.pop_ready() == ONE


async def test_waiting_ends_when_a_key_is_added_or_due() -> None:
    queue = WorkQueue(SystemClock())
    waiting = asyncio.create_task(queue.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.add_after(ONE, 0.01)
    await waiting
    await queue.wait()
    assert SystemClock().now().tzinfo is UTC


def config(name: str, version: int, uid: str = "", owner: str = "") -> dict[str, Any]:
    metadata = {"namespace": "test", "name": name, "uid": uid or name, "resourceVersion": str(version)}
    return {"metadata": {**metadata, "ownerReferences": [{"uid": owner}] if owner else []}}


def test_a_cache_keeps_the_newest_and_says_what_changed() -> None:
    cache, changes = Cache(CONFIG_MAPS), []
    cache.subscribe(lambda before, after: changes.append((_version(before), _version(after))))
    cache.put(config("a", 1))
    cache.put(config("a", 3, owner="x"))
    cache.put(config("a", 2))
    assert [_version(each) for each in cache] == ["3"]
    assert [_version(each) for each in cache.owned_by("x")] == ["3"]
    assert len(cache.in_namespace("test")) == len(cache) == 1
    cache.discard(config("a", 3))
    cache.put(config("a", 4))
    assert cache.get("test", "a") is None, "a late event about a deleted object"
    assert changes == [("", "1"), ("1", "3"), ("3", "")]
    assert not cache.owned_by("x")


def _version(manifest: dict[str, Any] | None) -> str:
    return str(manifest["metadata"]["resourceVersion"]) if manifest else ""


def test_a_fresh_list_replaces_the_content() -> None:
    cache = Cache(CONFIG_MAPS)
    for name in "abc":
        cache.put(config(name, 1))
    cache.discard(config("c", 1))
    assert not cache.synced
    cache.replace([config("b", 1, uid="other"), config("c", 2)])
    assert sorted((each["metadata"]["name"], each["metadata"]["uid"]) for each in cache) == [("b", "other"), ("c", "c")]
    assert cache.synced


@pytest.fixture
def client() -> Client:
    made = Client(Api())
    made.create(GroupResource("", "namespaces"), {"metadata": {"name": "test"}})
    return made


def test_writes_are_in_the_cache_at_once(client: Client) -> None:
    cache = client.cache(CONFIG_MAPS)
    made = client.create(CONFIG_MAPS, {"metadata": {"name": "c", "namespace": "test"}, "data": {"a": "1"}})
    assert cache.get("test", "c") == made
    changed = client.merge_patch(CONFIG_MAPS, made, {"data": {"a": "2"}})
    assert cache.get("test", "c") == changed
    with pytest.raises(StatusError, match="the object has been modified"):
        client.update(CONFIG_MAPS, {**made, "data": {}})
    client.delete(CONFIG_MAPS, {"metadata": {**changed["metadata"], "uid": "other"}})
    assert cache.get("test", "c") is not None, "another object of that name stays"
    client.delete(CONFIG_MAPS, changed)
    client.delete(CONFIG_MAPS, changed)
    assert len(cache) == 0


def test_a_status_that_is_there_already_is_not_written(client: Client) -> None:
    pods = GroupResource("", "pods")
    spec = {"containers": [{"name": "a", "image": "a"}]}
    pod = client.create(pods, {"metadata": {"name": "p", "namespace": "test"}, "spec": spec})
    assert client.update_status(pods, pod, pod["status"]) is pod
    assert client.update_status(pods, pod, {"phase": "Running"})["status"] == {"phase": "Running"}


async def turns() -> None:
    """Let the other tasks of this loop do what they can."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_cache_follows_the_api_until_the_resource_is_not_served(client: Client) -> None:
    cache = client.cache(CONFIG_MAPS)
    following = asyncio.create_task(follow(client, cache))
    await turns()
    assert cache.synced
    rt = client.resource_type(CONFIG_MAPS)
    client.api.create(rt, "test", {"metadata": {"name": "c"}})
    await turns()
    assert [each["metadata"]["name"] for each in cache] == ["c"]
    client.api.delete(rt, "test", "c")
    await turns()
    assert len(cache) == 0
    following.cancel()
    unserved = GroupResource("example.com", "widgets")
    await follow(client, client.cache(unserved))
    assert client.cache(unserved).synced


def test_the_same_event_again_is_counted(client: Client) -> None:
    clock = StillClock()
    events = ControllerEventRecorder(client, clock, "tester")
    about = client.create(CONFIG_MAPS, {"metadata": {"name": "c", "namespace": "test"}})
    for seconds in (0, 60, 601):
        clock.move(seconds)
        events.normal(about, "Reason", "text")
    events.warning(about, "Reason", "text")
    found = client.api.list(client.resource_type(EVENTS), "test").items
    assert sorted((each["type"], each["count"]) for each in found) == [("Normal", 1), ("Normal", 2), ("Warning", 1)]
    assert found[0]["involvedObject"]["name"] == "c"
    gone = {**about, "metadata": {**about["metadata"], "namespace": "nowhere"}}
    events.normal(gone, "Reason", "nobody is told, and nothing fails")

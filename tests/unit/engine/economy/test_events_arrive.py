"""Every message is an Event that arrives once, in order and complete, whatever the server does meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from economy_rig import CANARIES, Rig

from canarytui.domain.spec.canary import Canary
from canarytui.engine.runtime import event_queue
from canarytui.engine.runtime.canary_event import TEXT_BYTES_MOST, UniqueTimestamps, event_name, fitting
from canarytui.errors import ClusterUnreachable

Answer = tuple[int, bytes, Mapping[str, str]]
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
UNREACHABLE, LOST = (0, b"", {}), (-1, b"", {})


@pytest.fixture
def canary(rig: Rig) -> Canary:
    rig.canary()
    found = rig.live.find(CANARIES, "podinfo")
    assert found is not None
    return Canary.parse(found)


class Way:
    """The way of Events to the server: each of `answers` stands in for one request, then all get through."""

    def __init__(self, rig: Rig, *answers: Answer) -> None:
        self.tries: list[float] = []
        self.open = asyncio.Event()
        self.open.set()
        self._answers: Iterator[Answer] = iter(answers)
        self._through: Callable[..., Any] = rig.cluster.request_raw
        rig.cluster.request_raw = self._send  # type: ignore[method-assign]

    async def _send(self, method: str, path: str, **options: Any) -> Answer:
        self.tries.append(time.monotonic())
        await self.open.wait()
        answer = next(self._answers, None)
        if answer is UNREACHABLE:
            raise ClusterUnreachable("no answer in time")
        if answer is None or answer is LOST:
            arrived: Answer = await self._through(method, path, **options)
            if answer is LOST:
                raise ClusterUnreachable("the answer was lost")
            return arrived
        return answer


def say(rig: Rig, canary: Canary, *texts: str, look: datetime = MORNING) -> None:
    for text in texts:
        rig.recorder.record(canary, text, warning=False, look=look)


async def sent(rig: Rig) -> None:
    await rig.live.until("all is sent", lambda: not rig.recorder.waiting)


def texts(rig: Rig) -> list[str]:
    return [event["message"] for event in rig.live.events()]


def log(rig: Rig) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rig.log.getvalue().splitlines()]


async def test_two_hundred_messages_of_one_moment_all_arrive_in_order(rig: Rig, canary: Canary) -> None:
    wanted = [f"Advance podinfo.test canary weight {number}" for number in range(200)]
    say(rig, canary, *wanted)
    assert rig.recorder.waiting == 200, "a tick does not wait for them"
    await sent(rig)
    assert texts(rig) == wanted
    names = [event["metadata"]["name"] for event in rig.live.events()]
    assert names == sorted(names), "a list by name is a list by time"
    assert all(event["count"] == 1 and "series" not in event for event in rig.live.events())


async def test_an_event_has_all_that_either_view_of_events_demands(rig: Rig, canary: Canary) -> None:
    rig.recorder.record(canary, "not ready: " + "ü" * 2000, warning=True, look=MORNING)
    await sent(rig)
    (event,) = rig.live.events()
    assert len(event["message"].encode()) <= TEXT_BYTES_MOST
    assert event["message"].endswith("…")
    assert event["involvedObject"] == {
        "apiVersion": "flagger.app/v1beta1", "kind": "Canary", "name": "podinfo", "namespace": "test",
        "uid": canary.uid, "resourceVersion": canary.resource_version,
    }  # fmt: skip
    assert (event["type"], event["reason"], event["source"]) == ("Warning", "Synced", {"component": "flagger"})
    newer = await rig.cluster.request(
        "GET", f"/apis/events.k8s.io/v1/namespaces/test/events/{event['metadata']['name']}"
    )
    assert newer["reportingController"] == "flagger"
    assert newer["regarding"] == event["involvedObject"]
    assert newer["note"] == event["message"]
    for field in ("action", "reason", "reportingController", "reportingInstance"):
        assert 0 < len(newer[field]) <= 128, field
    assert newer["eventTime"], "to the microsecond"


async def test_what_the_next_look_says_again_is_one_event_that_counts(rig: Rig, canary: Canary) -> None:
    for minute in range(4):
        say(rig, canary, "Rollback hook not signaling", "Halt", look=MORNING + timedelta(minutes=minute))
        await sent(rig)
    say(rig, canary, "Advance", look=MORNING + timedelta(minutes=4))
    say(rig, canary, "Halt", look=MORNING + timedelta(minutes=5))
    await sent(rig)
    found = {event["metadata"]["name"]: event for event in rig.live.events()}
    assert sorted((event["message"], event["count"]) for event in found.values()) == [
        ("Advance", 1), ("Halt", 1), ("Halt", 4), ("Rollback hook not signaling", 4)]  # fmt: skip
    counted = next(event for event in found.values() if event["count"] == 4)
    assert counted["series"] == {"count": 4, "lastObservedTime": counted["lastTimestamp"]}
    assert counted["firstTimestamp"] < counted["lastTimestamp"]


async def test_a_message_that_repeats_itself_while_the_server_is_away_is_sent_once_with_its_count(
    rig: Rig, canary: Canary
) -> None:
    way = Way(rig)
    way.open.clear()
    for minute in range(50):
        say(rig, canary, "not ready", look=MORNING + timedelta(minutes=minute))
    await rig.live.until("a request is under way", lambda: bool(way.tries))
    say(rig, canary, "not ready", look=MORNING + timedelta(minutes=50))
    way.open.set()
    await sent(rig)
    assert [(event["message"], event["count"]) for event in rig.live.events()] == [("not ready", 51)]
    assert len(way.tries) <= 2


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param([UNREACHABLE], id="unreachable"),
        pytest.param([(503, b"", {}), (500, b"", {})], id="errors of the server"),
        pytest.param([(429, b"", {})], id="too many requests"),
        pytest.param([LOST], id="the answer is lost"),
    ],
)
async def test_what_the_server_cannot_take_now_is_sent_again_in_order_and_once(
    rig: Rig, canary: Canary, trouble: list[Answer]
) -> None:
    Way(rig, *trouble)
    say(rig, canary, "one", "two", "three")
    await sent(rig)
    assert texts(rig) == ["one", "two", "three"]
    assert log(rig) == []


async def test_retry_after_is_honoured_by_all_that_is_to_be_sent(rig: Rig, canary: Canary) -> None:
    way = Way(rig, (429, b"", {"Retry-After": "1"}))
    other = Canary.parse({**canary.raw, "metadata": {**canary.raw["metadata"], "name": "other", "uid": "u-2"}})
    say(rig, canary, "one")
    await rig.live.until("it was refused", lambda: bool(way.tries))
    await asyncio.sleep(0)
    say(rig, other, "two")
    await sent(rig)
    assert sorted(texts(rig)) == ["one", "two"]
    assert min(way.tries[1:]) - way.tries[0] >= 1.0


async def test_a_namespace_that_is_being_deleted_takes_no_events_and_none_is_tried_again(
    rig: Rig, canary: Canary
) -> None:
    namespaces = rig.live.rt("namespaces")
    rig.live.api.delete(namespaces, None, "test")
    assert rig.live.api.get(namespaces, None, "test")["status"]["phase"] == "Terminating"
    way = Way(rig)
    say(rig, canary, "one", "two")
    await sent(rig)
    assert len(way.tries) == 2
    assert "because it is being terminated" in log(rig)[0]["msg"]
    assert log(rig)[1]["msg"].endswith("(it says: two)")


async def test_a_server_that_never_takes_an_event_is_not_asked_for_ever(
    rig: Rig, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_queue, "_FIRST_PAUSE_S", 0.001)
    way = Way(rig, *[(500, b"an admission webhook is broken", {})] * event_queue.REFUSALS_MOST)
    say(rig, canary, "one", "two")
    await sent(rig)
    assert len(way.tries) == event_queue.REFUSALS_MOST + 1
    assert texts(rig) == ["two"], "what comes after it is sent"
    assert "an admission webhook is broken" in log(rig)[0]["msg"]


async def test_an_event_that_has_expired_is_made_anew_with_its_whole_count(rig: Rig, canary: Canary) -> None:
    say(rig, canary, "Halt")
    await sent(rig)
    (event,) = rig.live.events()
    rig.live.api.delete(rig.live.rt("events"), "test", event["metadata"]["name"])
    say(rig, canary, "Halt", look=MORNING + timedelta(minutes=1))
    await sent(rig)
    assert [(event["message"], event["count"]) for event in rig.live.events()] == [("Halt", 2)]


async def test_closing_sends_what_waits_and_says_what_it_could_not(rig: Rig, canary: Canary) -> None:
    say(rig, canary, *(f"message {number}" for number in range(20)))
    await rig.recorder.close(10)
    assert len(texts(rig)) == 20
    way = Way(rig)
    way.open.clear()
    say(rig, canary, "too late")
    await rig.recorder.close(0.05)
    assert [line["msg"] for line in log(rig)] == [
        "event could not be written: the controller ended before the API server took it (it says: too late)"
    ]


async def test_too_many_that_wait_are_refused_with_a_line_in_the_log(
    rig: Rig, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_queue, "QUEUED_MOST", 3)
    way = Way(rig)
    way.open.clear()
    say(rig, canary, "one", "two", "three", "four")
    assert rig.recorder.waiting == 3
    way.open.set()
    await sent(rig)
    assert texts(rig) == ["one", "two", "three"]
    assert log(rig)[0]["msg"].endswith("(it says: four)")


def test_names_are_valid_distinct_and_in_order() -> None:
    clock = UniqueTimestamps()
    numbers = [clock.next() for _ in range(1000)]
    assert len(set(numbers)) == 1000
    assert numbers == sorted(numbers)
    long = event_name("a" * 230 + "." + "b" * 22, clock.next())
    assert len(long) <= 253
    assert ".." not in long
    assert event_name("podinfo", 255) == "podinfo.ff"


def test_a_short_text_is_left_alone() -> None:
    assert fitting("a" * TEXT_BYTES_MOST) == "a" * TEXT_BYTES_MOST

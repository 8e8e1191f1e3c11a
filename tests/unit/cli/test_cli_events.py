"""``canarytui events``: each fact once, settled, in lines and as JSON; and ``describe``, which ends with them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from fake_cluster_state import canary, primary, target, world_of

from canarytui.cli.canary_selection import CanarySelection
from canarytui.cli.events import SETTLED_S, PrintedEntries, _since_s
from canarytui.console.demo_fixture import NOW
from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.domain.history.status_facts import router_fact, status_fact
from canarytui.domain.history.timeline import Timeline, TimelineEntry
from canarytui.errors import UsageError
from canarytui.report.describe import described
from canarytui.report.event_lines import EventLines, as_json_line
from canarytui.report.reason import why

ALL = CanarySelection((), None)


def event(message: str, seconds: float = 0.0, *, name: str = "podinfo", warning: bool = False) -> Fact:
    text, marks = saying(message)
    return Fact(NOW + timedelta(seconds=seconds), "test", name, FactSource.EVENT, text, warning, marks)


def told(
    wanted: CanarySelection = ALL, *, oldest: datetime | None = None, warnings_only: bool = False
) -> PrintedEntries:
    return PrintedEntries(wanted, oldest=oldest, warnings_only=warnings_only)


def texts(entries: list[TimelineEntry]) -> list[str]:
    return [entry.text for entry in entries]


def oldest_first(timeline: Timeline) -> list[TimelineEntry]:
    return list(timeline.entries())[::-1]


def test_a_fact_is_printed_once_in_its_best_words_when_all_have_told_it() -> None:
    timeline, printed = Timeline(), told()
    fact = router_fact("test", "podinfo", 0, 5, NOW)
    assert fact is not None
    timeline.add(fact)
    assert printed.news(oldest_first(timeline), settled_at=0.0) == []
    timeline.add(event("Advance podinfo.test canary weight 5", 0.2))
    assert printed.news(oldest_first(timeline), settled_at=SETTLED_S / 2) == []
    due = printed.news(oldest_first(timeline), settled_at=SETTLED_S)
    assert texts(due) == ["Advance podinfo.test canary weight 5"]
    assert printed.news(oldest_first(timeline), settled_at=SETTLED_S * 9) == []


def test_what_is_older_than_something_settled_comes_before_it_though_it_was_told_late() -> None:
    timeline, printed = Timeline(), told()
    timeline.add(event("Advance podinfo.test canary weight 5", 0.01))
    assert printed.news(oldest_first(timeline), settled_at=0.0) == []
    timeline.add(event("Pre-rollout check acceptance-test passed", 0.0))
    timeline.add(event("Advance podinfo.test canary weight 10", 10.0))
    due = printed.news(oldest_first(timeline), settled_at=SETTLED_S)
    assert texts(due) == ["Pre-rollout check acceptance-test passed", "Advance podinfo.test canary weight 5"]


def test_names_severity_and_age_narrow_what_is_printed() -> None:
    timeline = Timeline()
    timeline.add(event("Halt podinfo.test advancement success rate 53.42% < 99%", -3600, warning=True))
    timeline.add(event("Advance podinfo.test canary weight 5"))
    timeline.add(event("Halt cart.test advancement success rate 1% < 99%", 0.1, name="cart", warning=True))
    entries = oldest_first(timeline)
    assert len(told().news(entries)) == 3
    assert len(told(CanarySelection.parse(["podinfo"], None)).news(entries)) == 2
    assert len(told(warnings_only=True).news(entries)) == 2
    assert len(told(oldest=NOW - timedelta(minutes=1)).news(entries)) == 2


def test_what_the_timeline_has_forgotten_is_forgotten_here_too() -> None:
    timeline, printed = Timeline(capacity=10), told()
    for number in range(100):
        timeline.add(event(f"Advance podinfo.test canary weight {number}", number * 10.0))
        printed.news(oldest_first(timeline), settled_at=number * 10.0)
    assert len(printed._told) + len(printed._first_seen) <= 10


def test_lines_are_plain_and_say_how_bad_it_is_in_words() -> None:
    timeline = Timeline()
    timeline.add(event("Halt \x1b[31mpodinfo.test\x1b[0m advancement success rate 53.42% < 99%", warning=True))
    titles, line = EventLines(zone=UTC).lines(oldest_first(timeline))
    assert titles.split() == ["TIME", "TYPE", "CANARY", "MESSAGE"]
    assert line.split(maxsplit=3) == [
        "2026-11-23T14:30:12",
        "Warning",
        "test/podinfo",
        "Halt podinfo.test advancement success rate 53.42% < 99%",
    ]


def test_json_lines_tell_every_source_and_the_count() -> None:
    timeline = Timeline()
    fact = status_fact("test", "podinfo", {"failedChecks": 2}, {"failedChecks": 3}, NOW)
    assert fact is not None
    timeline.add(fact)
    timeline.add(event("Halt podinfo.test advancement success rate 53.42% < 99%", 0.1, warning=True))
    (entry,) = oldest_first(timeline)
    said = json.loads(as_json_line(entry))
    assert said["time"] == "2026-11-23T14:30:12.000Z"
    assert said["failedChecks"] == 3
    assert set(said["sources"]) == {"status", "event"}
    wide = EventLines(wide=True, zone=UTC).lines([entry])[1].split()
    assert wide[3:5] == ["event,status", "3"]


@pytest.mark.parametrize(("text", "since_s"), [("", None), ("30", 30.0), ("1h", 3600.0), ("10m", 600.0)])
def test_since_is_a_duration(text: str, since_s: float | None) -> None:
    assert _since_s(text) == since_s


def test_since_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="--since 'yesterday' is not a duration"):
        _since_s("yesterday")


async def test_describe_has_every_section_and_no_escape_sequences() -> None:
    obj = canary("Progressing", weight=15, failed=2)
    obj["spec"]["analysis"]["webhooks"][0]["name"] = "\x1b[2Jhook\u202e"
    cluster_state = await world_of(obj, target("podinfo:2"), primary("podinfo:1"))
    key = ("test", "podinfo")
    cluster_state.readings.add(key, "request-success-rate", NOW, 99.5, query="sum(rate(x[1m]))")
    cluster_state.readings.add(key, "request-duration", NOW, None, problem="the provider is away")
    cluster_state.timeline.add(event("Advance podinfo.test canary weight 15"))
    situation = cluster_state.situation(key)
    assert situation is not None
    lines = described(situation, why(situation), list(cluster_state.timeline.entries()))
    text = "\n".join(lines)
    assert all(line.isprintable() for line in lines)
    sections = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert sections == ["Steps:", "Checks:", "Queries:", "Versions:", "Webhooks:", "Conditions:", "Timeline:"]
    assert "reached 3 of 10, to come: 20 25 30 35 40 45 50, promotion" in text
    assert "request-duration: the provider is away" in text
    assert "sum(rate(x[1m]))" in text
    check = next(line for line in lines if "request-success-rate   " in line)
    assert check.split()[1:] == ["passes", "99.5", "%", "≥", "99", "%", "+0.5"]
    assert any(line.split()[:3] == ["podinfod", "podinfo:1", "podinfo:2"] for line in lines)


async def test_keys_of_the_console_are_not_offered_where_there_are_none() -> None:
    cluster_state = await world_of(canary("Progressing", suspend=True), target("podinfo:2"), primary("podinfo:1"))
    situation = cluster_state.situation(("test", "podinfo"))
    assert situation is not None
    assert why(situation).endswith("until it is resumed")


def of(namespace: str, name: str = "podinfo") -> Fact:
    text, marks = saying(f"Advance {name}.{namespace} canary weight 5")
    return Fact(NOW, namespace, name, FactSource.LOG, text, False, marks, f"{namespace}/{name}")


@pytest.mark.parametrize(
    ("given", "namespace", "expected"),
    [
        ([], None, ["shop", "test"]),
        ([], "test", ["test"]),
        (["podinfo"], "test", ["test"]),
        (["podinfo"], None, ["shop", "test"]),
        (["shop/podinfo"], None, ["shop"]),
        (["test/podinfo", "shop/podinfo"], None, ["shop", "test"]),
        (["other/podinfo"], None, []),
    ],
)
def test_only_the_namespace_that_was_asked_for_is_told(
    given: list[str], namespace: str | None, expected: list[str]
) -> None:
    timeline = Timeline()
    timeline.add(of("shop"))
    timeline.add(of("test"))
    due = told(CanarySelection.parse(given, namespace)).news(oldest_first(timeline))
    assert sorted(entry.namespace for entry in due) == expected


def test_timeline_of_one_namespace_takes_in_no_other_and_tells_nobody_of_it() -> None:
    timeline, heard = Timeline(), list[Fact]()
    timeline.listeners.append(heard.append)
    timeline.namespace = "test"
    assert timeline.add(of("shop")) is None
    assert timeline.add(of("test")) is not None
    assert ([entry.namespace for entry in timeline.entries()], heard) == (["test"], [of("test")])

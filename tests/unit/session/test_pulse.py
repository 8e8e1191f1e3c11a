"""A fleet in five numbers: kept up row by row, equal to a count of all; endings once each, for 24 hours."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from replacing import replace

from canarytui.domain.conflict_relevance import owned_since
from canarytui.domain.history.facts import Fact, FactSource
from canarytui.domain.history.rollouts import RolloutOutcome
from canarytui.domain.rollout.explain import Tone
from canarytui.session.pulse import Pulse, PulseKind, is_kind
from canarytui.session.rollout_endings import CAPACITY, RolloutEndings
from canarytui.session.rows import CanaryRow
from canarytui.session.state import ClusterState

NOW = datetime(2026, 11, 26, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


def row(name: str, namespace: str = "shop", tone: Tone = Tone.QUIET, **more: Any) -> CanaryRow:
    return CanaryRow((namespace, name), namespace, name, "", tone, **more)


def ended(hours: float, outcome: str = "Succeeded", name: str = "cart", source: FactSource = FactSource.STATUS) -> Fact:
    at = NOW - hours * HOUR
    return Fact(at, "shop", name, source, "text", False, frozenset({("phase", outcome)}))


def test_each_row_is_counted_as_what_it_is() -> None:
    pulse = Pulse()
    rows = [
        row("a", tone=Tone.BAD),
        row("b", phase="Waiting"),
        row("c", phase="WaitingPromotion", tone=Tone.BAD),
        row("d", "pay", paused_since=NOW - HOUR, phase="WaitingPromotion"),
        row("e", "pay", paused_since=NOW - HOUR + timedelta(seconds=1)),
        row("f", phase="Succeeded"),
    ]
    for each in rows:
        pulse.take(each.key, each)
    table = pulse.table(NOW, ())
    assert table.places == (("", "pay"), ("", "shop"))
    assert {counted: count for counted, count in table.counts.items() if count} == {
        (PulseKind.FAILING, ("", "shop")): 2,
        (PulseKind.GATED, ("", "shop")): 2,
        (PulseKind.PAUSED, ("", "pay")): 1,
    }
    assert pulse.table(NOW + timedelta(seconds=1), ()).total(PulseKind.PAUSED) == 2


def test_what_is_kept_up_equals_what_is_counted() -> None:
    chance, pulse, rows = random.Random(7), Pulse(), dict[tuple[str, str], CanaryRow]()
    for _ in range(3000):
        key = (chance.choice(("a", "b")), str(chance.randrange(40)))
        if chance.random() < 0.1:
            rows.pop(key, None)
            pulse.take(key, None)
            continue
        rows[key] = row(
            key[1],
            key[0],
            chance.choice(list(Tone)),
            phase=chance.choice(("Waiting", "Progressing", "WaitingPromotion", "Failed")),
            paused_since=chance.choice((None, NOW - 2 * HOUR, NOW)),
            context=chance.choice(("", "kind")),
        )
        pulse.take(key, rows[key])
    counted = Counter(
        (kind, (each.context, each.namespace))
        for each in rows.values()
        for kind in PulseKind
        if is_kind(each, kind, NOW)
    )
    table = pulse.table(NOW, ())
    assert {each: count for each, count in table.counts.items() if count} == counted
    assert len(counted) > 8


def test_an_ending_counts_once_whoever_reports_it_and_for_a_day() -> None:
    endings = RolloutEndings()
    for source, later_s in ((FactSource.STATUS, 0), (FactSource.EVENT, 1), (FactSource.LOG, 2)):
        endings.take(replace(ended(1, source=source), at=NOW - HOUR + timedelta(seconds=later_s)))
    endings.take(ended(0.9))
    endings.take(ended(0.5, "Failed"))
    endings.take(ended(0.4, "Failed", "other"))
    endings.take(ended(30))
    endings.take(ended(0.1, "Progressing"))
    shop = {outcome: count for (_, outcome), count in endings.counts(NOW).items()}
    assert shop == {RolloutOutcome.PROMOTED: 2, RolloutOutcome.FAILED: 2}
    assert endings.since(NOW) == NOW - 24 * HOUR
    assert endings.has(("shop", "cart"), RolloutOutcome.FAILED, NOW)
    assert not endings.has(("shop", "other"), RolloutOutcome.PROMOTED, NOW)
    tomorrow = NOW + 23.55 * HOUR
    assert endings.counts(tomorrow) == {("shop", RolloutOutcome.FAILED): 1}
    assert not endings.has(("shop", "cart"), RolloutOutcome.FAILED, tomorrow)
    table = Pulse().table(tomorrow, [("", endings)])
    assert (table.total(PulseKind.ROLLED_BACK), table.total(PulseKind.PROMOTED)) == (1, 0)


def test_since_is_the_first_report_while_that_is_younger_than_a_day() -> None:
    endings = RolloutEndings()
    assert endings.since(NOW) == NOW
    endings.take(ended(2, "Progressing"))
    endings.take(ended(1))
    assert endings.since(NOW) == NOW - 2 * HOUR


def test_memory_is_bounded_and_since_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canarytui.session.rollout_endings.CAPACITY", 50)
    assert CAPACITY == 20_000
    endings = RolloutEndings()
    for minute in range(100):
        endings.take(ended(10 - minute / 60, name=str(minute)))
    assert sum(endings.counts(NOW).values()) == 50
    assert endings.since(NOW) == NOW - (10 - 50 / 60) * HOUR


async def test_a_pause_is_as_old_as_its_owner_says() -> None:
    def canary(suspended: bool, *managers: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
        managed = [{"manager": who, "time": at, "fieldsV1": {"f:spec": fields}} for who, at, fields in managers]
        return {
            "metadata": {"name": "cart", "namespace": "shop", "resourceVersion": "1", "managedFields": managed},
            "spec": {
                "suspend": suspended,
                "targetRef": {"kind": "Deployment", "name": "cart"},
                "service": {"port": 80},
                "analysis": {},
            },
            "status": {"phase": "Progressing"},
        }

    flux = ("flux", "2026-11-26T09:00:00Z", {"f:analysis": {}})
    kubectl = ("kubectl-patch", "2026-11-26T10:00:00Z", {"f:suspend": {}})
    assert owned_since(canary(True, flux, kubectl), "suspend") == NOW - 3 * HOUR
    assert owned_since(canary(True, flux), "suspend") is None
    assert owned_since({"metadata": {"managedFields": ["x", {"fieldsV1": 3}]}}, "suspend") is None
    key, now = ("shop", "cart"), NOW
    state = ClusterState(now=lambda: now)

    def paused_since() -> datetime | None:
        found = state.row(key)
        assert found is not None
        return found.paused_since

    state.canaries.put(canary(True, flux))
    assert paused_since() == NOW, "seen first, and nobody says more"
    now = NOW + HOUR
    state.canaries.put({**canary(True, flux), "metadata": {**canary(True, flux)["metadata"], "resourceVersion": "2"}})
    assert paused_since() == NOW
    third = canary(False, flux)
    third["metadata"]["resourceVersion"] = "3"
    state.canaries.put(third)
    assert paused_since() is None


async def test_what_was_kept_on_disk_counts_in_its_namespace_only() -> None:
    state = ClusterState(now=lambda: NOW)
    state.timeline.namespace = "shop"
    state.recall(ended(1))
    state.recall(replace(ended(1), namespace="pay"))
    assert state.endings.counts(NOW) == {("shop", RolloutOutcome.PROMOTED): 1}
    state.timeline.add(ended(0.2, "Failed"))
    assert sum(state.endings.counts(NOW).values()) == 2

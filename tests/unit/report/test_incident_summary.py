"""The summary of an incident: everything that a ticket needs, and nothing in it is markup."""

from __future__ import annotations

import dataclasses
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.domain.history.facts import Fact, FactSource, of_console, of_event
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.links import Link
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.judgement import CheckLimits
from canarytui.domain.rollout.shadow_count import shadow_count
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.report.incident_summary import incident_summary

BEGAN = datetime(2026, 11, 26, 13, tzinfo=UTC)
SERVER = "https://127.0.0.1:6443"
QUERY = 'sum(rate(x{a="```"}[1m]))\n/ 2'


def event(second: int, message: str, kind: str = "Normal") -> dict[str, Any]:
    at = (BEGAN + timedelta(seconds=second)).isoformat()
    return {
        "type": kind,
        "message": message,
        "metadata": {"uid": f"{second}", "creationTimestamp": at},
        "lastTimestamp": at,
        "involvedObject": {"kind": "Canary", "namespace": "shop", "name": "cart"},
        "source": {"component": "flagger"},
    }


def timeline() -> Timeline:
    made = Timeline()
    for each in (
        event(0, "New revision detected! Scaling up cart.shop"),
        event(10, "Advance cart.shop canary weight 10"),
        event(20, "Halt cart.shop advancement success rate 58.96% < 99%", "Warning"),
        event(30, "Rolling back cart.shop failed checks threshold reached 5", "Warning"),
        event(31, "Canary failed! Scaling down cart.shop", "Warning"),
    ):
        fact = of_event(each, BEGAN + timedelta(hours=1))
        assert fact is not None
        made.add(fact)
    failed = frozenset({("phase", "Failed"), ("replaced", "4.0.5"), ("release", "4.0.6")})
    made.add(Fact(BEGAN + timedelta(seconds=31), "shop", "cart", FactSource.STATUS, "status: Failed", True, failed))
    made.add(
        of_console("shop", "cart", "ann@desk: Roll back shop/cart now, from weight 10", BEGAN + timedelta(seconds=25))
    )
    return made


def workload(name: str, image: str) -> WorkloadStatus:
    template = {"spec": {"containers": [{"name": "app", "image": image}]}}
    return WorkloadStatus.parse({"kind": "Deployment", "metadata": {"name": name}, "spec": {"template": template}})


def situation(**more: Any) -> Situation:
    obj = {
        "metadata": {"name": "cart", "namespace": "shop", "resourceVersion": "7"},
        "spec": {
            "targetRef": {"kind": "Deployment", "name": "cart"},
            "service": {"port": 80},
            "analysis": {"threshold": 5, "maxWeight": 50, "stepWeight": 10},
        },
        "status": {"phase": "Failed", "canaryWeight": 0, "failedChecks": 0, "iterations": 0},
    }
    check = Check("request-success-rate", 99, None, "%", value=58.96, asked=True, query=QUERY)
    known = {"checks": (check,), "primary": workload("cart-primary", "cart:1|x"), "target": workload("cart", "cart:2")}
    return Situation(Canary.parse(obj), BEGAN + timedelta(minutes=5), 10, **{**known, **more})


def audit(second: int, server: str = SERVER, name: str = "shop/cart") -> dict[str, Any]:
    return {
        "at": (BEGAN + timedelta(seconds=second)).isoformat(),
        "server": server,
        "object": name,
        "title": f"Roll back {name}",
        "os_user": "ann",
        "host": "desk",
        "context": "kind",
        "user": "admin",
        "stage": "done",
    }


def summary(seen: Situation, lines: list[dict[str, Any]], **more: Any) -> str:
    entries = timeline().oldest_first("shop", "cart")
    given = {"context": "kind", "server": SERVER, "zone": UTC, **more}
    return incident_summary(seen, "cart was rolled back: *success* <b>58</b>", entries, lines, **given)


def test_the_whole_of_it() -> None:
    links = [Link("grafana", "https://grafana.test/d/x"), Link("odd", "", "only http and https are opened")]
    text = summary(situation(), [audit(26)], links=links)
    assert text.startswith("# Canary shop/cart\n\n**cart was rolled back: \\*success\\* \\<b\\>58\\</b\\>.**\n")
    for line in (
        "As of 2026-11-26 13:05:00 UTC, by canarytui.",
        "| Rollout began | 2026-11-26 13:00:00 |",
        "| Rollout ended | 2026-11-26 13:00:31 |",
        "| Outcome | failed |",
        "| Release | 4.0.5→4.0.6 |",
        "| Highest weight | 10 % |",
        "| Failed checks counted | 5 |",
        "- grafana: <https://grafana.test/d/x>",
        "| app | cart:1\\|x | cart:2 |",
        "| 2026-11-26 13:00:10 | Normal | Advance cart.shop canary weight 10 | event |",
        "| 2026-11-26 13:00:25 | ann@desk: Roll back shop/cart now, from weight 10 |",
        "Roll back shop/cart",
        "  ann@desk in kind as admin",
    ):
        assert line in text.split("\n"), line
    assert "| request-success-rate | " in text
    assert '````\nsum(rate(x{a="```"}[1m]))\n/ 2\n````' in text, "a fence that no line can end"
    assert "odd" not in text


def test_only_what_concerns_this_rollout_on_this_cluster_is_audited() -> None:
    text = summary(situation(), [audit(-60), audit(5, "https://other"), audit(5, name="shop/other")])
    assert "From this machine" not in text


def test_the_action_that_started_the_rollout_is_part_of_it() -> None:
    """The controller takes up to an interval to notice a new image."""
    lead = situation().interval_s
    assert "From this machine" in summary(situation(), [audit(-lead + 1)])
    assert "From this machine" not in summary(situation(), [audit(-lead - 1)])


def test_what_is_not_known_is_said() -> None:
    bare = incident_summary(
        situation(checks=(), target=None, primary=None), "cart", (), [], context="kind", server=SERVER, zone=UTC
    )
    assert "No rollout was recorded." in bare
    assert "No check has been queried." in bare
    assert "No action by a person is recorded." in bare
    stale = situation(stale=Stale(BEGAN, BEGAN + timedelta(minutes=9), "refused"))
    text = summary(dataclasses.replace(stale, now=BEGAN), [])
    assert "Contact with the cluster is lost: this is as of 2026-11-26 13:00:00 UTC." in text
    assert FactSource.CONSOLE in {source for each in timeline().oldest_first("shop", "cart") for source in each.sources}


def test_shadow_checks_say_how_often_they_would_have_failed() -> None:
    count = shadow_count("queue|x", CheckLimits(None, 5), [None, 4, 9, 7, math.nan])
    text = incident_summary(situation(), "x", (), (), context="c", server=SERVER, zone=UTC, shadows=(count,))
    section = text[text.index("## Shadow checks") : text.index("## Timeline")]
    assert "no effect on the rollout" in section
    assert "| queue\\|x | ≤ 5 | 7 | 9 | 2 of 3 values |" in section
    assert "## Shadow checks" not in incident_summary(situation(), "x", (), (), context="c", server=SERVER, zone=UTC)

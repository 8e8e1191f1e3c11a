"""A canary under analysis as the seed has it, and what surrounds it, for the drills' tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from replacing import replace

from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import DrillPlan, Origin, Sight
from canarytui.drills.hey_command import Way
from canarytui.drills.library import load_drill
from canarytui.drills.prediction import predict
from canarytui.drills.target import find_target
from canarytui.drills.traffic import Traffic

NOW = datetime(2026, 5, 4, 10, 0, 0, tzinfo=UTC)

ROUTE: dict[str, Any] = {
    "kind": "IngressRoute",
    "metadata": {"name": "podinfo"},
    "spec": {
        "routes": [{"match": "Host(`app.example.com`)", "services": [{"name": "podinfo", "kind": "TraefikService"}]}]
    },
}


def canary_object(**status: Any) -> dict[str, Any]:
    """The seed's canary with a status."""
    return {
        "metadata": {"name": "podinfo", "namespace": "test", "resourceVersion": "7"},
        "spec": {
            "provider": "traefik",
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"},
            "service": {"port": 80},
            "analysis": {
                "interval": "10s",
                "threshold": 10,
                "maxWeight": 50,
                "stepWeight": 5,
                "metrics": [
                    {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}},
                    {"name": "request-duration", "interval": "1m", "thresholdRange": {"max": 500}},
                ],
                "webhooks": [
                    {
                        "name": "load-test",
                        "url": "http://flagger-loadtester.test/",
                        "metadata": {
                            "cmd": "hey -z 10m -q 10 -c 2 -host app.example.com http://traefik.traefik",
                        },
                    }
                ],
            },
        },
        "status": {"phase": "Progressing", "canaryWeight": 20, "failedChecks": 0, "lastAppliedSpec": "a", **status},
    }


def situation(now: datetime = NOW, *, spec: dict[str, Any] | None = None, **status: Any) -> Situation:
    """That canary as it is seen: its last tick was 4 seconds ago."""
    obj = canary_object(**status)
    obj["spec"].update(spec or {})
    return Situation(
        Canary.parse(obj),
        now,
        10.0,
        checks=(
            Check("request-success-rate", 99.0, None, "%", value=100.0, asked=True),
            Check("request-duration", None, 500.0, "ms", value=90.0, asked=True),
        ),
        last_tick=NOW - timedelta(seconds=4),
    )


def traffic(now: datetime = NOW, **rates: float | None) -> Traffic:
    """20 requests a second, a fifth of them at the canary."""
    return replace(Traffic(now, 60.0, 4.0, 16.0, 0.0), **rates)  # type: ignore[arg-type]


def sight(at: datetime = NOW, **status: Any) -> Sight:
    """A look that nothing objects to."""
    return Sight(at, "lab", situation(at, **status), traffic=traffic(at))


def plan(drill: Drill | None = None, origin: Origin = Origin.CLUSTER) -> DrillPlan:
    """The seed's drill, ready to start."""
    drill = drill or load_drill("errors-500")
    target = find_target(situation().canary, [ROUTE])
    place = target.place()
    assert place is not None
    way = Way(gateway=target.gateway)
    prediction = predict(situation(), drill, traffic(), NOW)
    return DrillPlan("podinfo-1a2b3c", drill, target, place, way, origin, "lab", "jane", prediction)

"""A canary under analysis whose requests, and its primary's, were counted for five minutes by a Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.console.demo_fixture import canary_object
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage

KEY = ("shop", "cart")
COUNTER = "traefik_service_request_duration_seconds"
EVERY_S = 10
AGO_S = 300


def counted(sides: dict[str, tuple[float, float]]) -> SeriesStorage:
    """Scrapes of five minutes: by side, good and failed requests a scrape."""
    storage, now_s = SeriesStorage(), datetime.now(UTC).timestamp()
    for back_s in range(AGO_S, -1, -EVERY_S):
        number, at_s = (AGO_S - back_s) // EVERY_S, now_s - back_s
        storage.append(make_labels({"__name__": "up", "job": "gateway"}), at_s, 1.0)
        for side, by_code in sides.items():
            for code, per_scrape in zip(("200", "503"), by_code, strict=True):
                labels = {"service": f"shop-cart-{side}-80@kubernetescrd", "code": code}
                value = per_scrape * number
                storage.append(make_labels({"__name__": f"{COUNTER}_count", **labels}), at_s, value)
                for le, part in (("0.1", 0.9), ("0.5", 1.0), ("+Inf", 1.0)):
                    bucket = {"__name__": f"{COUNTER}_bucket", **labels, "le": le}
                    storage.append(make_labels(bucket), at_s, value * part)
    return storage


def canary() -> dict[str, Any]:
    made = canary_object(*KEY, "Progressing", weight=10)
    made["spec"]["provider"] = "traefik"
    began = datetime.now(UTC) - timedelta(seconds=AGO_S - 10)
    [condition] = made["status"]["conditions"]
    condition["lastTransitionTime"] = began.strftime("%Y-%m-%dT%H:%M:%SZ")
    return made


WORSE = {"primary": (900.0, 1.0), "canary": (90.0, 10.0)}
ILL = {"primary": (400.0, 500.0), "canary": (44.0, 56.0)}
FINE = {"primary": (9000.0, 1.0), "canary": (1000.0, 0.0)}
FEW = {"primary": (9.0, 0.0), "canary": (1.0, 0.0)}

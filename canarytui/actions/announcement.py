"""An Event on the canary about what a person did, for everybody else who watches it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import EVENTS
from canarytui.domain.history.facts import CONSOLE_ACTION
from canarytui.domain.spec.canary import Canary
from canarytui.errors import CanarytuiError


async def announce(cluster: Cluster, canary: Canary, text: str, *, host: str) -> None:
    """Write the Event. If that is not allowed, or the answer is lost, there may be none."""
    now = datetime.now(UTC)
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": canary.namespace, "name": f"{canary.name}.{time.time_ns():x}"},
        "involvedObject": {
            "apiVersion": "flagger.app/v1beta1",
            "kind": "Canary",
            "namespace": canary.namespace,
            "name": canary.name,
            "uid": canary.uid,
        },
        "reason": CONSOLE_ACTION,
        "message": text[:1000],
        "type": "Normal",
        "source": {"component": "canarytui", "host": host},
        "firstTimestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "lastTimestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "count": 1,
    }
    try:
        await cluster.request("POST", EVENTS.path(canary.namespace), body=event)
    except CanarytuiError:
        return

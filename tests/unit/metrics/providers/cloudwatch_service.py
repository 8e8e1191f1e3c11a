"""CloudWatch as a provider over a loopback service, and what that answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from loopback_service import Scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.cloudwatch import CloudWatchProvider

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
KEY, SECRET, SESSION = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", "session+token/="
METRIC = {"Namespace": "App", "MetricName": "Errors", "Dimensions": [{"Name": "app", "Value": "cart"}]}
QUERY = json.dumps([{"Id": "m1", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"}}])
NS = 'xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"'


async def at_once(seconds: float) -> None:
    assert 0 < seconds < 1


def provider(cluster: Cluster, *, strict: bool = False) -> CloudWatchProvider:
    made = CloudWatchProvider(cluster, ProviderSpec("cloudwatch", region="eu-west-1", interval="1m", strict=strict))
    made.clock = NOW.timestamp  # type: ignore[method-assign]
    made.pause = at_once  # type: ignore[method-assign]
    return made


def results(*series: tuple[object, ...], status: str = "Complete") -> Scripted:
    members = ""
    for values in series:
        moments = "".join(f"<member>2026-11-26T11:{59 - place}:00Z</member>" for place in range(len(values)))
        numbers = "".join(f"<member>{value}</member>" for value in values)
        members += (
            f"<member><Timestamps>{moments}</Timestamps><Values>{numbers}</Values><Label>l0</Label><Id>m1</Id>"
            f"<StatusCode>{status}</StatusCode></member>"
        )
    body = f"<GetMetricDataResponse {NS}><GetMetricDataResult><MetricDataResults>{members}</MetricDataResults>"
    return Scripted(body=f"{body}<Messages/></GetMetricDataResult></GetMetricDataResponse>".encode())


def error(status: int, code: str, message: str = "a message", **headers: str) -> Scripted:
    body = f"<ErrorResponse {NS}><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Scripted(status, f"{body}<RequestId>r-1</RequestId></ErrorResponse>".encode(), headers)

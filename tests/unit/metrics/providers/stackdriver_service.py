"""Google Cloud Monitoring as a provider over a loopback service, and what that answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from loopback_service import Scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.stackdriver import StackdriverProvider

MQL = "fetch k8s_container | within 1m"
PROMQL = 'sum(rate(errors_total{app="cart"}[1m]))'
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
EMAIL = "flagger@demo.iam.gserviceaccount.com"
KEY = json.dumps(
    {
        "type": "service_account",
        "project_id": "other",
        "private_key_id": "kid1",
        "private_key": PEM,
        "client_email": EMAIL,
        "token_uri": "http://127.0.0.1:9/never-asked",
    }
)


def provider(
    cluster: Cluster, *, strict: bool = False, credentials: dict[str, str] | None = None, address: str = ""
) -> StackdriverProvider:
    given = {"project": "demo", "serviceAccountKey": KEY} if credentials is None else credentials
    return StackdriverProvider(cluster, ProviderSpec("stackdriver", address, credentials=given or None, strict=strict))


def as_json(content: Any, code: int = 200, **headers: str) -> Scripted:
    return Scripted(code, json.dumps(content).encode(), headers)


def vector(*values: str) -> Scripted:
    result = [{"metric": {"n": str(place)}, "value": [1, value]} for place, value in enumerate(values)]
    return as_json({"status": "success", "data": {"resultType": "vector", "result": result}})


def series(*values: object) -> Scripted:
    return as_json({"timeSeriesData": [{"pointData": [{"values": [value]}]} for value in values]})


def google_error(code: int, status: str, message: str = "a message", **headers: str) -> Scripted:
    return as_json({"error": {"code": code, "status": status, "message": message}}, code, **headers)


def failed(reason: str) -> QueryFailed:
    return QueryFailed(f"error requesting stackdriver: {reason}")

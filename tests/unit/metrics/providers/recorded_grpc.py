"""Stackdriver's recorded gRPC calls as the REST requests that ours sends instead."""

from __future__ import annotations

import json
from typing import Any

from recorded_exchange import Exchange

_STATUS = {"OK": 200, "INVALID_ARGUMENT": 400, "UNAUTHENTICATED": 401, "INTERNAL": 500}


def as_rest(fact: dict[str, Any]) -> Exchange:
    """The exchange for a call of QueryTimeSeries."""
    request, answer = fact["request"], fact["answer"]
    assert request["method"] == "/google.monitoring.v3.QueryService/QueryTimeSeries"
    message, code = request["message"], answer["code"]
    series = [
        {"pointData": [{"values": [{f"{kind}Value": value} for kind, value in point]}]}
        for point in answer["series"] or ()
    ]
    error = {"error": {"code": _STATUS[code], "status": code, "message": answer["message"]}}
    return Exchange(
        asked_for=fact["asked_for"],
        clock_s=fact["clock_ms"] / 1000,
        method="POST",
        url=f"https://monitoring.googleapis.com/v3/{message['name']}/timeSeries:query",
        headers={"Authorization": dict(request["metadata"])["authorization"], "Content-Type": "application/json"},
        body=json.dumps({"query": message["query"]}),
        status=_STATUS[code],
        answer_headers={"Content-Type": "application/json"},
        answer=json.dumps({"timeSeriesData": series} if code == "OK" else error),
    )

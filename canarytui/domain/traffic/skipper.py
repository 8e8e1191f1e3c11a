"""Skipper: no router here yet; its queries are asked, and Flagger's rollouts with it can be watched."""

from __future__ import annotations

from canarytui.domain.traffic.provider import TrafficProvider, Upstream
from canarytui.domain.traffic.queries import BuiltinQueries, mean_ms

_SERIES = 'route=~"kube(ew)?_<W_NS>__<W_INGRESS>_canary__.*__<W_SERVICE>_canary(_[0-9]+)?"'
_BUCKET = "skipper_response_duration_seconds_bucket"

PROVIDER = TrafficProvider(
    "skipper",
    "Skipper",
    Upstream(True, "0.27 was released in July 2026."),
    BuiltinQueries(
        f'sum( rate( {_BUCKET}{{ {_SERIES}, code!~"5..", le="+Inf" }}[<INTERVAL>] ) ) / '
        f'sum( rate( {_BUCKET}{{ {_SERIES}, le="+Inf" }}[<INTERVAL>] ) ) * 100',
        mean_ms("skipper_serve_route_duration_seconds", _SERIES),
        mean=True,
    ),
)

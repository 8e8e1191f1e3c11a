"""The hosts of Ingresses that lead to a Service."""

from __future__ import annotations

from traffic_canary import NAMES

from canarytui.domain.traffic.ingresses import ENTRANCE
from canarytui.domain.traffic.provider import Reached


def test_rules_whose_backend_is_ours() -> None:
    def rule(host: str, service: str, path: str) -> dict[str, object]:
        return {"host": host, "http": {"paths": [{"path": path, "backend": {"service": {"name": service}}}]}}

    spec = {
        "tls": [{"hosts": ["b.example", 7]}, None],
        "rules": [rule("a.example", "cart", "/api/"), rule("b.example", "cart-primary", "/"), rule("c", "other", "/")],
    }
    assert ENTRANCE.read(spec, NAMES) == [Reached("a.example", "/api"), Reached("b.example", "", tls=True)]
    assert ENTRANCE.read({"rules": [{"http": None}, 3]}, NAMES) == []

"""What the gateway does not do is told once, as an Event about the object."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from canarytui.sandbox.dataplane.notices import tell_notices
from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.middleware_config import GatewayWarning

LIMIT, SLOW = (
    GatewayWarning("traefik.io/v1alpha1", "Middleware", "test", name, "u", "NotPlayed", f"not {name}")
    for name in ("limit", "slow")
)

UNKNOWN = GatewayWarning("networking.k8s.io/v1", "Ingress", "test", "app", "u", "NotPlayed", "not app")


class Script:
    def __init__(self, *notices: tuple[GatewayWarning, ...]) -> None:
        self.told: list[tuple[str, str, str, str]] = []
        self._notices = notices

    async def configurations(self) -> AsyncIterator[Configuration]:
        for notices in self._notices:
            yield Configuration(notices=notices)

    def record(self, involved: dict[str, str], type_: str, reason: str, message: str, component: str) -> None:
        self.told.append((involved["name"], type_, message, component))


def test_a_notice_is_told_again_only_after_it_was_gone() -> None:
    script = Script((LIMIT,), (LIMIT, SLOW, UNKNOWN), (), (LIMIT,))
    asyncio.run(tell_notices(script, script))  # type: ignore[arg-type]
    assert script.told == [
        ("limit", "Warning", "not limit", "traefik"),
        ("slow", "Warning", "not slow", "traefik"),
        ("app", "Warning", "not app", "nginx-ingress-controller"),
        ("limit", "Warning", "not limit", "traefik"),
    ]

"""A canary for the tests of providers' records."""

from __future__ import annotations

from typing import Any

from canarytui.domain.spec.canary import Canary

NAMES = frozenset({"cart", "cart-primary", "cart-canary"})
"""Those of the canary's Services."""


def canary(**spec: Any) -> Canary:
    given = {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
        "service": {"port": 80},
        "analysis": {"interval": "10s"},
        **spec,
    }
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": given})

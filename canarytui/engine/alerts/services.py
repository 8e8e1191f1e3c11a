"""The alert systems by the name that an AlertProvider's ``type`` has for them. Adding one takes one line here.

A module of this package has its :class:`~canarytui.engine.alerts.service.Service` as ``SERVICE``.
"""

from __future__ import annotations

import functools
import importlib

from canarytui.engine.alerts.service import Service, is_at

SERVICES = {
    "slack": "canarytui.engine.alerts.slack",
    "discord": "canarytui.engine.alerts.discord",
    "rocket": "canarytui.engine.alerts.rocket",
    "msteams": "canarytui.engine.alerts.msteams",
    "gchat": "canarytui.engine.alerts.gchat",
    "pagerduty": "canarytui.engine.alerts.pagerduty",
}
"""Module by provider type."""


def service_of(type_: str, address: str, *, strict: bool) -> Service | None:
    """The system that an address belongs to, else the one of this type; None for a type that nobody knows.

    Strictly, the type alone decides, and what Flagger does not know is unknown.
    """
    if not strict:
        for module in SERVICES.values():
            if is_at(address, _load(module).hosts):
                return _load(module)
    if type_ not in SERVICES:
        return None
    found = _load(SERVICES[type_])
    return None if strict and found.flaggers is None else found


@functools.cache
def _load(module: str) -> Service:
    found = importlib.import_module(module).SERVICE
    if not isinstance(found, Service):
        raise TypeError(f"{module}.SERVICE is no Service")
    return found

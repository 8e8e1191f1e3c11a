"""The Service Mesh Interface: a TrafficSplit whose backends are weighted, in the three versions that Flagger knows.

Linkerd and Open Service Mesh are driven by it, too: their records take :func:`split` and :data:`ENTRANCE`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import istio, reading
from canarytui.domain.traffic.provider import Entrance, Reached, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

GROUP = "split.smi-spec.io"
TRAFFIC_SPLITS_V1ALPHA1 = Resource(GROUP, "v1alpha1", "trafficsplits", "TrafficSplit")
TRAFFIC_SPLITS_V1ALPHA2 = Resource(GROUP, "v1alpha2", "trafficsplits", "TrafficSplit")
TRAFFIC_SPLITS_V1ALPHA3 = Resource(GROUP, "v1alpha3", "trafficsplits", "TrafficSplit")

_QUANTITY = re.compile(r"\+?(\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?")
_UNITS = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = "KMGTPE"


def weight(value: object) -> Decimal | None:
    """A backend's weight: a number, or, in v1alpha1, a quantity (``"20"``, ``"500m"``, ``"1e2"``); None when it is
    neither, or negative."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    found = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    number, unit = Decimal(found[1]), found[2] or ""
    if unit[:1] in ("e", "E") and len(unit) > 1 and unit != "Ei":
        return number.scaleb(int(unit[1:]))
    if unit.endswith("i"):
        return number * Decimal(1024) ** (_BINARY.index(unit[0]) + 1)
    return number.scaleb(_UNITS[unit])


def backends(router: KubernetesObject) -> list[KubernetesObject]:
    """The backends of a TrafficSplit, as they are."""
    return as_mappings(as_mapping(router.get("spec")).get("backends"))


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    weights = [(as_text(each.get("service")), weight(each.get("weight"))) for each in backends(router)]
    known = [(name, float(found)) for name, found in weights if found is not None]
    return reading.canary_percent(known, canary) if len(known) == len(weights) else None


def _shares(router: KubernetesObject) -> str:
    return reading.phrase((each.get("service"), each.get("weight", 0)) for each in backends(router))


def _name(backend: KubernetesObject) -> str:
    return as_text(backend.get("service"))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    changed = reading.reweighted(backends(router), _name, reading.sides(canary, primary, other))
    if changed is None:
        return None
    # In v1alpha1 they are quantities, which are text.
    before = {_name(each): each.get("weight") for each in backends(router)}
    for each in changed:
        if isinstance(before[_name(each)], str):
            each["weight"] = str(each["weight"])
    return {"spec": {"backends": changed}}


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    # The root service is a host when the canary has `service.hosts`, else the name of a Service.
    host = as_text(spec.get("service"))
    leads = any(as_text(each.get("service")) in names for each in as_mappings(spec.get("backends")))
    return [Reached(host)] if leads and "." in host else []


ENTRANCE = Entrance((TRAFFIC_SPLITS_V1ALPHA1, TRAFFIC_SPLITS_V1ALPHA2, TRAFFIC_SPLITS_V1ALPHA3), _reached)
"""The host whose traffic a TrafficSplit divides."""


def split(splits: Resource) -> Split:
    """How a TrafficSplit of this version is read."""
    return Split(RoutingObject(splits, reading.apex_name), _canary_percent, _shares, _reweighted)


def _provider(splits: Resource) -> TrafficProvider:
    return TrafficProvider(
        f"smi:{splits.version}",
        f"SMI {splits.version}",
        Upstream(False, "CNCF archived it in October 2023; its successor is the Gateway API."),
        istio.PROVIDER.queries,  # what Flagger asks, whichever mesh it is
        split(splits),
        entrances=(ENTRANCE,),
        any_mesh=True,
        successor="Move to gatewayapi:v1, and delete the TrafficSplit.",
    )


V1ALPHA1 = _provider(TRAFFIC_SPLITS_V1ALPHA1)
V1ALPHA2 = _provider(TRAFFIC_SPLITS_V1ALPHA2)
V1ALPHA3 = _provider(TRAFFIC_SPLITS_V1ALPHA3)

"""Which Gateway a canary's route may attach to: by its listeners' hosts, protocols and the namespaces they allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.migration.objects import ObjectSet, name_of
from canarytui.migration.resources import GATEWAYS

PLACEHOLDER = {"name": "CHOOSE-A-GATEWAY", "namespace": "<ITS-NAMESPACE>"}
"""No namespace may have such a name: the API server refuses the manifest until somebody has chosen."""

_SHOWN = 6


class ParentChoice(Struct, frozen=True):
    """`refs` for ``service.gatewayRefs``; `plain` is the listener for plain HTTP beside one for TLS, as a parentRef,
    None where there is none; `decide` says what is left to decide."""

    refs: tuple[dict[str, Any], ...]
    plain: dict[str, Any] | None = None
    decide: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody has to choose a Gateway."""
        return PLACEHOLDER in self.refs


def choose_gateway(objects: ObjectSet, namespace: str, hosts: Sequence[str], *, secured: bool) -> ParentChoice:
    """The one Gateway that takes routes of `namespace` for `hosts`; a placeholder where there is none, or several.

    `secured`: requests come by TLS.
    """
    gateways = objects.all(GATEWAYS)
    fitting = [
        (gateway, listeners)
        for gateway in gateways
        if (listeners := _listeners(gateway, objects.namespace_of(gateway), namespace, hosts))
    ]
    if secured:
        fitting = [(each, found) for each, found in fitting if any(_is_tls(one) for one in found)] or fitting
    if len(fitting) != 1:
        return ParentChoice((dict(PLACEHOLDER),), None, (_undecided(objects, gateways, fitting, namespace, hosts),))
    gateway, listeners = fitting[0]
    ref = {"name": name_of(gateway), "namespace": objects.namespace_of(gateway)}
    tls = [each for each in listeners if _is_tls(each)]
    plain = [each for each in listeners if not _is_tls(each)]
    if secured and not tls:
        text = f"Gateway {_full_name(objects, gateway)} has no listener for TLS and these hosts: add one first"
        return ParentChoice((ref,), None, (text,))
    if secured and len(tls) == 1 and len(plain) == 1:
        return ParentChoice(({**ref, "sectionName": tls[0]["name"]},), {**ref, "sectionName": plain[0]["name"]})
    return ParentChoice((ref,))


def named_gateway(text: str) -> dict[str, Any] | None:
    """``NAMESPACE/NAME`` or ``NAMESPACE/NAME/LISTENER`` as a gatewayRef; None for anything else."""
    parts = text.split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        return None
    return dict(zip(("namespace", "name", "sectionName"), parts, strict=False))


def _undecided(
    objects: ObjectSet,
    gateways: Sequence[KubernetesObject],
    fitting: Sequence[Any],
    namespace: str,
    hosts: Sequence[str],
) -> str:
    want = f"for {', '.join(hosts) or 'all hosts'} from namespace {namespace}"
    if fitting:
        named = ", ".join(_full_name(objects, gateway) for gateway, _ in fitting[:_SHOWN])
        return f"{len(fitting)} Gateways take routes {want}: {named}. Choose with --gateway NAMESPACE/NAME."
    if gateways:
        named = ", ".join(_full_name(objects, gateway) for gateway in gateways[:_SHOWN])
        return (
            f"No Gateway takes routes {want} (there are {named}: see their listeners' hostname and allowedRoutes). "
            "Change one, or choose with --gateway NAMESPACE/NAME."
        )
    return f"No Gateway was found that takes routes {want}. Make one, or choose with --gateway NAMESPACE/NAME."


def _full_name(objects: ObjectSet, gateway: KubernetesObject) -> str:
    return clean(f"{objects.namespace_of(gateway)}/{name_of(gateway)}", 130)


def _listeners(gateway: KubernetesObject, home: str, namespace: str, hosts: Sequence[str]) -> list[KubernetesObject]:
    """Those that take routes of a namespace for at least one of the hosts. A selector of namespaces may fit."""
    found = []
    for listener in as_mappings(as_mapping(gateway.get("spec")).get("listeners")):
        allowed = as_mapping(as_mapping(listener.get("allowedRoutes")).get("namespaces")).get("from", "Same")
        fits = allowed in ("All", "Selector") or (allowed == "Same" and home == namespace)
        host = as_text(listener.get("hostname"))
        meets = not host or not hosts or any(_meet(host, each) for each in hosts)
        if fits and meets and listener.get("protocol") in ("HTTP", "HTTPS"):
            found.append(listener)
    return found


def _is_tls(listener: KubernetesObject) -> bool:
    return listener.get("protocol") == "HTTPS"


def _meet(one: str, other: str) -> bool:
    """Whether two hostnames, either of which may begin with ``*.``, have a host in common."""
    if one == other:
        return True
    wild = [each.removeprefix("*") for each in (one, other) if each.startswith("*.")]
    return any(one.endswith(each) and other.endswith(each) for each in wild)

"""Parses request paths. Pure.

``/api/v1/…`` and ``/apis/{group}/{version}/…``, with ``namespaces/{ns}/`` before the resource of a
namespaced request, then name, subresource and, for proxies, the rest of the path.
"""

from __future__ import annotations

from urllib.parse import unquote

from msgspec import Struct

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType

_NAMESPACE_SUBRESOURCES = ("status", "finalize")


class ResourcePath(Struct, frozen=True):
    """A path to a collection (``name`` empty), an object, or a subresource.

    `namespace` is None for a cluster-scoped resource and for a namespaced one across all namespaces.
    `rest` is what follows the subresource, with its leading slash (services/proxy only).
    """

    rt: ResourceType
    namespace: str | None
    name: str = ""
    subresource: str = ""
    rest: str = ""


def resource_path(raw_path: str, registry: Registry) -> ResourcePath:
    """Parse an encoded path below ``/api/v1`` or ``/apis/{group}/{version}``.

    Raises:
        StatusError: 404 when nothing is served there.
    """
    parts = raw_path.strip("/").split("/")
    if parts[0] == "api" and len(parts) >= 3:
        group, version, tail = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) >= 4:
        group, version, tail = parts[1], parts[2], parts[3:]
    else:
        raise errors.unknown_path()
    namespace: str | None = None
    if tail[0] == "namespaces" and len(tail) > 2 and not _of_namespace_itself(group, tail):
        namespace, tail = unquote(tail[1]), tail[2:]
    rt = registry.get(group, version, unquote(tail[0]))
    if namespace is not None and not rt.namespaced:
        raise errors.unknown_path()
    name = unquote(tail[1]) if len(tail) > 1 else ""
    subresource = unquote(tail[2]) if len(tail) > 2 else ""
    if len(tail) > 3 and subresource != "proxy":
        raise errors.unknown_path()
    if subresource and subresource not in rt.subresources:
        raise errors.unknown_path()
    if name and rt.namespaced and not namespace:
        raise errors.unknown_path()
    rest = _rest_of(raw_path, tail) if subresource == "proxy" else ""
    return ResourcePath(rt, namespace, name, subresource, rest)


def _of_namespace_itself(group: str, tail: list[str]) -> bool:
    return group == "" and len(tail) == 3 and tail[2] in _NAMESPACE_SUBRESOURCES


def _rest_of(raw_path: str, tail: list[str]) -> str:
    """What follows ``proxy``, still encoded, with a trailing slash kept."""
    rest = "/".join(tail[3:])
    if rest and raw_path.endswith("/"):
        rest += "/"
    return f"/{rest}"

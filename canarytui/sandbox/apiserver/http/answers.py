"""Responses: objects, lists, tables and metadata as bytes, with their warnings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml
from aiohttp import web

from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.http.negotiation import YAML, NegotiatedKind
from canarytui.sandbox.apiserver.presentation import tables
from canarytui.sandbox.apiserver.types.printing import AGE_ONLY, Printer
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.verbs.lists import ListResult
from canarytui.sandbox.values import KubernetesObject

_INCLUDE = ("Metadata", "Object", "None")


def encoded(body: Any, wanted: NegotiatedKind, *, status: int = 200, warnings: Iterable[str] = ()) -> web.Response:
    """`body` (a JSON value, or bytes that are JSON already) in the encoding that the client asked for."""
    if wanted.media_type == YAML:
        value = json.loads(body) if isinstance(body, bytes) else body
        data = yaml.safe_dump(value, sort_keys=False, allow_unicode=True).encode()
    else:
        data = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode() + b"\n"
    response = web.Response(status=status, body=data, content_type=wanted.media_type)
    for text in warnings:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        response.headers.add("Warning", f'299 - "{quoted}"')
    return response


def refusal(error: StatusError) -> web.Response:
    """A ``Status`` object; with ``Retry-After`` where the client should retry."""
    response = encoded(error.to_status(), NegotiatedKind(), status=error.code)
    seconds = (error.details or {}).get("retryAfterSeconds")
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


class Shaper:
    """Converts one request's objects to the form that its client accepts."""

    def __init__(self, api: Api, rt: ResourceType, wanted: NegotiatedKind, include: str) -> None:
        self._wanted = wanted
        self._include = include if include in _INCLUDE else "Metadata"
        self._printer = _printer(api, rt) if wanted.table else AGE_ONLY

    @property
    def plain(self) -> bool:
        """Whether objects go out as they are stored."""
        return not self._wanted.kind

    def one(self, obj: KubernetesObject) -> KubernetesObject:
        """A single object; a ``Status`` is returned unchanged."""
        if self.plain or obj.get("kind") == "Status":
            return obj
        if self._wanted.table:
            return self.table([obj], {"resourceVersion": obj["metadata"].get("resourceVersion", "")})
        return partial_metadata(obj)

    def many(self, found: ListResult) -> KubernetesObject | bytes:
        """A list."""
        if self.plain:
            return found.encoded() + b"\n"
        if self._wanted.table:
            return self.table(found.items, found.meta)
        return {
            "kind": "PartialObjectMetadataList",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": found.meta,
            "items": [partial_metadata(obj) for obj in found.items],
        }

    def table(self, objects: Sequence[KubernetesObject], list_meta: KubernetesObject) -> KubernetesObject:
        """A ``Table`` of objects."""
        made: KubernetesObject = tables.table(
            self._printer,
            list(objects),
            include_object=self._include,
            list_meta=list_meta,
            now=datetime.now(UTC),
        )
        return made


def _printer(api: Api, rt: ResourceType) -> Printer:
    columns = api.printer_columns(rt)
    return api.registry.kind(rt).printer if columns is None else tables.custom_printer(columns)


def partial_metadata(obj: KubernetesObject) -> KubernetesObject:
    """``PartialObjectMetadata`` of an object."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}

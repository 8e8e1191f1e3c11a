"""OpenAPI v3: an index with hashes, and one document for each group version, made when first asked for.

kubectl reads it to explain fields, to find merge keys, and to learn whether the server validates and dry-runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.face.openapi.operations import paths_of
from canarytui.sandbox.apiserver.face.openapi.schemas import Schemas, custom_schema
from canarytui.sandbox.apiserver.resources import Registry, ResourceType
from canarytui.sandbox.apiserver.typenodes import builtin_type

Object = dict[str, Any]


class OpenApi:
    """Caches encoded documents until the registry changes."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._generation = -1
        self._documents: dict[tuple[str, str], bytes] = {}

    def index(self) -> Object:
        """``/openapi/v3``."""
        paths: Object = {}
        for group, version in self._versions():
            path = f"apis/{group}/{version}" if group else f"api/{version}"
            seed = json.dumps([self._registry.generation if self._is_custom(group) else 0, path])
            digest = hashlib.sha256(seed.encode()).hexdigest().upper()
            paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
        return {"paths": paths}

    def document(self, crds: Iterable[Mapping[str, Any]], group: str, version: str) -> bytes:
        """One group version's document as JSON; raises :class:`StatusError` 404."""
        if self._generation != self._registry.generation:
            self._documents.clear()
            self._generation = self._registry.generation
        key = (group, version)
        if key not in self._documents:
            self._documents[key] = json.dumps(self._make(crds, group, version), separators=(",", ":")).encode()
        return self._documents[key]

    def _make(self, crds: Iterable[Mapping[str, Any]], group: str, version: str) -> Object:
        types = [rt for rt in self._registry.all() if (rt.group, rt.version) == (group, version)]
        if not types:
            raise errors.unknown_path()
        by_name = {crd["metadata"]["name"]: crd for crd in crds}
        schemas = Schemas()
        paths: Object = {}
        for rt in types:
            name = f"{'.'.join(reversed((rt.group or 'core.k8s.io').split('.')))}.{rt.version}.{rt.kind}"
            if rt.crd is not None and rt.crd in by_name:
                schemas.add(name, custom_schema(rt, by_name[rt.crd], schemas))
            else:
                schemas.add(name, _root(rt, schemas))
            paths |= paths_of(rt, name)
        return {
            "openapi": "3.0.0",
            "info": {"title": "Kubernetes", "version": "v1.32.2"},
            "paths": paths,
            "components": {"schemas": schemas.found},
        }

    def _versions(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys((rt.group, rt.version) for rt in self._registry.all()))

    def _is_custom(self, group: str) -> bool:
        return any(rt.crd for rt in self._registry.all() if rt.group == group)


def _root(rt: ResourceType, schemas: Schemas) -> Object:
    resolved = schemas.resolve(schemas.of(builtin_type(rt)))
    gvk = {"group": rt.group, "kind": rt.kind, "version": rt.version}
    return {**resolved, "x-kubernetes-group-version-kind": [gvk]}

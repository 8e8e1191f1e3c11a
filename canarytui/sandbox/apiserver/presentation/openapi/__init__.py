"""OpenAPI v3: an index with hashes, and one document per group version, generated on first use.

kubectl reads it to explain fields, to find merge keys, and to detect server-side validation and dry run. It does
not need OpenAPI v2 (measured with 1.32; except for `explain --output=plaintext-openapiv2`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.presentation.openapi.operations import paths_of
from canarytui.sandbox.apiserver.presentation.openapi.schemas import Schemas
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.values import KubernetesObject


class OpenApi:
    """Caches encoded documents: built-in kinds forever, custom ones until the registry changes."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        # Hashes must differ from those of an earlier run with other custom resources.
        self._run = secrets.token_hex(8)
        self._generation = -1
        self._builtin: dict[tuple[str, str], bytes] = {}
        self._custom: dict[tuple[str, str], bytes] = {}

    def index(self) -> KubernetesObject:
        """``/openapi/v3``: where each group version's document is, with a hash that changes when it does."""
        custom = {(rt.group, rt.version) for rt in self._registry.all() if rt.crd}
        paths: KubernetesObject = {}
        for group, version in dict.fromkeys((rt.group, rt.version) for rt in self._registry.all()):
            path = f"apis/{group}/{version}" if group else f"api/{version}"
            generation = self._registry.generation if (group, version) in custom else 0
            digest = hashlib.sha256(f"{self._run} {generation} {path}".encode()).hexdigest().upper()
            paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
        return {"paths": paths}

    def document(self, crds: Iterable[Mapping[str, Any]], group: str, version: str) -> bytes:
        """One group version's document as JSON; raises :class:`StatusError` 404."""
        if self._generation != self._registry.generation:
            self._custom.clear()
            self._generation = self._registry.generation
        types = [rt for rt in self._registry.all() if (rt.group, rt.version) == (group, version)]
        if not types:
            raise errors.unknown_path()
        cache = self._custom if any(rt.crd for rt in types) else self._builtin
        key = (group, version)
        if key not in cache:
            cache[key] = json.dumps(_document(types, crds), separators=(",", ":")).encode()
        return cache[key]


def _document(types: Iterable[ResourceType], crds: Iterable[Mapping[str, Any]]) -> KubernetesObject:
    by_name = {crd["metadata"]["name"]: crd for crd in crds}
    schemas = Schemas()
    paths: KubernetesObject = {}
    for rt in types:
        crd = by_name.get(rt.crd or "")
        paths |= paths_of(rt, schemas.add_builtin(rt) if crd is None else schemas.add_custom(rt, crd))
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.32.2"},
        "paths": paths,
        "components": {"schemas": schemas.found},
    }

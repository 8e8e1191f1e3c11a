"""A resource type of the Kubernetes API: what it is called, and where its URLs are."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct


class Resource(Struct, frozen=True):
    """One served resource type: group ("" is core), version, plural and kind."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    def __hash__(self) -> int:
        return hash(self.plural)  # a key of many look-ups for every change

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full_name(self) -> str:
        """As kubectl writes it: ``canaries.flagger.app``, ``pods``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def kind_names(self) -> tuple[str, str, str]:
        """The kind alone, with its version, and with version and group: ``HTTPRoute``, ``HTTPRoute.v1``, …"""
        versioned = f"{self.kind}.{self.version}"
        return self.kind, versioned, f"{versioned}.{self.group}"

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str | None = None) -> str:
        """URL path of the collection (no name) or of one object; `namespace` None means cluster-wide."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        parts = [root]
        if namespace and self.namespaced:
            parts += ["namespaces", quote(namespace, safe="", errors="replace")]
        parts.append(self.plural)
        if name:
            parts.append(quote(name, safe=":", errors="replace"))
        if subresource:
            parts.append(subresource)
        return "/".join(parts)

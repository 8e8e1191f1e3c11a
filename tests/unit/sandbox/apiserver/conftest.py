"""An API core in memory with the sandbox's definitions, a namespace, and a clock that stands still."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.types.resources import ResourceType


class Server:
    """Short forms for tests."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def rt(self, name: str) -> ResourceType:
        """``deployments.apps``, ``pods``."""
        plural, _, group = name.partition(".")
        return self.api.registry.find(group, plural)

    def create(self, name: str, obj: dict[str, Any], namespace: str | None = "test", **options: Any) -> dict[str, Any]:
        return self.api.create(self.rt(name), namespace if self.rt(name).namespaced else None, obj, **options)

    def get(self, name: str, of: str, namespace: str | None = "test", **options: Any) -> dict[str, Any]:
        return self.api.get(self.rt(name), namespace if self.rt(name).namespaced else None, of, **options)


@pytest.fixture
def server() -> Server:
    made = Server(Api())
    made.create("namespaces", {"metadata": {"name": "test"}})
    for definition in manifests.crds():
        made.create("customresourcedefinitions.apiextensions.k8s.io", definition)
    return made


@pytest.fixture
def deployment() -> dict[str, Any]:
    return manifests.documents("podinfo/deployment.yaml")[0]


@pytest.fixture
def canary() -> dict[str, Any]:
    return manifests.documents("seed/podinfo-canary.yaml")[0]

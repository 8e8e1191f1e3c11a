"""The parts of the official client that the program uses, imported one by one.

``import kubernetes`` runs an ``__init__`` that also imports the synchronous client with requests, urllib3 and OAuth,
and ``kubernetes.aio``'s imports all of its parts: 0.13 s and 20 MiB before the first list. Both packages stand here
under their genuine names and specs; their ``__init__`` runs when somebody asks for something that is not a submodule.

Requests go through the client's REST layer and configuration. Its typed half needs pydantic (0.1 s, 8 MiB) and is
imported when somebody makes a typed client, which only leader election does.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any

from canarytui.cluster.late_authorities import authorities_later


def _defer_init(name: str) -> None:
    """Put the package `name` into ``sys.modules`` without running its ``__init__`` yet; no effect once imported."""
    spec = importlib.util.find_spec(name) if name not in sys.modules else None
    if spec is None or spec.loader is None or not spec.submodule_search_locations:
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def missing(attribute: str) -> Any:
        submodule = f"{name}.{attribute}"
        if importlib.util.find_spec(submodule) is not None:
            return importlib.import_module(submodule)
        if package.__dict__.pop("__getattr__", None) is None:
            raise AttributeError(name=attribute, obj=package)
        loader.exec_module(package)
        return getattr(package, attribute)

    package.__dict__["__getattr__"] = missing
    sys.modules[name] = package
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


_defer_init("kubernetes")
_defer_init("kubernetes.aio")

with authorities_later():
    RESTClientObject: Any = importlib.import_module("kubernetes.aio.client.rest").RESTClientObject
Configuration: Any = importlib.import_module("kubernetes.aio.client.configuration").Configuration


def typed_client(transport: Any) -> Any:
    """The official ``ApiClient`` for typed requests, which sends through `transport`."""
    from kubernetes.aio import client

    typed = client.ApiClient(transport.configuration)
    typed.rest_client = transport
    return typed

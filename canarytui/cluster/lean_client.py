"""Loads of the official client only what is asked for.

``import kubernetes`` brings in the synchronous client with requests, urllib3 and OAuth, and ``import kubernetes.aio``
all of its parts: 0.2 s and 10 MiB that a console pays before its first list and for as long as it is open. Both are
packages whose parts can be imported one by one, which is what happens after :func:`only_what_is_asked_for`.

Its sending half needs pydantic (another 0.1 s and 8 MiB) for one class of typed answers and to recognise one type of
secret values. Requests from here have neither: :func:`load_sender` loads it without.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType


def only_what_is_asked_for() -> None:
    """Have ``import kubernetes.aio.client`` import just that. Without effect once the packages are imported."""
    spec = importlib.util.find_spec("kubernetes") if "kubernetes" not in sys.modules else None
    if spec is None or not spec.submodule_search_locations:
        return
    folder = Path(next(iter(spec.submodule_search_locations)))
    for name, path in (("kubernetes", folder), ("kubernetes.aio", folder / "aio")):
        package = ModuleType(name)
        package.__path__ = [str(path)]
        package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        package.__spec__.submodule_search_locations = [str(path)]
        sys.modules[name] = package
    sys.modules["kubernetes"].aio = sys.modules["kubernetes.aio"]  # type: ignore[attr-defined]


def load_sender() -> None:
    """Import what sends requests. Whoever asks for pydantic later gets the real one."""
    only_what_is_asked_for()
    if "pydantic" not in sys.modules and "kubernetes.aio.client.api_client" not in sys.modules:
        sys.modules["pydantic"] = _in_pydantics_place()
        try:
            # A release that needs more of it: as it wants to be.
            with suppress(ImportError, AttributeError, TypeError):
                importlib.import_module("kubernetes.aio.client.api_client")
        finally:
            del sys.modules["pydantic"]
    importlib.import_module("kubernetes.aio.client.api_client")


def _in_pydantics_place() -> ModuleType:
    """As much of pydantic as the client's sending half names."""
    module = ModuleType("pydantic")
    for name, value in (
        ("BaseModel", type("BaseModel", (), {})),
        ("SecretStr", type("SecretStr", (), {})),
        ("StrictInt", int),
        ("StrictBytes", bytes),
        ("Field", _field),
    ):
        setattr(module, name, value)
    return module


def _field(default: object = None, **_: object) -> object:
    return default

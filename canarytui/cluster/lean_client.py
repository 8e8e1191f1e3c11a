"""Loads of the official client only what is asked for.

``import kubernetes`` brings in the synchronous client with requests, urllib3 and OAuth, and ``import kubernetes.aio``
all of its parts: 0.2 s and 10 MiB that a console pays before its first list and for as long as it is open. Both are
packages whose parts can be imported one by one, which is what happens after :func:`only_what_is_asked_for`.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
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

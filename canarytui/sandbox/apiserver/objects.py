"""Objects as dictionaries, and what every room needs of their metadata: times, uids, names, equality."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_GENERATED_MAX = 63 - 5


def utc_now() -> datetime:
    """The current time, timezone-aware."""
    return datetime.now(UTC)


def new_uid() -> str:
    """A random uid."""
    return str(uuid.uuid4())


def generated_name(prefix: str) -> str:
    """``prefix`` and five letters that spell no words."""
    return prefix[:_GENERATED_MAX] + "".join(random.choices(_ALPHABET, k=5))


def at(obj: Any, *path: str) -> Any:
    """The value at a path of keys, or None where it ends early."""
    for part in path:
        if not isinstance(obj, Mapping):
            return None
        obj = obj.get(part)
    return obj


def without_volatile(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The object without what every write changes, to detect no-op writes."""
    meta = {k: v for k, v in obj.get("metadata", {}).items() if k not in ("resourceVersion", "managedFields")}
    return {**obj, "metadata": meta}


def is_terminating(obj: Mapping[str, Any]) -> bool:
    """Whether deletion has begun."""
    return bool(at(obj, "metadata", "deletionTimestamp"))


def encode(obj: Any) -> bytes:
    """Compact JSON, UTF-8."""
    return json.dumps(obj, separators=(",", ":"), ensure_ascii=False).encode()

"""The types that JSON has in the sandbox, and its times as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NamespacedName = tuple[str, str]
"""The namespace ("" for an object of the whole cluster) and the name of an object."""

KubernetesObject = dict[str, Any]
"""An API object, or a part of one, as JSON has it."""

ReadOnlyObject = Mapping[str, Any]
"""The same where it must not be changed: it is shared with a cache or with the store."""


def timestamp(moment: datetime) -> str:
    """``2026-11-26T14:02:11Z``: what Kubernetes writes, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """The moment that `text` names in RFC 3339; raises ValueError."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))

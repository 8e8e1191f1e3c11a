"""Query parameters that all writing verbs share."""

from __future__ import annotations

from msgspec import Struct

UNKNOWN_MANAGER = "unknown"


class WriteOptions(Struct, frozen=True):
    """``field_validation`` is Ignore, Warn or Strict; ``subresource`` is "" for the object itself."""

    dry_run: bool = False
    field_manager: str = UNKNOWN_MANAGER
    field_validation: str = "Ignore"
    subresource: str = ""
    force: bool = False
    apply: bool = False

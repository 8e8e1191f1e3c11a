"""A record with other values in some of its fields, be it a msgspec Struct or a dataclass."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

from msgspec import Struct, structs

R = TypeVar("R")


def replace(record: R, **changes: Any) -> R:
    """A copy of `record` with `changes`."""
    if isinstance(record, Struct):
        return cast(R, structs.replace(record, **changes))
    return cast(R, dataclasses.replace(cast(Any, record), **changes))

"""What proves to a server who we are, until it expires."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """A client certificate and its key, as PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credential:
    """An ``Authorization`` header, a client certificate, or both. `expires` None: good until refused."""

    authorization: str = field(default="", repr=False)
    pair: Pair | None = None
    expires: datetime | None = None

    def expired(self) -> bool:
        """Whether it has expired."""
        return self.expires is not None and datetime.now(UTC) >= self.expires

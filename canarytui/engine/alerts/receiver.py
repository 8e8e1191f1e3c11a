"""One receiver of alerts, and what counts as an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from msgspec import Struct

USERNAME, CHANNEL = "flagger", "general"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A channel of an alert system. `name` is what the log calls it; `service` is an AlertProvider's ``type``.

    The address of a webhook is a secret as its token is: neither may be logged.
    """

    name: str
    service: str
    address: str = field(repr=False)
    token: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)
    username: str = USERNAME
    channel: str = CHANNEL


class Unreachable(Struct, frozen=True):
    """An alert that cannot be sent, and why, as a line for the log."""

    why: str


def is_address(text: str) -> bool:
    """Whether `text` is an absolute http or https URL."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))

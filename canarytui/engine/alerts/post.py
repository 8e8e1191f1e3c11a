"""A request to an alert system, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from canarytui.engine.alerts.receiver import Receiver


@dataclass(frozen=True, slots=True)
class Post:
    """POST `body` as JSON to `url`, with the token, through the proxy where there is one ("": none)."""

    url: str = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    token: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)


def plain_post(receiver: Receiver, body: Mapping[str, Any]) -> Post:
    """To the receiver's own address, without an Authorization header: only Slack takes its token so."""
    return Post(receiver.address, body, proxy=receiver.proxy)

"""What an alert system is to us: one record, which each module of this package has as ``SERVICE``."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from msgspec import Struct

from canarytui.engine.alerts.message import AlertMessage
from canarytui.engine.alerts.post import Post
from canarytui.engine.alerts.receiver import Receiver

Shape = Callable[[Receiver, AlertMessage], Post | None]
"""From a message to the request that delivers it; None where this system has no use for the message."""


class Service(Struct, frozen=True):
    """`shape` is what the system takes today, `flaggers` what Flagger 1.44 sends to it in strict mode (None: Flagger
    does not know the system).

    `title` is what Flagger calls it in ``invalid Slack hook URL``. Addresses at one of `hosts` belong to this
    system whatever the provider's ``type``, because Flagger's CustomResourceDefinition does not know every type.
    `address` is used where the Secret has none. `needs_token`: the Secret must hold a ``token``. `resolves`: a message
    that all is well again closes what an earlier one opened, and is sent at any severity. `rejection` reads the reason
    out of the body of a 2xx answer that delivered nothing, "" for a delivery.
    """

    title: str
    shape: Shape
    flaggers: Shape | None = None
    hosts: tuple[str, ...] = ()
    address: str = ""
    needs_token: bool = False
    resolves: bool = False
    rejection: Callable[[str], str] = lambda body: ""


def host_of(address: str) -> str:
    """The host of a URL in lower case, "" for what has none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def is_at(address: str, hosts: tuple[str, ...]) -> bool:
    """Whether the address is at one of the hosts; one that begins with a dot stands for all hosts below it."""
    host = host_of(address)
    return any(host.endswith(each) if each.startswith(".") else host == each for each in hosts)

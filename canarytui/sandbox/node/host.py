"""What all pods of the node share: the API client, Events, launchers, probe client, addresses.

Made once by the kubelet and handed to its pod workers and container loops.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import aiohttp
from msgspec import Struct, field

from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.node.events import KubeletEventRecorder
from canarytui.sandbox.node.images import ImageKind
from canarytui.sandbox.node.instances import Instance, Launch

HOST_IP = "127.0.0.1"
_FIRST_HOST = 2
_HOSTS = 254

Launcher = Callable[[Launch], Awaitable[Instance]]


class PodAddresses:
    """Assigns pod IPs of 10.42.0.0/16. They are names only: nothing listens there."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def reserve(self, addresses: Iterable[str]) -> None:
        """Addresses that pods already have."""
        self._taken.update(addresses)

    def take(self) -> str:
        """A free address; the lowest one."""
        for third in range(256):
            for fourth in range(_FIRST_HOST, _HOSTS + 1):
                address = f"10.42.{third}.{fourth}"
                if address not in self._taken:
                    self._taken.add(address)
                    return address
        raise RuntimeError("all 65 thousand pod addresses are taken")

    def give_back(self, address: str) -> None:
        self._taken.discard(address)


class Host(Struct):
    """What the node's pods share; `launchers` has an entry for each image kind."""

    client: KubeClient
    events: KubeletEventRecorder
    launchers: dict[ImageKind, Launcher]
    probe_client: aiohttp.ClientSession
    addresses: PodAddresses = field(default_factory=PodAddresses)

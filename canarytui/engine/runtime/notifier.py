"""Sends alerts to chat services in the background: no tick waits for one or fails because of one.

Addresses and tokens are secrets: log lines name the receiver, never where it is.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import NamedTuple

import aiohttp

from canarytui.cluster.client import Cluster
from canarytui.engine.alerts.message import message_of
from canarytui.engine.alerts.post import Post
from canarytui.engine.alerts.receivers import Receiver, Unreachable, receivers
from canarytui.engine.alerts.services import post_to
from canarytui.engine.decide.effects import Alert
from canarytui.engine.decide.tick import Tick
from canarytui.engine.runtime.logs import JsonLog
from canarytui.errors import ConfigError

TIMEOUT_S = 5.0
QUEUED_MOST = 1000
_CALLER = "notifier/client.go"


class _Queued(NamedTuple):
    canary: str
    receiver: str
    post: Post


class Notifier:
    """One sender, which starts with the first alert and ends with :meth:`close`.

    `everyone` gets the alerts of canaries that name no AlertProvider.
    """

    def __init__(self, cluster: Cluster, log: JsonLog, everyone: Receiver | None = None) -> None:
        self._cluster = cluster
        self._log = log
        self._everyone = everyone
        self._queue: asyncio.Queue[_Queued] = asyncio.Queue(QUEUED_MOST)
        self._sender: asyncio.Task[None] | None = None

    def tell(self, tick: Tick, alert: Alert) -> None:
        """Queue the alert for its receivers; what cannot be sent is logged."""
        canary = tick.canary.full_name
        for receiver in receivers(tick, alert.severity, self._everyone):
            made = receiver if isinstance(receiver, Unreachable) else post_to(receiver, message_of(tick, alert))
            if isinstance(made, Unreachable):
                self._log.line("error", _CALLER, made.why, canary=canary)
                continue
            assert isinstance(receiver, Receiver)
            try:
                self._queue.put_nowait(_Queued(canary, receiver.name, made))
            except asyncio.QueueFull:
                self._failed(canary, receiver.name, f"{QUEUED_MOST} others wait to be sent")
        if self._sender is None and not self._queue.empty():
            self._sender = asyncio.create_task(self._send_all(), name="alerts")

    async def close(self, grace_s: float) -> None:
        """Send what is queued, for at most `grace_s`; what is left is logged."""
        if self._sender is None:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), grace_s)
        self._sender.cancel()
        await asyncio.gather(self._sender, return_exceptions=True)
        while not self._queue.empty():
            left = self._queue.get_nowait()
            self._failed(left.canary, left.receiver, "the controller ends")

    async def _send_all(self) -> None:
        while True:
            queued = await self._queue.get()
            try:
                await self._send(queued)
            finally:
                self._queue.task_done()

    async def _send(self, queued: _Queued) -> None:
        post = queued.post
        headers = {"Authorization": f"Bearer {post.token}"} if post.token else {}
        try:
            async with self._cluster.session(keep_alive=False).post(
                post.url,
                json=post.body,
                headers=headers,
                proxy=post.proxy or self._cluster.proxy_for(post.url),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            ) as response:
                if response.status >= 300:
                    self._failed(queued.canary, queued.receiver, f"it answered {response.status}")
        except TimeoutError:
            self._failed(queued.canary, queued.receiver, f"no answer within {TIMEOUT_S:g} s")
        except ConfigError as error:
            self._failed(queued.canary, queued.receiver, str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self._failed(queued.canary, queued.receiver, f"it cannot be reached ({type(error).__name__})")

    def _failed(self, canary: str, receiver: str, why: str) -> None:
        self._log.line("error", _CALLER, f"alert to {receiver} could not be sent: {why}", canary=canary)

"""Sends alerts. No rollout fails because of one; by default no tick waits for one either. In strict mode, as with
Flagger, a tick goes on when all of its receivers have answered or timed out.

Addresses and tokens are secrets: log lines show an address' host at most, but for Flagger's own words in strict mode.
"""

from __future__ import annotations

from functools import partial

from canarytui.cluster.client import Cluster
from canarytui.domain.text.public_url import public_url
from canarytui.engine.alerts.message import AlertMessage, message_of
from canarytui.engine.alerts.receiver import Receiver, Unreachable
from canarytui.engine.alerts.receivers import receivers
from canarytui.engine.alerts.service import Service
from canarytui.engine.decide.effects import SendAlert
from canarytui.engine.decide.tick import Tick
from canarytui.engine.runtime.alert_attempt import deliver, deliver_as_flagger
from canarytui.engine.runtime.alert_queues import AlertQueues, Delivery, Retries
from canarytui.engine.runtime.logs import JsonLog

TIMEOUT_S = 5.0
_CALLER = "notifier/client.go"


class Notifier:
    """`everyone` gets the alerts of canaries that name no AlertProvider."""

    def __init__(
        self,
        cluster: Cluster,
        log: JsonLog,
        everyone: Receiver | None = None,
        *,
        retries: Retries | None = None,
        timeout_s: float = TIMEOUT_S,
        queues: AlertQueues | None = None,
    ) -> None:
        self._cluster = cluster
        self._log = log
        self._everyone = everyone
        self._timeout_s = timeout_s
        self._queues = queues or AlertQueues(retries or Retries())

    def tell(self, tick: Tick, alert: SendAlert) -> None:
        """Queue the alert for its receivers; what cannot be sent is logged."""
        canary, message = tick.canary.full_name, message_of(tick, alert)
        for each in receivers(tick, alert, self._everyone):
            if isinstance(each, Unreachable):
                self._complain(canary, each.why)
            else:
                self._queue(canary, *each, message)

    async def tell_as_flagger(self, tick: Tick, alert: SendAlert) -> None:
        """Send the alert to one receiver after the other; returns when all have answered."""
        canary, message = tick.canary.full_name, message_of(tick, alert)
        for each in receivers(tick, alert, self._everyone):
            if isinstance(each, Unreachable):
                self._complain(canary, each.why)
                continue
            receiver, service = each
            post = service.flaggers(receiver, message) if service.flaggers is not None else None
            if post is None:
                continue
            found = await deliver_as_flagger(self._cluster, post, self._timeout_s)
            if found.problem:
                whose = "" if receiver is self._everyone else f"{receiver.name} send error: "
                self._complain(canary, f"{whose}{found.problem}")

    async def close(self, grace_s: float) -> None:
        """Send what is queued, for at most `grace_s`; what is left is logged."""
        await self._queues.close(grace_s)

    def _queue(self, canary: str, receiver: Receiver, service: Service, message: AlertMessage) -> None:
        post = service.shape(receiver, message)
        if post is None:
            return
        where = f"{receiver.name} at {public_url(post.url)}"
        delivery = Delivery(
            partial(deliver, self._cluster, post, service, self._timeout_s),
            lambda why: self._complain(canary, f"alert to {where} could not be sent: {why}"),
        )
        self._queues.put((receiver.name, receiver.address, receiver.token), delivery)

    def _complain(self, canary: str, why: str) -> None:
        self._log.line("error", _CALLER, why, canary=canary)

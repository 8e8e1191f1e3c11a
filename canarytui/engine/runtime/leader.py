"""Leader election over a Lease, by the official client: of several controllers one acts, the others wait.

The client's election is wrapped to make it robust: a request that fails or hangs is a failed try and not the end
of the process, times are written in UTC, and the Lease is given back at the end, so that another takes over at its
next try. The :class:`Fence` tells whether an effect may still be carried out; it closes well before another process
may take the Lease, even if this one was frozen and has not noticed that it lost it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import aiohttp
from kubernetes.aio import client
from kubernetes.aio.client.exceptions import ApiException
from kubernetes.aio.leaderelection.electionconfig import Config
from kubernetes.aio.leaderelection.leaderelection import LeaderElection
from kubernetes.aio.leaderelection.resourcelock.leaselock import LeaseLock
from msgspec import Struct

from canarytui.cluster import resources, writes
from canarytui.cluster.client import Cluster
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.recorder import INSTANCE_PREFIX
from canarytui.errors import ApiStatusError, CanarytuiError, ClusterUnreachable

LEASE = "canarytui-leader-election"
_CALLER = "leaderelection/leaderelection.go"
_RELEASE_S = 5.0


class LeadershipLost(CanarytuiError):
    """Another process may control the canaries now."""


class Terms(Struct, frozen=True):
    """Where the Lease is, and its durations in whole seconds; the defaults are Flagger's."""

    namespace: str
    lease_s: int = 60
    renew_s: int = 15
    retry_s: int = 5


def identity() -> str:
    """Who we are in Leases and Events: distinct for every process."""
    return f"{INSTANCE_PREFIX}_{socket.gethostname()[:60]}_{uuid.uuid4().hex[:8]}_{os.getpid()}"


class Fence:
    """Open while the Lease is certainly ours. Counts time while the machine was suspended, where possible."""

    def __init__(self, open_s: float) -> None:
        self._open_s = open_s
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        return self.now() < self._until

    def renewed(self, asked_at: float) -> None:
        """The Lease was written by a request that was begun at `asked_at`, by :meth:`now`."""
        self._until = asked_at + self._open_s

    def close(self) -> None:
        self._until = 0.0

    @staticmethod
    def now() -> float:
        """Seconds on the clock that the fence goes by."""
        clock: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return time.clock_gettime(clock)


class Leadership:
    """One candidate. Start :meth:`run`; act once :attr:`acquired` is set and until :meth:`run` ends."""

    def __init__(self, cluster: Cluster, terms: Terms, name: str, log: JsonLog) -> None:
        self._cluster = cluster
        self._terms = terms
        self._name = name
        self._log = log
        # Others may take the Lease `lease_s` after its last renewal: what is left then is for requests under way.
        self.fence = Fence((terms.lease_s + terms.renew_s) / 2)
        self.acquired = asyncio.Event()

    async def run(self) -> None:
        """Run for leader, then renew the Lease for as long as that succeeds.

        Raises:
            LeadershipLost: it was ours and could not be renewed in time.
        """
        terms = self._terms
        lock = _Lock(self._cluster, terms, self._name, self.fence, self._log)
        handler = _into(self._log)
        library = logging.getLogger("kubernetes.aio.leaderelection")
        library.addHandler(handler)
        library.propagate = False
        self._log.line("info", _CALLER, f"attempting to acquire leader lease {terms.namespace}/{LEASE}...")
        try:
            config = Config(lock, terms.lease_s, terms.renew_s, terms.retry_s, self._started, self._stopped)
            await LeaderElection(config).run()
        finally:
            library.removeHandler(handler)
        raise LeadershipLost(
            f"The Lease {terms.namespace}/{LEASE} could not be renewed within {terms.renew_s} s, so another controller "
            "may act now: this one ends; it stands for election again after a restart."
        )

    async def release(self) -> None:
        """Give the Lease back if it is ours; call it after all ticks and :meth:`run` have ended."""
        self.fence.close()
        path = resources.LEASES.path(self._terms.namespace, LEASE)
        try:
            async with asyncio.timeout(_RELEASE_S):
                lease = await self._cluster.request("GET", path)
                spec = lease.get("spec") or {}
                if spec.get("holderIdentity") != self._name:
                    return
                now = _micro_time(datetime.now(UTC))
                spec |= {"holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": now, "acquireTime": now}
                await writes.replace(self._cluster, resources.LEASES, {**lease, "spec": spec})
            self._log.line("info", _CALLER, f"released lease {self._terms.namespace}/{LEASE}")
        except (ApiStatusError, ClusterUnreachable, TimeoutError) as error:
            self._log.line("warn", _CALLER, f"lease {LEASE} could not be released, it runs out by itself: {error}")

    async def _started(self) -> None:
        self._log.line("info", _CALLER, f"successfully acquired lease {self._terms.namespace}/{LEASE}")
        self.acquired.set()

    async def _stopped(self) -> None:
        self.fence.close()


class _Lock(LeaseLock):  # type: ignore[misc]  # the official client is untyped
    """The client's lock: each request bounded in time, failures answered instead of raised, times in UTC."""

    def __init__(self, cluster: Cluster, terms: Terms, name: str, fence: Fence, log: JsonLog) -> None:
        super().__init__(LEASE, terms.namespace, name, cluster.typed_client())
        self._limit_s = terms.renew_s / 2
        self._fence = fence
        self._log = log
        self._asked_at = 0.0
        self._complaint = ""

    async def get(self, name: str, namespace: str) -> tuple[bool, Any]:
        self._asked_at = self._fence.now()
        try:
            async with asyncio.timeout(self._limit_s):
                found, record = await super().get(name, namespace)
        except (CanarytuiError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            found, record = False, ApiException(reason=str(error) or type(error).__name__)
        if not found and getattr(record, "status", None) != 404:
            self._complain(f"lease {namespace}/{name} cannot be read: {record.reason}")
        return found, record

    async def create(self, name: str, namespace: str, election_record: Any) -> bool:
        return await self._written(self._create(name, namespace, election_record), "created")

    async def _create(self, name: str, namespace: str, record: Any) -> bool:
        # The client's own way passes an option that its next layer refuses.
        lease = client.V1Lease(metadata=client.V1ObjectMeta(name=name), spec=self.update_lease(record))
        await self.api_instance.create_namespaced_lease(namespace, lease)
        return True

    async def update(self, name: str, namespace: str, updated_record: Any) -> bool:
        return await self._written(super().update(name, namespace, updated_record), "written")

    async def _written(self, request: Any, what: str) -> bool:
        try:
            async with asyncio.timeout(self._limit_s):
                done = bool(await request)
        except (ApiException, CanarytuiError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            if getattr(error, "status", None) == 409:
                return False  # another candidate was faster
            self._complain(f"lease {self.namespace}/{self.name} cannot be {what}: {error or type(error).__name__}")
            return False
        if done:
            self._complaint = ""
            self._fence.renewed(self._asked_at)
        return done

    def update_lease(self, leader_election_record: Any, current_spec: Any = None) -> Any:
        before = current_spec.holder_identity if current_spec is not None else None
        spec = super().update_lease(leader_election_record, current_spec)
        if before is not None and before != self.identity:
            spec.lease_transitions = (spec.lease_transitions or 0) + 1
        return spec

    def election_record(self, lease: Any) -> Any:
        record = super().election_record(lease)
        spec = lease.spec
        # Kept with their zone, so that they can be told from the election's own times, which are local ones.
        record.acquire_time = str(spec.acquire_time) if spec and spec.acquire_time else None
        record.renew_time = str(spec.renew_time) if spec and spec.renew_time else None
        return record

    def time_str_to_iso(self, str_time: str) -> str | None:
        return _micro_time(datetime.fromisoformat(str_time).astimezone(UTC))

    def _complain(self, text: str) -> None:
        """Once for each cause in a row."""
        if text != self._complaint:
            self._complaint = text
            self._log.line("error", _CALLER, f"{text} (the account needs get, create and update on leases)")


def _micro_time(moment: datetime) -> str:
    """Kubernetes' MicroTime: always six digits."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _into(log: JsonLog) -> logging.Handler:
    """Messages of the client's election go to our log: as debug, except for refused writes. That
    another candidate was faster is no error."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            text, level = record.getMessage(), "debug"
            if isinstance(error, ApiException):
                text = f"{text}: {error.status} {error.reason}"
                level = "debug" if error.status == 409 else "error"
            log.line(level, _CALLER, text)

    return Handler()

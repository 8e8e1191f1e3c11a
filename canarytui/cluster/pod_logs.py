"""Follows a container's log through ``pods/log``, across restarts and lost connections, each line once.

Used by a canary's detail. The API server stamps each line with its time (``timestamps``), which is where a follower
resumes after a break.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import PODS
from canarytui.domain.values import parse_time

_IDLE_S = 3600.0


async def log_lines(
    cluster: Cluster,
    namespace: str,
    pod: str,
    container: str,
    *,
    tail: int,
    after: datetime | None = None,
    before: bool = False,
    opened: Callable[[], None] = lambda: None,
) -> AsyncIterator[tuple[datetime | None, str]]:
    """(time, text) of each line until the container ends or the connection breaks; with `before` those of the
    container's previous instance, all at once. `opened` is called when the server begins to answer.

    Begins with the last `tail` lines or, given `after`, with what is later. Text is as it came; callers that show it
    clean it.

    Raises:
        ApiStatusError: refused, no such pod, or a container that has not started.
        ClusterUnreachable: no answer, or an answer cut off.
    """
    query = {"container": container, ("previous" if before else "follow"): "true", "timestamps": "true"}
    if after is None:
        query["tailLines"] = str(tail)
    else:
        query["sinceTime"] = after.strftime("%Y-%m-%dT%H:%M:%SZ")  # whole seconds: what is not later is left out below
    path = PODS.path(namespace, pod, "log")
    async with cluster.stream(path, query=query, idle_timeout_s=_IDLE_S) as lines:
        opened()
        async for line in lines:
            stamp, _, text = line.decode("utf-8", "replace").partition(" ")
            at = log_time(stamp)
            if at is None:
                text = f"{stamp} {text}".rstrip()
            elif after is not None and at <= after:
                continue
            yield at, text


def log_time(stamp: str) -> datetime | None:
    """A log line's time, with nanoseconds cut to microseconds."""
    head, dot, rest = stamp.partition(".")
    if not dot:
        return parse_time(stamp)
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return parse_time(f"{head}.{rest[:digits][:6].ljust(6, '0')}{rest[digits:]}")

"""The state of one container as immutable records: waiting, running, terminated, and the transitions between them.

Pure: the container loop applies the transitions, :mod:`.pod_status` turns records into API objects. The delays are
the kubelet's.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

FIRST_BACKOFF_S = 10.0
MAX_BACKOFF_S = 300.0
STEADY_RUN_S = 600.0
"""A run this long makes the kubelet forget earlier crashes."""


class Waiting(Struct, frozen=True):
    reason: str = "ContainerCreating"
    message: str = ""


class Running(Struct, frozen=True):
    started_at: datetime


class Terminated(Struct, frozen=True):
    exit_code: int
    reason: str
    finished_at: datetime
    started_at: datetime | None = None
    container_id: str = ""
    message: str = ""


State = Waiting | Running | Terminated


class ContainerRecord(Struct, frozen=True):
    """What the kubelet knows of one container.

    Attributes:
        last: how the run before the current state ended.
        crashes: consecutive ends that were followed by a restart; sets the back-off.
    """

    name: str
    image: str
    image_id: str = ""
    container_id: str = ""
    state: State = Waiting()
    last: Terminated | None = None
    restart_count: int = 0
    crashes: int = 0
    ready: bool = False
    started: bool = False


def wait(record: ContainerRecord, reason: str, message: str = "") -> ContainerRecord:
    """Not running, because of `reason`; a run that had ended becomes the last state."""
    last = record.state if isinstance(record.state, Terminated) else record.last
    return replace(record, state=Waiting(reason, message), last=last, ready=False, started=False)


def run(record: ContainerRecord, now: datetime, container_id: str, image: str, image_id: str) -> ContainerRecord:
    """A new run begins; it counts as a restart if there was one before."""
    last = record.state if isinstance(record.state, Terminated) else record.last
    return replace(
        record,
        state=Running(now),
        last=last,
        restart_count=record.restart_count + (1 if last is not None else 0),
        container_id=container_id,
        image=image,
        image_id=image_id,
        ready=False,
        started=False,
    )


def end(
    record: ContainerRecord, now: datetime, exit_code: int, *, reason: str = "", message: str = ""
) -> ContainerRecord:
    """The run ended with `exit_code`; without a `reason` it is Completed or Error by that code."""
    started_at = record.state.started_at if isinstance(record.state, Running) else None
    steady = started_at is not None and (now - started_at).total_seconds() >= STEADY_RUN_S
    ended = Terminated(
        exit_code,
        reason or ("Completed" if exit_code == 0 else "Error"),
        now,
        started_at or now,
        record.container_id,
        message,
    )
    crashes = 1 if steady else record.crashes + 1
    return replace(record, state=ended, crashes=crashes, ready=False, started=False)


def adopt(record: ContainerRecord, now: datetime) -> ContainerRecord:
    """After a restart of the kubelet: a container that was running ended with it, cause unknown."""
    if not isinstance(record.state, Running):
        return record
    ended = end(record, now, 255, reason="Unknown", message="The container ended with the sandbox's data plane.")
    return replace(ended, crashes=0)


def restarts(restart_policy: str, exit_code: int) -> bool:
    """Whether a container that ended with `exit_code` is started again."""
    return restart_policy == "Always" or (restart_policy == "OnFailure" and exit_code != 0)


def crash_backoff_s(crashes: int) -> float:
    """Seconds to wait after the n-th crash in a row: none after the first, then 10, 20, 40 … 300."""
    return 0.0 if crashes <= 1 else pull_backoff_s(crashes - 1)


def pull_backoff_s(failures: int) -> float:
    """Seconds to wait after the n-th failed pull in a row: 10, 20, 40 … 300."""
    return min(FIRST_BACKOFF_S * 2.0 ** min(failures - 1, 10), MAX_BACKOFF_S)

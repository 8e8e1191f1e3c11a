"""hey's command line for one slice of a drill, as arguments that never need a shell. Pure.

Every value is checked again right before it becomes an argument: only the host that was shown, no redirects (they lead
to other hosts), and an end after a slice's two seconds.
"""

from __future__ import annotations

import math
import re
import shlex

from msgspec import Struct

from canarytui.domain.sentences import drill_guard as words
from canarytui.drills.drill import Drill, Stream
from canarytui.drills.request_whitelist import METHODS, bad_header, bad_path, valid_address, valid_host
from canarytui.drills.target import TargetAddress
from canarytui.errors import CanarytuiError

SLICE_S = 2
"""Seconds of load sent at a time: this much goes on when nobody is left to renew it."""

_START_S = 0.2
"""The part of a slice for its processes to start and end: the last one is gone when the slice is over."""

_TAG = re.compile(r"[a-z0-9-]{1,60}/[0-9]{1,7}")


class UnsafeCommand(CanarytuiError):
    """A value that must not become part of a command."""


class Way(Struct, frozen=True):
    """How requests get there: to `gateway` (``host[:port]``) with the host as a header, through the HTTP `proxy`, or,
    with both "", to the host by its name."""

    gateway: str = ""
    proxy: str = ""


def stream_rates(drill: Drill) -> tuple[tuple[int, float], ...]:
    """(workers, requests a second of each worker) for each stream: `drill.rate` in total, with at most its workers."""
    workers = _workers(drill)
    return tuple(
        (count, drill.rate * stream.share / 100 / count) for count, stream in zip(workers, drill.streams, strict=True)
    )


def _workers(drill: Drill) -> list[int]:
    spare = drill.concurrency - len(drill.streams)
    # A worker waits for its answer: slow streams need more workers for the same rate.
    needs = [stream.share * (0.1 + stream.effect.delay_s) for stream in drill.streams]
    counts = [1 + math.floor(spare * need / sum(needs)) for need in needs]
    counts[needs.index(max(needs))] += drill.concurrency - sum(counts)
    # hey's workers wait 1/q before their first request: one slower than a slice would send nothing.
    return [
        max(min(count, math.floor(drill.rate * stream.share / 100 * SLICE_S)), 1)
        for count, stream in zip(counts, drill.streams, strict=True)
    ]


def slice_commands(
    drill: Drill, place: TargetAddress, way: Way, tag: str, seconds: int = SLICE_S
) -> tuple[list[str], ...]:
    """One command for each stream. `tag` (``podinfo-1a2b/7``) marks the requests in the logs of the application.

    Raises:
        UnsafeCommand: a value outside its whitelist.
    """
    rates = stream_rates(drill)
    return tuple(
        _command(stream, rate, place, way, tag, seconds) for stream, rate in zip(drill.streams, rates, strict=True)
    )


def _command(
    stream: Stream, rate: tuple[int, float], place: TargetAddress, way: Way, tag: str, seconds: int
) -> list[str]:
    workers, each = rate
    path = place.prefix + stream.path
    _require(valid_host(place.host), "host", place.host)
    _require(not bad_path(path), "path", path)
    _require(not way.gateway or valid_address(way.gateway), "gateway", way.gateway)
    _require(not way.proxy or valid_address(way.proxy), "proxy", way.proxy)
    _require(stream.method in METHODS, "method", stream.method)
    _require(_TAG.fullmatch(tag) is not None, "tag", tag)
    _require(
        1 <= seconds <= SLICE_S and workers >= 1 and 0 < each < math.inf,
        "rate",
        words.UNSAFE_RATE.text(rate=rate, seconds=seconds),
    )
    arguments = ["hey", "-z", f"{seconds - _START_S:.1f}s", "-c", str(workers), "-q", f"{each:.6g}"]
    arguments += ["-t", str(math.ceil(stream.effect.delay_s) + 2), "-m", stream.method, "-disable-redirects"]
    for name, value in stream.headers:
        _require(not bad_header(name, value), "header", f"{name}: {value}")
        arguments += ["-H", f"{name}:{value}"]
    arguments += ["-H", f"X-Canarytui-Drill:{tag}"]
    if way.proxy:
        arguments += ["-x", f"http://{way.proxy}"]
    if way.gateway:
        arguments += ["-host", place.host]
    scheme = "https" if place.tls else "http"
    return [*arguments, f"{scheme}://{way.gateway or place.host}{path}"]


def shown(commands: tuple[list[str], ...]) -> str:
    """The commands as one shell line: what the load tester gets, and what a person is shown."""
    lines = [shlex.join(command) for command in commands]
    return lines[0] if len(lines) == 1 else " & ".join(lines) + " & wait"


def _require(holds: bool, what: str, value: str) -> None:
    if not holds:
        raise UnsafeCommand(words.UNSAFE.text(what=what, value=value[:80]))

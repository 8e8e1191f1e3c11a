"""hey's command line. Go's flags may be written with one dash or two."""

from __future__ import annotations

import argparse
import base64
import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from canarytui.sandbox.output import CommandParser

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
REQUESTS_MOST = 10_000_000
WORKERS_MOST = 1000
DURATION_MOST_S = 3600.0


class LoadOptions(Struct, frozen=True):
    """What to send: `duration_s` of 0 means by count; `rate` is requests a second and worker, 0 unlimited."""

    url: str
    requests: int
    workers: int
    rate: float
    duration_s: float
    method: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_s: float = 20.0
    proxy: str | None = None
    host: str = ""
    follow_redirects: bool = True
    keepalive: bool = True
    output: str = ""


def parse(arguments: Sequence[str] | None = None) -> LoadOptions:
    """Read the command line; exits with usage when it is wrong."""
    made = CommandParser(prog="hey", add_help=False, allow_abbrev=False)
    made.add_argument("-n", type=int, default=200)
    made.add_argument("-c", type=int, default=50)
    made.add_argument("-q", type=float, default=0.0)
    made.add_argument("-z", type=duration, default=0.0)
    made.add_argument("-o", choices=["csv"], default="")
    made.add_argument("-m", default="GET")
    made.add_argument("-H", action="append", default=[])
    made.add_argument("-t", type=float, default=20.0)
    made.add_argument("-A", default="")
    made.add_argument("-d", default="")
    made.add_argument("-D", type=Path)
    made.add_argument("-T", default="text/html")
    made.add_argument("-a", default="")
    made.add_argument("-x", default="")
    made.add_argument("-U", default="")
    made.add_argument("-cpus", "--cpus", type=int, default=0)
    made.add_argument("-host", "--host", default="")
    for name in ("h2", "disable-compression", "disable-keepalive", "disable-redirects"):
        made.add_argument(f"-{name}", f"--{name}", action="store_true")
    made.add_argument("url")
    given = made.parse_args(arguments)
    if given.c < 1 or (not given.z and given.n < given.c):
        made.error("-n and -c: the number of requests cannot be smaller than the number of workers")
    if given.c > WORKERS_MOST or given.n > REQUESTS_MOST or given.z > DURATION_MOST_S:
        made.error(f"at most {WORKERS_MOST} workers, {REQUESTS_MOST} requests and {DURATION_MOST_S:.0f} seconds")
    try:
        body = given.D.read_bytes() if given.D else given.d.encode() or None
    except OSError as error:
        made.error(f"-D: {given.D} cannot be read: {error.strerror}")
    return _options(given, body)


def _options(given: argparse.Namespace, body: bytes | None) -> LoadOptions:
    headers = {"Content-Type": given.T}
    for line in given.H:
        name, _, value = line.partition(":")
        headers[name.strip()] = value.strip()
    if given.A:
        headers["Accept"] = given.A
    if given.a:
        headers["Authorization"] = "Basic " + base64.b64encode(given.a.encode()).decode()
    if given.U:
        headers["User-Agent"] = f"{given.U} hey/0.0.1"
    return LoadOptions(
        url=given.url if "://" in given.url else f"http://{given.url}",
        requests=given.n,
        workers=given.c,
        rate=given.q,
        duration_s=given.z,
        method=given.m.upper(),
        headers=headers,
        body=body,
        timeout_s=given.t,
        proxy=given.x or None,
        host=given.host,
        follow_redirects=not given.disable_redirects,
        keepalive=not given.disable_keepalive,
        output=given.o,
    )


def duration(text: str) -> float:
    """Go's durations (``1m30s``) as seconds."""
    match = _DURATION.fullmatch(text)
    if not text or match is None or not any(match.groups()):
        raise argparse.ArgumentTypeError(f'parse error: "{text}" is no duration such as 10s or 3m')
    hours, minutes, seconds, millis = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + millis / 1000

"""Readiness, liveness and startup probes: what a spec asks for, and when results add up to a change.

Pure; :mod:`.prober` runs them. A container that is a server of this process cannot run a command, so the usual
health-check commands are read as the request that they would send.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from canarytui.sandbox.values import ReadOnlyObject
from canarytui.sandbox.whole_number import whole_number

Kind = Literal["startup", "readiness", "liveness"]
_LOCAL_URL = re.compile(r"(?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(/\S*)?")


class HttpCheck(Struct, frozen=True):
    """GET `path` on a container port; 200 to 399 is success."""

    port: int
    path: str
    headers: tuple[tuple[str, str], ...] = ()


class TcpCheck(Struct, frozen=True):
    """Connect to a container port."""

    port: int


class FixedCheck(Struct, frozen=True):
    """A command whose outcome is known without running it."""

    succeeds: bool
    output: str = ""


Check = HttpCheck | TcpCheck | FixedCheck


class Probe(Struct, frozen=True):
    kind: Kind
    check: Check
    initial_delay_s: float = 0.0
    period_s: float = 10.0
    timeout_s: float = 1.0
    success_threshold: int = 1
    failure_threshold: int = 3


class Tally(Struct):
    """Counts consecutive results towards a probe's thresholds."""

    probe: Probe
    _successes: int = 0
    _failures: int = 0

    def add(self, success: bool) -> bool | None:
        """Count one result; True or False once it is settled, None while the thresholds are not reached."""
        if success:
            self._successes, self._failures = self._successes + 1, 0
            return True if self._successes >= self.probe.success_threshold else None
        self._successes, self._failures = 0, self._failures + 1
        return False if self._failures >= self.probe.failure_threshold else None


def probes_of(container: ReadOnlyObject) -> dict[Kind, Probe]:
    """The container's probes by kind."""
    found: dict[Kind, Probe] = {}
    kinds: tuple[Kind, ...] = ("startup", "readiness", "liveness")
    for kind in kinds:
        if spec := container.get(f"{kind}Probe"):
            found[kind] = _parse(kind, spec, container)
    return found


def _parse(kind: Kind, spec: ReadOnlyObject, container: ReadOnlyObject) -> Probe:
    return Probe(
        kind,
        _check(spec, container),
        float(spec.get("initialDelaySeconds") or 0),
        float(spec.get("periodSeconds") or 10),
        float(spec.get("timeoutSeconds") or 1),
        int(spec.get("successThreshold") or 1),
        int(spec.get("failureThreshold") or 3),
    )


def _check(spec: ReadOnlyObject, container: ReadOnlyObject) -> Check:
    if http := spec.get("httpGet"):
        path = str(http.get("path") or "/")
        headers = tuple((str(h["name"]), str(h.get("value", ""))) for h in http.get("httpHeaders") or ())
        return HttpCheck(_port(http.get("port"), container), path if path[0] == "/" else f"/{path}", headers)
    if tcp := spec.get("tcpSocket") or spec.get("grpc"):
        return TcpCheck(_port(tcp.get("port"), container))
    return command_check((spec.get("exec") or {}).get("command") or (), container)


def command_check(command: Sequence[str], container: ReadOnlyObject) -> Check:
    """What a health-check command would find out: ``podcli check http localhost:9898/healthz``, curl …"""
    words = " ".join(command)
    if command[:1] == ["false"] or re.search(r"\bexit [1-9]", words):
        return FixedCheck(False)
    local = _LOCAL_URL.search(words)
    if local is None:
        return FixedCheck(True)
    port = int(local[1]) if local[1] else 80
    if re.search(r"\b(tcp|grpc|nc)\b", words):
        return TcpCheck(port)
    return HttpCheck(port, (local[2] or "/").rstrip("'\""))


def _port(value: Any, container: ReadOnlyObject) -> int:
    number = value if isinstance(value, int) else whole_number(str(value))
    if number is not None:
        return number
    for port in container.get("ports") or ():
        if port.get("name") == value:
            return int(port["containerPort"])
    return 0

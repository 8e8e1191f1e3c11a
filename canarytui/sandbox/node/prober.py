"""Carries out a running container's probes against the loopback address where it really listens.

Started by the container loop for each run and cancelled with it. Readiness and liveness wait until the
startup probe has succeeded, as on a real node.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import aiohttp
from yarl import URL

from canarytui.sandbox.node.probes import (
    Check,
    FixedCheck,
    HttpCheck,
    Kind,
    Probe,
    Tally,
    TcpCheck,
)

Report = Callable[[Kind, bool], None]
"""(kind, settled result): called on each settled result, also when it is the same as before."""

Failed = Callable[[Kind, str], None]
"""(kind, message): called on each single failure, for the event."""


async def run_probes(
    probes: Mapping[Kind, Probe],
    listens: Mapping[int, str],
    pod_ip: str,
    session: aiohttp.ClientSession,
    report: Report,
    failed: Failed,
) -> None:
    """Probe until cancelled. A kind without a probe is reported as successful at once."""

    async def repeat(probe: Probe, until_success: bool = False) -> None:
        tally = Tally(probe)
        await asyncio.sleep(probe.initial_delay_s)
        while True:
            problem = await check(probe.check, listens, pod_ip, session, probe.timeout_s)
            if problem is not None:
                failed(probe.kind, problem)
            settled = tally.add(problem is None)
            if settled is not None:
                report(probe.kind, settled)
                if settled and until_success:
                    return
            await asyncio.sleep(probe.period_s)

    if "startup" in probes:
        await repeat(probes["startup"], until_success=True)
    else:
        report("startup", True)
    if "readiness" not in probes:
        report("readiness", True)
    later: tuple[Kind, ...] = ("readiness", "liveness")
    async with asyncio.TaskGroup() as group:
        for kind in later:
            if kind in probes:
                group.create_task(repeat(probes[kind]))


async def check(
    what: Check, listens: Mapping[int, str], pod_ip: str, session: aiohttp.ClientSession, timeout_s: float
) -> str | None:
    """One attempt: None for success, else the kubelet's message."""
    match what:
        case FixedCheck(succeeds, output):
            return None if succeeds else f"command failed: {output or 'exit status 1'}"
        case TcpCheck(port):
            return await _connect(listens.get(port), f"{pod_ip}:{port}", timeout_s)
        case HttpCheck():
            return await _get(what, listens, pod_ip, session, timeout_s)


async def _connect(address: str | None, name: str, timeout_s: float) -> str | None:
    refused = f"dial tcp {name}: connect: connection refused"
    if address is None:
        return refused
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(host, int(port))
    except TimeoutError:
        return f"dial tcp {name}: i/o timeout"
    except OSError:
        return refused
    writer.close()
    return None


async def _get(
    what: HttpCheck, listens: Mapping[int, str], pod_ip: str, session: aiohttp.ClientSession, timeout_s: float
) -> str | None:
    name = f"{pod_ip}:{what.port}"
    refused = f'Get "http://{name}{what.path}": dial tcp {name}: connect: connection refused'
    address = listens.get(what.port)
    if address is None:
        return refused
    url = URL(f"http://{address}{what.path}", encoded=True)
    headers = {"User-Agent": "kube-probe/1.32", "Connection": "close", **dict(what.headers)}
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as response:
            if 200 <= response.status < 400:
                return None
            return f"HTTP probe failed with statuscode: {response.status}"
    except TimeoutError:
        return (
            f'Get "http://{name}{what.path}": context deadline exceeded '
            "(Client.Timeout exceeded while awaiting headers)"
        )
    except (aiohttp.ClientError, OSError):
        return refused

"""Sends the load: workers, each at its own rate, and a record of every answer.

Targets other than loopback are refused unless a proxy is named: through the cluster proxy only names of the
sandbox can be reached.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time

import aiohttp
from msgspec import Struct, field
from yarl import URL

from canarytui.sandbox.loadtester.hey.options import LoadOptions
from canarytui.sandbox.whole_number import whole_number


class ForbiddenTarget(Exception):
    """The URL is not on this machine."""


class Results(Struct):
    """Seconds, sizes and status of each answer; errors by their text."""

    total_s: float = 0.0
    seconds: list[float] = field(default_factory=list)
    sizes: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)


def check_target(options: LoadOptions) -> None:
    """Raise :class:`ForbiddenTarget` unless the first hop is on 127.0.0.0/8."""
    host = URL(options.proxy or options.url).host or ""
    if host == "localhost":
        return
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise ForbiddenTarget(f"{host} is not on this machine: this load generator sends to 127.0.0.0/8 only")


async def send(options: LoadOptions) -> Results:
    """Send it all; raises :class:`ForbiddenTarget`."""
    check_target(options)
    results = Results()
    left = iter(range(options.requests)) if not options.duration_s else None
    connector = aiohttp.TCPConnector(limit=options.workers, force_close=not options.keepalive)
    timeout = aiohttp.ClientTimeout(total=options.timeout_s or None)
    began = time.perf_counter()
    end = began + options.duration_s if options.duration_s else float("inf")
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def worker() -> None:
            due = time.perf_counter()
            while time.perf_counter() < end:
                if left is not None and next(left, None) is None:
                    return
                if options.rate:
                    await asyncio.sleep(max(0.0, due - time.perf_counter()))
                    due += 1 / options.rate
                await _one(session, options, results)

        await asyncio.gather(*(worker() for _ in range(options.workers)))
    results.total_s = time.perf_counter() - began
    return results


def _request_url(options: LoadOptions) -> str:
    """Through a proxy the given Host is the URL's, as Go's HTTP client writes it; proxies look at nothing else."""
    if not (options.proxy and options.host):
        return options.url
    host, _, port = options.host.partition(":")
    return str(URL(options.url).with_host(host).with_port(whole_number(port)))


async def _one(session: aiohttp.ClientSession, options: LoadOptions, results: Results) -> None:
    headers = {**options.headers, **({"Host": options.host} if options.host else {})}
    started = time.perf_counter()
    try:
        async with session.request(
            options.method,
            _request_url(options),
            headers=headers,
            data=options.body,
            proxy=options.proxy,
            allow_redirects=options.follow_redirects,
        ) as answer:
            size = 0
            async for chunk in answer.content.iter_any():
                size += len(chunk)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        text = f'{options.method.title()} "{options.url}": {error or type(error).__name__}'
        results.errors[text] = results.errors.get(text, 0) + 1
        return
    results.seconds.append(time.perf_counter() - started)
    results.sizes += size
    results.statuses[answer.status] = results.statuses.get(answer.status, 0) + 1

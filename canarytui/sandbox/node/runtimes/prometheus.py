"""Starts the Prometheus pod: the real binary if it is on PATH, else the embedded one, with the same configuration.

Called by the kubelet. Scrape targets come from the file that :mod:`canarytui.sandbox.prometheus.targets` writes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from canarytui.sandbox.node.instances import Launch
from canarytui.sandbox.node.runtimes.process import ProcessInstance, start_process
from canarytui.sandbox.servers import address_of, listen

SCRAPE_INTERVAL_S = 5.0
DEFAULT_PORT = 9090
_KEPT = ("PATH", "LANG", "TMPDIR", "PYTHONPATH", "HOME")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class PrometheusPlace(Struct, frozen=True):
    """Files, and the port asked for (0: any)."""

    runtime_dir: Path
    targets_file: Path
    port: int = 0


async def start_prometheus(launch: Launch, place: PrometheusPlace) -> ProcessInstance:
    """Write the configuration and start the server.

    Raises:
        OSError: no free port, or the program does not start.
    """
    from canarytui.sandbox.prometheus import config

    config_file = place.runtime_dir / "prometheus.yml"
    data_dir = place.runtime_dir / "prometheus-data"
    data_dir.mkdir(parents=True, exist_ok=True)
    interval_s = scrape_interval_s(launch.arguments)
    config_file.write_text(config.render_config(targets_file=place.targets_file, scrape_interval_s=interval_s))
    container_port = next(iter(launch.ports()), DEFAULT_PORT)
    preferred = f"127.0.0.1:{place.port}" if place.port else launch.preferred.get(container_port)
    sock = listen(preferred)
    command = config.command(config_file, data_dir, address_of(sock))
    env = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return await start_process(launch, command, env, data_dir, {container_port: sock})


def scrape_interval_s(arguments: Sequence[str]) -> float:
    """The interval from ``--sandbox.scrape-interval=1s`` among the arguments, else the default."""
    for argument in arguments:
        if found := re.fullmatch(r"--sandbox\.scrape-interval=(\d+)(ms|s|m|h)", argument):
            return int(found[1]) * _UNITS_S[found[2]]
    return SCRAPE_INTERVAL_S

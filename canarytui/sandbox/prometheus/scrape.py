"""Scrapes targets of a ``prometheus.yml``: static ones and those of file_sd files, which are re-read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from msgspec import Struct

from canarytui.sandbox.errors import UnusableConfig
from canarytui.sandbox.prometheus.exposition import ExpositionError, Labels, make_labels, parse
from canarytui.sandbox.prometheus.storage import STALE, SeriesStorage

_DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DEFAULT_S = 60.0
_BODY_BYTES_MOST = 16 * 1024 * 1024


class ScrapeTarget(Struct, frozen=True):
    """Where to scrape, and the labels that its samples get."""

    url: str
    labels: Labels


class Job(Struct, frozen=True):
    """One entry of ``scrape_configs``."""

    name: str
    interval_s: float
    timeout_s: float
    groups: tuple[Mapping[str, Any], ...]
    files: tuple[Path, ...]

    def targets(self) -> list[ScrapeTarget]:
        """The targets as the files list them now; a file that cannot be read lists none."""
        groups = list(self.groups)
        for path in self.files:
            with contextlib.suppress(OSError, ValueError):
                groups += json.loads(path.read_text(encoding="utf-8"))
        return [
            self._target(address, group.get("labels") or {})
            for group in groups
            for address in group.get("targets") or ()
        ]

    def _target(self, address: str, labels: Mapping[str, str]) -> ScrapeTarget:
        values = {"job": self.name, "instance": address, **labels}
        path, scheme = values.get("__metrics_path__", "/metrics"), values.get("__scheme__", "http")
        shown = {name: value for name, value in values.items() if not name.startswith("__")}
        return ScrapeTarget(f"{scheme}://{address}{path}", make_labels(shown))


def read_config(path: Path) -> list[Job]:
    """The jobs of a configuration file.

    Raises:
        UnusableConfig: it cannot be read, or holds no scrape configuration.
    """
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        common = config.get("global") or {}
        return [_job(entry, common, path.parent) for entry in config.get("scrape_configs") or ()]
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise UnusableConfig(f"{path} is no configuration that can be used: {' '.join(str(error).split())}") from error


def _job(entry: Mapping[str, Any], common: Mapping[str, Any], folder: Path) -> Job:
    interval_s = _seconds(entry.get("scrape_interval") or common.get("scrape_interval"), _DEFAULT_S)
    timeout_s = _seconds(entry.get("scrape_timeout") or common.get("scrape_timeout"), min(10.0, interval_s))
    files = [folder / name for sd in entry.get("file_sd_configs") or () for name in sd["files"]]
    return Job(entry["job_name"], interval_s, timeout_s, tuple(entry.get("static_configs") or ()), tuple(files))


def _seconds(text: object, default: float) -> float:
    parts = _DURATION.findall(str(text)) if text else []
    return sum(int(number) * _UNITS_S[unit] for number, unit in parts) if parts else default


class Scraper:
    """Scrapes one job's targets on its interval, each a little apart from the others."""

    def __init__(self, storage: SeriesStorage, session: aiohttp.ClientSession) -> None:
        self._storage = storage
        self._session = session
        self._seen: dict[ScrapeTarget, set[Labels]] = {}
        self.health: dict[ScrapeTarget, str] = {}
        """The last error of each target, "" when it is up."""

    async def run(self, job: Job) -> None:
        """Scrape until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            targets = await asyncio.to_thread(job.targets)
            for gone in self._seen.keys() - set(targets):
                self._end(gone, time.time())
            await asyncio.gather(*(self._scrape(target, job.timeout_s) for target in targets))
            self._storage.forget_old(time.time())
            due = max(due + job.interval_s, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _scrape(self, target: ScrapeTarget, timeout_s: float) -> None:
        began = time.time()
        stamp = round(began, 3)
        samples: dict[Labels, tuple[float, float]] = {}
        problem = ""
        try:
            timeout = aiohttp.ClientTimeout(total=timeout_s)
            async with self._session.get(target.url, timeout=timeout) as answer:
                if answer.status != 200:
                    raise ExpositionError(f"server returned HTTP status {answer.status}")
                body = bytearray()
                async for chunk in answer.content.iter_any():
                    body += chunk
                    if len(body) > _BODY_BYTES_MOST:
                        raise ExpositionError("body size limit exceeded")
            for labels, value, own in parse(body.decode()):
                samples[_merged(labels, target.labels)] = (own or stamp, value)
        except (aiohttp.ClientError, ExpositionError, TimeoutError, OSError, UnicodeDecodeError) as error:
            problem = str(error) or type(error).__name__
            samples.clear()
        self.health[target] = problem
        for labels, (at_s, value) in samples.items():
            self._storage.append(labels, at_s, value)
        for labels in self._seen.get(target, set()) - samples.keys():
            self._storage.append(labels, stamp, STALE)
        self._seen[target] = set(samples)
        for name, value in (
            ("up", 0.0 if problem else 1.0),
            ("scrape_duration_seconds", time.time() - began),
            ("scrape_samples_scraped", float(len(samples))),
        ):
            self._storage.append(_merged((("__name__", name),), target.labels), stamp, value)

    def _end(self, target: ScrapeTarget, at_s: float) -> None:
        own = {_merged((("__name__", name),), target.labels) for name in
               ("up", "scrape_duration_seconds", "scrape_samples_scraped")}  # fmt: skip
        for labels in self._seen.pop(target) | own:
            self._storage.append(labels, at_s, STALE)
        self.health.pop(target, None)


def _merged(labels: Labels, of_target: Labels) -> Labels:
    """The target's labels win; the sample's own of the same name are kept as ``exported_…``."""
    values = dict(labels)
    for name, value in of_target:
        if name in values:
            values[f"exported_{name}"] = values[name]
        values[name] = value
    return make_labels(values)

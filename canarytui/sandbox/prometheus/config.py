"""The Prometheus pod's configuration and command line, the same for the real binary and the embedded one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import yaml

from canarytui.sandbox.constants import EMBEDDED_ENV

RETENTION = "6h"
_REFRESH = "5s"


def render_config(*, targets_file: Path, scrape_interval_s: float) -> str:
    """``prometheus.yml`` that scrapes the targets the data plane writes into `targets_file` (file_sd)."""
    interval = f"{round(scrape_interval_s * 1000)}ms"
    config = {
        "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
        "scrape_configs": [
            {
                "job_name": "kubernetes-pods",
                "file_sd_configs": [{"files": [str(targets_file)], "refresh_interval": _REFRESH}],
            }
        ],
    }
    return yaml.safe_dump(config, sort_keys=False)


def command(config_file: Path, data_dir: Path, listen: str, *, embedded: bool | None = None) -> list[str]:
    """How to start a server on `listen` (``127.0.0.1:PORT``).

    The real ``prometheus`` if it is on PATH, unless `embedded` says which one.
    """
    if embedded is None:
        embedded = bool(os.environ.get(EMBEDDED_ENV))
    program = None if embedded else shutil.which("prometheus")
    if program is None:
        return [
            sys.executable,
            "-m",
            "canarytui.sandbox.prometheus",
            f"--config.file={config_file}",
            f"--web.listen-address={listen}",
        ]
    return [
        program,
        f"--config.file={config_file}",
        f"--web.listen-address={listen}",
        f"--storage.tsdb.path={data_dir}",
        f"--storage.tsdb.retention.time={RETENTION}",
        "--storage.tsdb.wal-segment-size=10MB",
        "--log.level=warn",
        "--web.cors.origin=^$",  # by default any web page may read its answers
    ]

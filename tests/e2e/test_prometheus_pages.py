"""The real Prometheus as the sandbox starts it: no web page may read what it answers."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from canarytui.sandbox.prometheus import config
from canarytui.sandbox.servers import address_of, bind

pytestmark = pytest.mark.e2e


def test_answers_are_not_for_other_origins(tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yml"
    file.write_text(config.render_config(targets_file=tmp_path / "targets.json", scrape_interval_s=5))
    with bind(0) as sock:
        address = address_of(sock)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(config.command(file, tmp_path / "data", address, embedded=False), stderr=log)
    try:
        request = urllib.request.Request(
            f"http://{address}/api/v1/query?query=1", headers={"Origin": "https://evil.example"}
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    assert answer.status == 200
                    assert "Access-Control-Allow-Origin" not in answer.headers
                    return
            except urllib.error.URLError:
                assert process.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(20)

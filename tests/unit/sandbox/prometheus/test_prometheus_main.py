"""The embedded Prometheus as a program: started with the real one's flags, ended by a signal."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from canarytui.sandbox.servers import bind, port_of

PROGRAM = [sys.executable, "-m", "canarytui.sandbox.prometheus"]


def answer(url: str) -> bytes:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bytes(response.read())
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_it_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    config = tmp_path / "prometheus.yml"
    config.write_text("scrape_configs: []")
    with bind(0) as free:
        address = f"127.0.0.1:{port_of(free)}"
    process = subprocess.Popen([*PROGRAM, f"--config.file={config}", f"--web.listen-address={address}"])
    assert b"success" in answer(f"http://{address}/api/v1/query?query=1")
    process.terminate()
    assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is no configuration that can be used"),
        ("scrape_configs: []", "address already in use. Choose another address."),
    ],
)
def test_what_cannot_begin_is_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    config = tmp_path / "prometheus.yml"
    config.write_text(text)
    with bind(0) as taken:
        taken.listen()
        address = f"127.0.0.1:{port_of(taken)}"
        command = [*PROGRAM, f"--config.file={config}", f"--web.listen-address={address}"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert ended.stderr.startswith("prometheus: ")
    assert ended.stderr.count("\n") == 1

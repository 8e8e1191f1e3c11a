"""hey's command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from canarytui.sandbox.loadtester.hey.options import duration, parse


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("http://a", {"requests": 200, "workers": 50, "duration_s": 0, "method": "GET", "timeout_s": 20, "body": None}),
        ("-z 10m -q 10 -c 2 -host app.example.com http://traefik.traefik",
         {"duration_s": 600, "rate": 10, "workers": 2, "host": "app.example.com", "url": "http://traefik.traefik"}),
        ("-m post -d x -T text/plain -H A:b -A c -U d a",
         {"method": "POST", "body": b"x", "url": "http://a",
          "headers": {"Content-Type": "text/plain", "A": "b", "Accept": "c", "User-Agent": "d hey/0.0.1"}}),
        ("-a user:pw -x http://p -disable-redirects --disable-keepalive -o csv a",
         {"proxy": "http://p", "follow_redirects": False, "keepalive": False, "output": "csv"}),
    ],
)  # fmt: skip
def test_flags(line: str, wanted: dict[str, Any]) -> None:
    made = parse(line.split())
    assert {name: getattr(made, name) for name in wanted} == wanted


def test_a_body_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"content")
    assert parse(["-D", str(tmp_path / "body"), "a"]).body == b"content"


@pytest.mark.parametrize(
    ("text", "seconds"), [("10s", 10), ("1m30s", 90), ("1h", 3600), ("1.5s", 1.5), ("250ms", 0.25)]
)
def test_durations_of_go(text: str, seconds: float) -> None:
    assert duration(text) == seconds

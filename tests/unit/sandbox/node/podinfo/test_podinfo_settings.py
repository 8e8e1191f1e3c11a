"""podinfo's flags and environment variables."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.node.podinfo.settings import parse_settings


@pytest.mark.parametrize(
    ("arguments", "env", "wanted"),
    [
        ([], {}, {"message": "greetings from podinfo v6.0.0", "port": 9898, "random_delay_ms": None}),
        (["./podinfo", "--port=8080", "--port-metrics", "9797", "--level=info"], {},
         {"port": 8080, "metrics_port": 9797}),
        (["--ui-message=flag"], {"PODINFO_UI_MESSAGE": "env"}, {"message": "flag"}),
        ([], {"PODINFO_UI_COLOR": "red"}, {"color": "red"}),
        (["--random-error", "--unhealthy=false", "--unready=true"], {},
         {"random_error": True, "unhealthy": False, "unready": True}),
        (["--random-delay=true"], {}, {"random_delay_ms": (0, 5000)}),
        (["--random-delay", "--random-delay-unit=ms", "--random-delay-min=9", "--random-delay-max=3"], {},
         {"random_delay_ms": (3, 9)}),
        (["--port=many"], {}, {"port": 9898}),
    ],
)  # fmt: skip
def test_flags(arguments: list[str], env: dict[str, str], wanted: dict[str, Any]) -> None:
    made = parse_settings(arguments, env, hostname="h", version="6.0.0")
    assert {name: getattr(made, name) for name in wanted} == wanted

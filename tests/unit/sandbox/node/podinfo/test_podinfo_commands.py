"""Commands that a podinfo answers to ``kubectl exec``."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from canarytui.sandbox.node.podinfo.commands import answer, health_check

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("env", (0, "HOSTNAME=pod-1\nA=b\n")),
        ("printenv A", (0, "b\n")),
        ("printenv B", (1, "")),
        ("/bin/hostname", (0, "pod-1\n")),
        ("cat /etc/hostname", (0, "pod-1\n")),
        ("date", (0, "Fri Jan  2 03:04:05 UTC 2026\n")),
        ("whoami", (0, "app\n")),
        ("echo a b", (0, "a b\n")),
        ("true", (0, "")),
        ("false", (1, "")),
        ("podcli version", (0, "6.0.0\n")),
        ("cat /etc/passwd", None),
        ("sh", None),
    ],
)
def test_what_is_answered_and_what_is_not(command: str, said: tuple[int, str] | None) -> None:
    assert answer(command.split(), {"HOSTNAME": "pod-1", "A": "b"}, "6.0.0", NOW) == said


@pytest.mark.parametrize(
    ("command", "is_check"),
    [
        ("podcli check http localhost", True),
        ("./podcli check", True),
        ("/usr/bin/curl x", True),
        ("wget x", True),
        ("podcli version", False),
    ],
)
def test_health_checks_are_recognised(command: str, is_check: bool) -> None:
    assert health_check(command.split()) is is_check

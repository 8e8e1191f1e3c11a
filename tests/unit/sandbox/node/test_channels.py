"""Messages of Kubernetes' remote command protocol."""

from __future__ import annotations

import json

import pytest

from canarytui.sandbox.node import channels


def test_exit_codes_become_statuses() -> None:
    assert json.loads(channels.exit_status(0)) == {"metadata": {}, "status": "Success"}
    failed = json.loads(channels.exit_status(3))
    assert (failed["status"], failed["reason"]) == ("Failure", "NonZeroExitCode")
    assert failed["details"] == {"causes": [{"reason": "ExitCode", "message": "3"}]}


@pytest.mark.parametrize(
    ("payload", "size"),
    [
        (b'{"Width": 80, "Height": 24}', (80, 24)),
        (b'{"Width": 80}', None),
        (b"[]", None),
        (b"{", None),
        (b'{"Width": "wide", "Height": 24}', None),
        (b"[" * 5000, None),
    ],
)
def test_window_sizes(payload: bytes, size: tuple[int, int] | None) -> None:
    assert channels.window_size(payload) == size

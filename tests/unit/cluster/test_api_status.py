"""What an answer of 400 and up is: the API server's own Status, or the page of somebody in between."""

from __future__ import annotations

import json

import pytest

from canarytui.cluster.api_status import status_error

CONFLICT = {"kind": "Status", "code": 409, "reason": "Conflict", "message": "the object has been modified"}


def test_a_status_is_the_servers_own_word() -> None:
    error = status_error(409, json.dumps(CONFLICT).encode(), {"Retry-After": "3"})
    assert (error.code, error.reason, str(error)) == (409, "Conflict", "the object has been modified")
    assert (error.is_status, error.retry_after_s) == (True, 3.0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html>Bad Gateway</html>", "<html>Bad Gateway</html>"),
        (b"", "HTTP 502"),
        (b"x" * 9000, "x" * 500),
        (b'["no status"]', '["no status"]'),
        (json.dumps(CONFLICT).encode(), "the object has been modified"),
    ],
)
def test_anything_else_is_a_gateways(data: bytes, message: str) -> None:
    error = status_error(502, data)
    assert (error.code, str(error), error.is_status, error.retry_after_s) == (502, message, False, None)

"""A refusal by the API server as an error: its own Status object, or what a proxy in front of it says."""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.domain.text.bounded import parse_json
from canarytui.errors import ApiStatusError
from canarytui.whole_number import whole_number


def status_words(code: int, data: bytes) -> str:
    """The message of a Status object, as the API server sends one in place of a service's answer; "" for any other."""
    error = status_error(code, data)
    return str(error) if error.is_status else ""


def status_error(code: int, data: bytes, headers: Mapping[str, str] | None = None) -> ApiStatusError:
    """The error for an answer of 400 and up: a Status object, or any other text."""
    asked = next((value for name, value in (headers or {}).items() if name.lower() == "retry-after"), "")
    seconds = whole_number(asked)  # a date, which API servers do not send, counts as none
    retry_after_s = None if seconds is None else float(seconds)
    try:
        status = parse_json(data)
        message, reason = str(status["message"]), str(status.get("reason", ""))
        is_status = status.get("kind") == "Status" and status.get("code") == code
    except (ValueError, KeyError, TypeError):
        message, reason = data.decode("utf-8", "replace").strip()[:500] or f"HTTP {code}", ""
        is_status = False
    return ApiStatusError(code, reason, message, retry_after_s, is_status=is_status)

"""JSON Web Tokens as podinfo's ``/token`` issues them (HS256), and their validation.

The signing key is podinfo's well-known default unless ``JWT_SECRET`` says otherwise, so a token issued by one
replica is valid at the next.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.sandbox.nesting import load_json

LIFETIME = timedelta(minutes=1)


class InvalidToken(ValueError):
    """Malformed, wrongly signed or expired."""


def issue(user: str, key: str, now: datetime) -> tuple[str, datetime]:
    """A signed token for `user` and when it expires."""
    expires = now.astimezone(UTC) + LIFETIME
    claims = {"name": user, "iss": "podinfo", "exp": int(expires.timestamp())}
    unsigned = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
    return f"{unsigned}.{_signature(unsigned, key)}", expires


def validate(token: str, key: str, now: datetime) -> dict[str, Any]:
    """The claims of a valid token.

    Raises:
        InvalidToken: with the reason as its text.
    """
    unsigned, dot, signature = token.rpartition(".")
    if not dot or unsigned.count(".") != 1:
        raise InvalidToken("token contains an invalid number of segments")
    if not hmac.compare_digest(signature, _signature(unsigned, key)):
        raise InvalidToken("signature is invalid")
    try:
        claims = load_json(_decode(unsigned.partition(".")[2]))
    except ValueError as error:
        raise InvalidToken("token is malformed") from error
    if claims.get("exp", 0) < now.timestamp():
        raise InvalidToken("token is expired")
    return dict(claims)


def _encode(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _signature(unsigned: str, key: str) -> str:
    return _base64(hmac.new(key.encode(), unsigned.encode(), hashlib.sha256).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

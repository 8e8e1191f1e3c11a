"""Request bodies: JSON, YAML, or the protobuf envelope that typed kubectl commands and client-go send."""

from __future__ import annotations

import json
from typing import Any

import yaml
from aiohttp import web

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.http import protobuf
from canarytui.sandbox.apiserver.http.negotiation import JSON, YAML
from canarytui.sandbox.nesting import checked, load_json

BODY_BYTES_MOST = 3 * 1024 * 1024
PROTOBUF = "application/vnd.kubernetes.protobuf"


async def read_object(request: web.Request) -> dict[str, Any]:
    """The object in a request's body; empty for no body.

    Raises:
        StatusError: 400 for what does not parse, 413 for too much, 415 for another media type.
    """
    data = await read_bytes(request)
    return decode_object(data, request.content_type if data else JSON)


async def read_bytes(request: web.Request) -> bytes:
    """The raw body; raises :class:`StatusError` 413."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        message = f"Request entity too large: limit is {BODY_BYTES_MOST}"
        raise errors.StatusError(413, "RequestEntityTooLarge", message) from error


def decode_object(data: bytes, media_type: str) -> dict[str, Any]:
    """Decode one object (see :func:`read_object`)."""
    if not data:
        return {}
    if media_type == PROTOBUF or data.startswith(b"k8s\x00"):
        try:
            return protobuf.decode(data)
        except ValueError as error:
            raise errors.bad_request(f"the body of the request cannot be decoded: {error}") from error
    if media_type == YAML:
        return _mapping(decode_yaml(data))
    if media_type in (JSON, "application/octet-stream", "text/plain", "application/x-www-form-urlencoded"):
        return _mapping(decode_json(data))
    raise errors.unsupported_media_type(
        f"the body of the request was in an unknown format - accepted media types include: {JSON}, {YAML}, {PROTOBUF}"
    )


def decode_json(data: bytes) -> Any:
    """JSON text; raises :class:`StatusError` 400."""
    try:
        return load_json(data)
    except ValueError as error:
        raise errors.bad_request(f"couldn't get version/kind; json parse error: {error}") from error


def decode_yaml(data: bytes) -> Any:
    """YAML text as its JSON equivalent; raises :class:`StatusError` 400."""
    try:
        return json.loads(json.dumps(checked(yaml.safe_load(data)), default=str))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        problem = " ".join(str(error).split())
        raise errors.bad_request(f"error converting YAML to JSON: {problem}") from error


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise errors.bad_request("couldn't get version/kind; json parse error: the body is not an object")
    return value

"""The API server's errors, with the wording and reasons that kubectl and client-go rely on.

Every module of the API server raises :class:`StatusError`; the HTTP layer turns it into a ``Status`` body.
``rt`` in the constructors is anything with ``group``, ``plural`` and ``group_resource``, so a
:class:`~canarytui.sandbox.apiserver.types.resources.ResourceType`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from msgspec import Struct


class NamedResource(Protocol):
    """What an error message needs to know about a resource."""

    @property
    def group(self) -> str: ...
    @property
    def plural(self) -> str: ...
    @property
    def group_resource(self) -> str: ...


class Cause(Struct, frozen=True):
    """One thing wrong with one field, as listed in ``details.causes`` of an Invalid status."""

    reason: str
    field: str
    message: str


class StatusError(Exception):
    """A request refused: HTTP ``code``, machine ``reason``, human ``message``, optional ``details``."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def to_status(self) -> dict[str, Any]:
        """The ``Status`` object (kind Status, v1) for the response body."""
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        status["code"] = self.code
        return status


def _details(rt: NamedResource, name: str) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if name:
        details["name"] = name
    if rt.group:
        details["group"] = rt.group
    details["kind"] = rt.plural
    return details


def not_found(rt: NamedResource, name: str) -> StatusError:
    """404: the object does not exist."""
    return StatusError(404, "NotFound", f'{rt.group_resource} "{name}" not found', _details(rt, name))


def unknown_path() -> StatusError:
    """404: nothing is served at this path."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(rt: NamedResource, name: str) -> StatusError:
    """409: create of a name that is taken."""
    message = f'{rt.group_resource} "{name}" already exists'
    return StatusError(409, "AlreadyExists", message, _details(rt, name))


_MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def conflict(rt: NamedResource, name: str, why: str = _MODIFIED) -> StatusError:
    """409: the writer's resourceVersion (or another precondition) is not the stored one."""
    message = f'Operation cannot be fulfilled on {rt.group_resource} "{name}": {why}'
    return StatusError(409, "Conflict", message, _details(rt, name))


def apply_conflict(conflicts: Sequence[tuple[str, str, str]]) -> StatusError:
    """409 of server-side apply; each conflict is (manager, apiVersion, ``.spec.replicas``)."""
    by_manager: dict[tuple[str, str], list[str]] = {}
    for manager, version, field in conflicts:
        by_manager.setdefault((manager, version), []).append(field)
    noun = "conflict" if len(conflicts) == 1 else "conflicts"
    head = f"Apply failed with {len(conflicts)} {noun}"
    if len(by_manager) == 1 and len(conflicts) == 1:
        ((manager, version),) = by_manager
        message = f'{head}: conflict with "{manager}" using {version}: {conflicts[0][2]}'
    else:
        parts = [
            f'conflicts with "{manager}" using {version}:\n' + "\n".join(f"- {field}" for field in fields)
            for (manager, version), fields in sorted(by_manager.items())
        ]
        message = f"{head}: " + "\n".join(parts)
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f'conflict with "{manager}" using {version}',
            "field": field,
        }
        for manager, version, field in conflicts
    ]
    return StatusError(409, "Conflict", message, {"causes": causes})


def invalid(kind: str, group: str, name: str, causes: Iterable[Cause]) -> StatusError:
    """422: the object breaks the rules of its kind; ``causes`` in the order they were found."""
    found = list(dict.fromkeys(causes))
    texts = [f"{cause.field}: {cause.message}" if cause.field else cause.message for cause in found]
    text = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
    full_kind = f"{kind}.{group}" if group else kind
    details: dict[str, Any] = {"name": name} if name else {}
    if group:
        details["group"] = group
    details["kind"] = kind
    details["causes"] = [{"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in found]
    return StatusError(422, "Invalid", f'{full_kind} "{name}" is invalid: {text}', details)


def bad_request(message: str) -> StatusError:
    """400: the request cannot be understood."""
    return StatusError(400, "BadRequest", message)


def forbidden(rt: NamedResource, name: str, why: str) -> StatusError:
    """403: ``why`` follows the words ``<resource> "<name>" is forbidden:``."""
    subject = f'{rt.group_resource} "{name}"' if name else rt.group_resource
    return StatusError(403, "Forbidden", f"{subject} is forbidden: {why}", _details(rt, name))


def expired(message: str) -> StatusError:
    """410: the resourceVersion or continue token is older than the kept history."""
    return StatusError(410, "Expired", message)


def too_large_resource_version(asked: int, current: int) -> StatusError:
    """504: the resourceVersion is newer than this server."""
    details = {
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        "retryAfterSeconds": 1,
    }
    return StatusError(504, "Timeout", f"Too large resource version: {asked}, current: {current}", details)


def method_not_allowed(rt: NamedResource, verb: str) -> StatusError:
    """405: the resource exists but not with this verb."""
    message = f"{verb} is not supported on resources of kind {rt.group_resource!r}".replace("'", '"')
    return StatusError(405, "MethodNotAllowed", message, _details(rt, ""))


def unsupported_media_type(message: str) -> StatusError:
    """415: this verb does not accept this content type."""
    return StatusError(415, "UnsupportedMediaType", message)


def not_acceptable(message: str) -> StatusError:
    """406: no media type of the Accept header can be produced."""
    return StatusError(406, "NotAcceptable", message)


def unauthorized() -> StatusError:
    """401: no token, or an unknown one."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def unavailable() -> StatusError:
    """503: what serves this part of the API is not ready."""
    message = "the server is currently unable to handle the request"
    return StatusError(503, "ServiceUnavailable", message)


def internal(message: str) -> StatusError:
    """500: a bug of ours, reported as Kubernetes would."""
    return StatusError(500, "InternalError", f"Internal error occurred: {message}")


def success(rt: NamedResource, name: str, uid: str) -> dict[str, Any]:
    """The Status object that answers a completed delete."""
    details = _details(rt, name)
    if uid:
        details["uid"] = uid
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}

"""Lists: selectors, consistent pages, and encoding by joining the records' bytes.

A continue token names the revision of the first page and the last object given, so that all pages show the
state at one revision; once that revision has expired the answer is 410.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.objects import encode
from canarytui.sandbox.apiserver.storage.store import RecordStore, StoredRecord
from canarytui.sandbox.apiserver.storage.views import ResourceView
from canarytui.sandbox.apiserver.storage.watch import WatchFilter, parse_version
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key
from canarytui.sandbox.nesting import load_json

_TOKEN_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list "
    "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
    "the results. Continuing with the provided token results in an inconsistent list - objects that were "
    "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
    "list."
)


@dataclass
class ListResult:
    """One page. ``items`` are shared: read them, never change them."""

    view: ResourceView
    records: list[StoredRecord]
    resource_version: str
    continue_token: str = ""
    remaining: int | None = None
    replaced: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """The objects in the shape of the resource type that was listed."""
        return [self.view.serve(record) for record in self.records]

    @property
    def meta(self) -> dict[str, Any]:
        """The list's own ``metadata``."""
        meta: dict[str, Any] = {"resourceVersion": self.resource_version}
        if self.continue_token:
            meta["continue"] = self.continue_token
        if self.remaining is not None:
            meta["remainingItemCount"] = self.remaining
        return meta

    def encoded(self) -> bytes:
        """The whole list as JSON, joined from the records' own bytes."""
        rt = self.view.rt
        head = {"kind": rt.list_kind, "apiVersion": rt.api_version, "metadata": self.meta}
        serve_bytes = self.view.serve_bytes
        items = b",".join([serve_bytes(record) for record in self.records])
        return encode(head)[:-1] + b',"items":[' + items + b"]}"


def list_records(
    store: RecordStore,
    view: ResourceView,
    chosen: WatchFilter,
    *,
    limit: int = 0,
    continue_token: str = "",
    resource_version: str = "",
    resource_version_match: str = "",
) -> ListResult:
    """The requested page; raises :class:`StatusError` 400, 410 or 504."""
    key = storage_key(view.rt)
    after: tuple[str, str] | None = None
    revision = store.revision
    if continue_token:
        if resource_version not in ("", "0"):
            raise errors.bad_request("specifying resource version is not allowed when using continue")
        revision, after = _decode_token(continue_token, revision)
        found = _snapshot(store, view.rt, revision, chosen, after)
    elif resource_version_match == "Exact":
        revision = parse_version(resource_version)
        _check_reached(store, revision)
        found = store.records_at(key, revision, chosen.namespace)
    else:
        _check_reached(store, parse_version(resource_version))
        found = store.records(key, chosen.namespace)
    selected = [r for r in found if (after is None or r.position > after) and chosen.matches(r)]
    if not 0 < limit < len(selected):
        return ListResult(view, selected, str(revision))
    page = selected[:limit]
    token = _encode_token(revision, page[-1].position)
    # With selectors a real server does not know the count and omits it.
    remaining = None if chosen.labels or chosen.fields else len(selected) - limit
    return ListResult(view, page, str(revision), token, remaining)


def _check_reached(store: RecordStore, revision: int) -> None:
    if revision > store.revision:
        raise errors.too_large_resource_version(revision, store.revision)


def _snapshot(
    store: RecordStore, rt: ResourceType, revision: int, chosen: WatchFilter, after: tuple[str, str]
) -> list[StoredRecord]:
    try:
        return store.records_at(storage_key(rt), revision, chosen.namespace)
    except errors.StatusError as error:
        token = _encode_token(-1, after)
        raise _TokenExpired(token) from error


class _TokenExpired(errors.StatusError):
    def __init__(self, token: str) -> None:
        super().__init__(410, "Expired", _TOKEN_EXPIRED)
        self._token = token

    def to_status(self) -> dict[str, Any]:
        status = super().to_status()
        status["metadata"] = {"continue": self._token}
        return status


def _encode_token(revision: int, position: tuple[str, str]) -> str:
    content = {"v": "meta.k8s.io/v1", "rv": revision, "start": "/".join(position)}
    return base64.urlsafe_b64encode(encode(content)).rstrip(b"=").decode()


def _decode_token(token: str, current: int) -> tuple[int, tuple[str, str]]:
    """Revision and last position; revision -1 in a token means the present."""
    try:
        content = load_json(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, _, name = content["start"].partition("/")
        revision = int(content["rv"])
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise errors.bad_request(f"continue key is not valid: {error}") from error
    return (current if revision < 0 else revision), (namespace, name)

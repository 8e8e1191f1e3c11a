"""The last requests that were sent to an API server, and to metric services beside it: for the console's page of them
and, with ``CANARYTUI_LOG_REQUESTS=FILE``, for a file.

Headers are not kept, so no credential is. Values in a query or a body that are called like a secret, and the data of
Secrets, are left out where a request is shown.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from msgspec import Struct, field

from canarytui.cluster.regular_files import open_regular, write_all
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import without_secrets

LOG_VARIABLE = "CANARYTUI_LOG_REQUESTS"
"""Environment variable that names the file; bodies are not written to it."""

KEPT, WRITES_KEPT = 500, 200
"""Reads and writes: a heartbeat each second must not push out what was written."""

_TOKEN = "$TOKEN"
_HIDDEN = "xxxxx"
_SECRET = re.compile(r"pass(word|wd)?|token|secret|api[-_]?key|credential|authorization|bearer", re.IGNORECASE)
_PARAMETER = re.compile(r"([?&])([^=&]*)=([^&]*)")
_NAMED = re.compile(
    r"/(?:api/(?P<core>[^/]+)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[^/?]+)/(?P<name>[^/?]+)(?:/(?P<subresource>status|scale))?\Z"
)
_PATCHES = {
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/json-patch+json": "json",
}


class SentRequest(Struct, eq=False):
    """One request. `path` has its query; for a service that is not the API server it is a whole URL. `status` is 0
    until the server has answered, `seconds` and `size` (bytes of the answer) count while a stream is open; `error` says
    why there was no answer."""

    method: str
    path: str
    body: object = None
    content_type: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: int = 0
    seconds: float | None = None
    size: int = 0
    error: str = ""
    began: float = field(default_factory=time.monotonic)

    def answered(self, status: int) -> None:
        """The server's answer has begun."""
        self.status = status
        self.seconds = time.monotonic() - self.began

    def received(self, size: int) -> None:
        """So many bytes of the answer were read."""
        self.size += size
        self.seconds = time.monotonic() - self.began

    @property
    def writes(self) -> bool:
        """Whether it may change something; questions about rights do not."""
        return self.method != "GET" and "/apis/authorization.k8s.io/" not in self.path

    @property
    def shown_path(self) -> str:
        """The path without secrets."""
        return clean(_PARAMETER.sub(_parameter, self.path), 2000)

    @property
    def shown_body(self) -> Any:
        """The body without secrets; None where there was none."""
        return _without_secrets(_parsed(self.body), secret="/secrets" in self.path.partition("?")[0])

    def kubectl(self, context: str) -> str:
        """kubectl's command for the same request; "" where there is none."""
        if not self.path.startswith("/"):
            return ""
        begin = f"kubectl --context {shlex.quote(context)}"
        path = shlex.quote(self.shown_path)
        plain, _, query = self.path.partition("?")
        named = _NAMED.match(plain)
        if self.method == "GET":
            return f"{begin} get --raw {path}"
        if self.method == "PATCH" and named is not None and self.content_type in _PATCHES:
            kind = ".".join(filter(None, (named["plural"], named["version"], named["group"])))
            place = f" -n {shlex.quote(named['namespace'])}" if named["namespace"] else ""
            sub = f" --subresource {named['subresource']}" if named["subresource"] else ""
            manager = re.search(r"(?:^|&)fieldManager=([^&]*)", query)
            manages = f" --field-manager {shlex.quote(unquote(manager[1]))}" if manager else ""
            dry = " --dry-run=server" if "dryRun=All" in query else ""
            return (
                f"{begin}{place} patch {kind} {shlex.quote(unquote(named['name']))} "
                f"--type {_PATCHES[self.content_type]}{sub}{manages}{dry} -p {shlex.quote(self._json())}"
            )
        verb = {"POST": "create", "PUT": "replace", "DELETE": "delete"}.get(self.method)
        if verb is None:
            return ""
        given = f" -f - <<< {shlex.quote(self._json())}" if self.body is not None else ""
        return f"{begin} {verb} --raw {path}{given}"

    def curl(self, server: str) -> str:
        """curl's command for the same request, with the token in a variable."""
        url = self.shown_path if not self.path.startswith("/") else f"{server}{self.shown_path}"
        words = ["curl", "-X", self.method]
        if self.path.startswith("/"):
            words += ["-H", f"Authorization: Bearer {_TOKEN}"]
        if self.body is not None:
            words += ["-H", f"Content-Type: {self.content_type or 'application/json'}", "--data", self._json()]
        return " ".join([*(_quoted(word) for word in words), shlex.quote(url)])

    def _json(self) -> str:
        shown = self.shown_body
        return shown if isinstance(shown, str) else json.dumps(shown, default=str)


class RequestLog:
    """The last requests; `revision` rises with each. A `file` gets a line for each answer."""

    def __init__(self, file: Path | None = None) -> None:
        self.revision = 0
        self._reads: deque[SentRequest] = deque(maxlen=KEPT)
        self._writes: deque[SentRequest] = deque(maxlen=WRITES_KEPT)
        self._file = file

    def begin(self, method: str, path: str, body: object = None, content_type: str | None = None) -> SentRequest:
        """Remember a request that is about to be sent."""
        sent = SentRequest(method, path, body, content_type or "")
        (self._writes if sent.writes else self._reads).append(sent)
        self.revision += 1
        return sent

    def end(self, sent: SentRequest, error: str = "") -> None:
        """It was answered whole, or failed."""
        sent.error = clean(error, 300)
        self.revision += 1
        if self._file is None:
            return
        line = json.dumps(
            {
                "at": sent.at.isoformat(timespec="milliseconds"),
                "method": sent.method,
                "path": sent.shown_path,
                "status": sent.status,
                "seconds": round(sent.seconds or 0.0, 4),
                "bytes": sent.size,
                **({"error": sent.error} if sent.error else {}),
            }
        )
        with suppress(OSError):  # a full disk must not stop a request
            descriptor = open_regular(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                write_all(descriptor, line.encode() + b"\n")
            finally:
                os.close(descriptor)

    def __iter__(self) -> Iterator[SentRequest]:
        """Oldest first."""
        return merge(tuple(self._reads), tuple(self._writes), key=lambda sent: sent.began)

    def __len__(self) -> int:
        return len(self._reads) + len(self._writes)


def request_log(environment: Mapping[str, str] = os.environ) -> RequestLog:
    """A log that also goes to the file that the environment names."""
    named = environment.get(LOG_VARIABLE, "")
    return RequestLog(Path(named) if named else None)


def _parameter(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}={_HIDDEN if _SECRET.search(unquote(found[2])) else found[3]}"


def _parsed(body: object) -> object:
    if not isinstance(body, bytes):
        return body
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _without_secrets(value: object, *, secret: bool) -> Any:
    if isinstance(value, Mapping):
        secret = secret or value.get("kind") == "Secret"
        hidden = isinstance(value.get("name"), str) and _SECRET.search(value["name"]) is not None
        return {
            name: _HIDDEN
            if (secret and name in ("data", "stringData"))
            or (isinstance(inner, str) and (_SECRET.search(str(name)) or (hidden and name == "value")))
            else _without_secrets(inner, secret=secret)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(inner, secret=secret) for inner in value]
    return without_secrets(value) if isinstance(value, str) else value


def _quoted(word: str) -> str:
    """For a shell, with its variables left to it."""
    return f'"{word}"' if word.endswith(_TOKEN) else shlex.quote(word)

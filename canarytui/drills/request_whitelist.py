"""What a request of ours may contain: hosts, paths and headers by whitelist, nothing that a shell interprets.

The load tester passes commands to ``bash -c``. A value that passes here has only characters that mean nothing to a
shell, to hey's flags or to a URL; quoting, which happens all the same, never has anything to do. Pure.
"""

from __future__ import annotations

import re

from canarytui.domain.sentences import drill_file as words

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")
"""What hey can send."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_PATH = re.compile(r"/[A-Za-z0-9._/+:@,%=-]*(?:\?[A-Za-z0-9._/+:@,%=-]*)?")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%(?:0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff])")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_HEADER_VALUE = re.compile(r"[A-Za-z0-9._/+:@,%=-]{1,200}")
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "proxy-authorization",
                   "x-canarytui-drill"})  # fmt: skip
_PATH_MOST = 500


def valid_host(host: str) -> bool:
    """Whether `host` is a plain lower-case DNS name or IPv4 address, without a port."""
    return isinstance(host, str) and _HOST.fullmatch(host) is not None


def valid_address(address: str) -> bool:
    """``host`` or ``host:port``."""
    host, colon, port = address.partition(":")
    if not valid_host(host):
        return False
    return not colon or (bool(re.fullmatch(r"[1-9][0-9]{0,4}", port)) and int(port) <= 65535)


def bad_path(path: object) -> str:
    """Why `path` (with query) cannot be sent, as the rest of a sentence; "" if it can."""
    if not isinstance(path, str) or not path.startswith("/"):
        return words.PATH_BEGINS.text()
    if path.startswith("//"):
        return words.PATH_OTHER_HOST.text()
    if len(path) > _PATH_MOST:
        return words.TEXT_AT_MOST.text(most=_PATH_MOST)
    if not _PATH.fullmatch(path):
        return words.PATH_LETTERS.text()
    if _ESCAPE.search(path):
        return words.PATH_ESCAPE.text()
    if any(part in (".", "..") for part in path.partition("?")[0].split("/")):
        return words.PATH_DOTS.text()
    return ""


def bad_header(name: object, value: object) -> str:
    """Why a header cannot be sent; "" if it can."""
    if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
        return words.HEADER_NAME.text()
    if name.lower() in _OURS:
        return words.HEADER_OURS.text()
    if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
        return words.HEADER_VALUE.text()
    return ""

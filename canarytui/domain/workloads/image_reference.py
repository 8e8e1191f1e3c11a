"""Container image references, by the grammar of the distribution project that registries and runtimes follow. Pure.

Check with :func:`problem` before writing an image: the API server accepts any text, and the pods then hang in
InvalidImageName.
"""

from __future__ import annotations

import ipaddress
import re

from msgspec import Struct

from canarytui.domain.sentences import images as words
from canarytui.domain.text.plain import clean

_NAME_MOST = 255
_HOST_PART = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[(?P<v6>[a-fA-F0-9:]+)\])(?::(?P<port>[0-9]{{1,5}}))?")
_PATH_PART = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[a-fA-F0-9]{32,}")
_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}


class ImageReference(Struct, frozen=True):
    """`domain` is the registry, "" for the default one; `tag` and `digest` are "" if absent."""

    domain: str
    path: str
    tag: str
    digest: str


class BadReference(ValueError):
    """Not an image reference; ``str(error)`` says why, as the end of a sentence."""


def parse(text: str) -> ImageReference:
    """Parse ``[registry[:port]/]path[:tag][@digest]``. Raises BadReference."""
    if not text:
        raise BadReference(words.EMPTY.text())
    rest, at, digest = text.partition("@")
    if at and not _is_digest(digest):
        raise BadReference(words.NO_DIGEST.text(digest=_shown(digest)))
    first, slash, path = rest.partition("/")
    domain = first if slash and _names_a_registry(first) else ""
    if not domain:
        path = rest
    path, colon, tag = path.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise BadReference(words.NO_TAG.text(tag=_shown(tag)))
    if domain and not _is_domain(domain):
        raise BadReference(words.NO_REGISTRY.text(registry=_shown(domain)))
    for part in path.split("/"):
        if not _PATH_PART.fullmatch(part):
            raise BadReference(words.NO_NAME.text(part=_shown(part)))
    if len(path) + (len(domain) + 1 if domain else 0) > _NAME_MOST:
        raise BadReference(words.TOO_LONG.text(most=_NAME_MOST))
    return ImageReference(domain, path, tag, digest)


def problem(text: str) -> str:
    """What is wrong with a reference, as the end of a sentence; "" if nothing is."""
    try:
        parse(text)
    except BadReference as error:
        return str(error)
    return ""


def _names_a_registry(first: str) -> bool:
    """Whether the part before the first slash is a registry, not part of the path, as runtimes decide."""
    return "." in first or ":" in first or first == "localhost" or first != first.lower()


def _is_domain(domain: str) -> bool:
    found = _DOMAIN.fullmatch(domain)
    if found is None or int(found["port"] or 0) > 65535:
        return False
    if found["v6"] is None:
        return True
    try:
        return ipaddress.ip_address(found["v6"]).version == 6
    except ValueError:
        return False


def _is_digest(digest: str) -> bool:
    if not _DIGEST.fullmatch(digest):
        return False
    algorithm, _, encoded = digest.partition(":")
    return len(encoded) == _LENGTHS.get(algorithm, len(encoded))


def _shown(text: str) -> str:
    return repr(clean(text, 60)) if text else "nothing"

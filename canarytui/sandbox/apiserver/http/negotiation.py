"""Content negotiation: the encoding, and whether the client wants objects, tables or metadata."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from canarytui.sandbox.apiserver import errors

JSON = "application/json"
YAML = "application/yaml"
_ANY = ("*/*", "application/*")
_TRANSFORMED = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
_ACCEPTABLE = "application/json, application/yaml, application/vnd.kubernetes.protobuf"


class NegotiatedKind(Struct, frozen=True):
    """`kind` is "" for the object itself, else Table or PartialObjectMetadata(List)."""

    media_type: str = JSON
    kind: str = ""

    @property
    def table(self) -> bool:
        return self.kind == "Table"


def wanted(accept: str) -> NegotiatedKind:
    """The first media type of an Accept header that we can produce; never protobuf.

    Raises:
        StatusError: 406 when there is none.
    """
    if not accept.strip():
        return NegotiatedKind()
    for media_type, parameters in alternatives(accept):
        if media_type not in (JSON, YAML, *_ANY):
            continue
        form = JSON if media_type in _ANY else media_type
        kind = parameters.get("as", "")
        if not kind:
            return NegotiatedKind(form)
        known = parameters.get("g") == "meta.k8s.io" and parameters.get("v") in ("v1", "v1beta1")
        if known and kind in _TRANSFORMED:
            return NegotiatedKind(form, kind)
    raise errors.not_acceptable(f"only the following media types are accepted: {_ACCEPTABLE}")


def alternatives(accept: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Media types of an Accept header with their parameters, best quality first, else in order."""
    found: list[tuple[float, str, dict[str, str]]] = []
    for part in accept.split(","):
        media_type, *rest = (piece.strip() for piece in part.split(";"))
        parameters = dict(_parameter(piece) for piece in rest if "=" in piece)
        found.append((_quality(parameters.get("q", "1")), media_type.lower(), parameters))
    for _, media_type, parameters in sorted(found, key=lambda each: -each[0]):
        yield media_type, parameters


def _parameter(piece: str) -> tuple[str, str]:
    key, _, value = piece.partition("=")
    return key.strip(), value.strip()


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0

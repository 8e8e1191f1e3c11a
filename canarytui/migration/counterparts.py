"""What has no counterpart where a canary moves to, and what has one that differs: field by field of its objects."""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mapping, as_text

_VALUE_MOST = 160


class FieldNote(Struct, frozen=True):
    """What becomes of one field. Texts may hold words of the cluster, cleaned.

    Attributes:
        object: kind and name as kubectl writes them: ``ingress/podinfo``.
        field: its path in the object.
        value: what it says, shortened.
        text: what becomes of it, or what to do about it.
    """

    object: str
    field: str
    value: str
    text: str

    def line(self) -> str:
        """One line: object, field, value and what becomes of it."""
        value = f" = {self.value}" if self.value else ""
        return f"{self.object} {self.field}{value}: {self.text}"


def note(obj: KubernetesObject, field: str, value: object, text: str) -> FieldNote:
    """A note on `field` of an object, which has this `value` (None: it goes without saying)."""
    return FieldNote(object_name(obj), clean(field, 200), "" if value is None else _shortened(value), text)


def object_name(obj: KubernetesObject) -> str:
    """``ingress/podinfo``."""
    name = as_text(as_mapping(obj.get("metadata")).get("name"))
    return f"{clean(as_text(obj.get('kind')).lower(), 63)}/{clean(name, 253)}"


def annotations_of(obj: KubernetesObject) -> Mapping[str, str]:
    """Its annotations that are texts."""
    found = as_mapping(as_mapping(obj.get("metadata")).get("annotations"))
    return {str(key): value for key, value in found.items() if isinstance(value, str)}


def _shortened(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return clean(" ".join(text.split()), _VALUE_MOST)

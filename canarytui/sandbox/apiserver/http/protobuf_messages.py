"""Which number, name and type each protobuf field of a built-in kind has.

The table is a text file beside this module, which explains its notation; nothing of it is read before the first
protobuf body arrives, and each message is parsed when first met.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from msgspec import Struct

_FILE = "protobuf_fields.txt"
_SCALARS = frozenset({"s", "i", "b", "y", "Raw", "Time", "MicroTime", "Quantity", "IntOrString"})


class ProtobufField(Struct, frozen=True):
    """One numbered field. `shape` is "" for one value, else list, map or map-of-lists; `type` as in the table."""

    name: str
    type: str
    shape: str = ""
    pointer: bool = False
    always: bool = False

    @property
    def inline(self) -> bool:
        """Whether the fields of the message are its owner's."""
        return self.name == "+"


def root_message(api_version: str, kind: str) -> str:
    """Name of the message of a kind; raises ValueError when there is none."""
    group, _, version = api_version.rpartition("/")
    package = f"{group.partition('.')[0] or 'core'}.{version}"
    # Options such as DeleteOptions are the same message in every group.
    for name in (f"{package}.{kind}", f"meta.v1.{kind}"):
        if name in _lines():
            return name
    raise ValueError(f"no protobuf table for {kind} of {api_version}; send it as JSON")


@cache
def message(name: str) -> Mapping[int, ProtobufField]:
    """The fields of a message by number; raises KeyError for an unknown one."""
    package = name.rpartition(".")[0]
    return dict(_field(part, package) for part in _lines()[name].split())


@cache
def _lines() -> dict[str, str]:
    found: dict[str, str] = {}
    package = name = ""
    text = resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            package = line.strip("[]")
        elif line.startswith("  "):
            found[name] += line[1:]
        elif line and not line.startswith("#"):
            short, _, fields = line.partition(" ")
            name = f"{package}.{short}"
            found[name] = fields
    return found


def _field(part: str, package: str) -> tuple[int, ProtobufField]:
    number, _, rest = part.partition(":")
    name, _, kind = rest.partition("=")
    always, kind = kind.endswith("!"), kind.removesuffix("!")
    pointer, kind = kind.endswith("*"), kind.removesuffix("*")
    shape = ""
    for prefix, meaning in (("map:list:", "map-of-lists"), ("map:", "map"), ("[]", "list")):
        if kind.startswith(prefix):
            shape, kind = meaning, kind.removeprefix(prefix)
            break
    if kind not in _SCALARS and "." not in kind:
        kind = f"{package}.{kind}"
    return int(number), ProtobufField(name, kind, shape, pointer, always)

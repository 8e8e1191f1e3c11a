"""One request of a recording and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ADDRESS = "{address}"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `url` begins with ``{address}``, or is whole where the template names no address."""

    asked_for: str
    clock_s: float
    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    status: int
    answer_headers: Mapping[str, str]
    answer: str


def folded(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names; of a name that comes twice, each line."""
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found

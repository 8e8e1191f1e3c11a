"""kubectl's ``-l``: which labels a selector matches. Pure; for the list's filter and the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_REQUIREMENT = re.compile(r"(?:[^,()]|\([^)]*\))+")
_SET = re.compile(r"(\S+)\s+(in|notin)\s*\(([^)]*)\)")


def labels(selector: str) -> Callable[[Mapping[str, str]], bool]:
    """kubectl's ``-l``: ``a=b``, ``a==b``, ``a!=b``, ``a``, ``!a``, ``a in (b,c)``, ``a notin (b,c)``, separated by
    commas."""
    tests = [_requirement(part.strip()) for part in _REQUIREMENT.findall(selector) if part.strip()]
    return lambda found: all(test(found) for test in tests)


def _requirement(text: str) -> Callable[[Mapping[str, str]], bool]:
    chosen = _SET.fullmatch(text)
    if chosen:
        key, operator, listed = chosen.groups()
        values = {value.strip() for value in listed.split(",")}
        if operator == "in":
            return lambda found: found.get(key) in values
        return lambda found: found.get(key) not in values
    if "!=" in text:
        key, _, value = text.partition("!=")
        return lambda found: found.get(key.strip()) != value.strip()
    if "=" in text:
        key, _, value = text.partition("=")
        return lambda found: found.get(key.strip()) == value.removeprefix("=").strip()
    if text.startswith("!"):
        return lambda found: text[1:].strip() not in found
    return lambda found: text in found

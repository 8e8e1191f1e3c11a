"""kubectl's ``-l``: checked strictly, then parsed by the parser that the console uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from canarytui.domain.sentences.command import NO_SELECTOR
from canarytui.domain.text.plain import clean
from canarytui.domain.workloads.label_selector import labels
from canarytui.errors import UsageError

_KEY = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?"
_REQUIREMENT = re.compile(
    rf"\s*(?:!\s*{_KEY}|{_KEY}|{_KEY}\s*(?:==?|!=)\s*{_VALUE}|{_KEY}\s+(?:in|notin)\s*\(\s*{_VALUE}(?:\s*,\s*{_VALUE})*\s*\))\s*"
)
_SELECTOR = re.compile(rf"{_REQUIREMENT.pattern}(?:,{_REQUIREMENT.pattern})*")


def label_test(selector: str) -> Callable[[Mapping[str, object] | None], bool]:
    """A test for objects whose labels match `selector`.

    Raises:
        UsageError: it is not a label selector.
    """
    if len(selector) > 1000 or not _SELECTOR.fullmatch(selector):
        raise UsageError(NO_SELECTOR.text(given=repr(clean(selector, 80))))
    test = labels(selector)

    def bears(obj: Mapping[str, object] | None) -> bool:
        metadata = obj.get("metadata") if obj else None
        found = metadata.get("labels") if isinstance(metadata, Mapping) else None
        return test({str(key): str(value) for key, value in (found if isinstance(found, Mapping) else {}).items()})

    return bears

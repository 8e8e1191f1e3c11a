"""Fingerprints of what a rollout is about: the target's template, its configs, one attempt's input.

The values are ours (Flagger's depend on the layout of Go structures and cannot be had elsewhere); only when
they change and which are equal matters. Ours bear a prefix, so that a status written by Flagger is recognised
as foreign and adopted, never compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_PREFIX = "ct-"


def spec_hash(value: object) -> str:
    """Fingerprint of a pod template (or a Service's spec): equal for equal content in any key order."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return _PREFIX + hashlib.sha256(text.encode()).hexdigest()[:10]


def is_foreign(fingerprint: str) -> bool:
    """Whether another controller made this fingerprint (``status.lastAppliedSpec``)."""
    return bool(fingerprint) and not fingerprint.startswith(_PREFIX)


def config_checksum(data: Mapping[str, Any] | None) -> str:
    """Fingerprint of a ConfigMap's or Secret's ``data``: 16 hex digits, the same as Flagger's.

    Flagger hashes Go's JSON: compact, keys sorted, ``< > &`` and U+2028/9 escaped, nil as ``null``.
    """
    if data is None:
        text = "null"
    else:
        text = json.dumps(dict(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for character in "<>&\u2028\u2029":
            text = text.replace(character, f"\\u{ord(character):04x}")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def attempt_checksum(tracked_configs: Mapping[str, str] | None, last_applied_spec: str) -> str:
    """Fingerprint of one rollout attempt's input, sent to webhooks as ``checksum``."""
    return spec_hash([None if tracked_configs is None else dict(tracked_configs), last_applied_spec])

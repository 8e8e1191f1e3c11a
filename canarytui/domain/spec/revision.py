"""Fingerprints of a revision: the target's template, its configs, and the input of one rollout.

The values are our own: Flagger's depend on the memory layout of Go structs and cannot be computed elsewhere. Only
equality matters. Ours have a prefix, so that a status written by Flagger is recognised and adopted, never compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_PREFIX = "ct-"
_DIGITS = str.maketrans("0123456789", "456789bcdf")


def spec_hash(value: object) -> str:
    """Fingerprint of a pod template (or a Service's spec): equal for equal content in any key order."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return _PREFIX + hashlib.sha256(text.encode()).hexdigest()[:10]


def is_foreign(fingerprint: str) -> bool:
    """Whether another controller made this fingerprint (``status.lastAppliedSpec``)."""
    return bool(fingerprint) and not fingerprint.startswith(_PREFIX)


def config_checksum(data: Mapping[str, Any] | None, binary_data: Mapping[str, Any] | None = None) -> str:
    """Fingerprint of a ConfigMap or Secret: 16 hex digits; without `binary_data` the same as Flagger's.

    Flagger hashes Go's JSON of ``data``: compact, keys sorted, ``< > &`` and U+2028/9 escaped, nil as ``null``.
    """
    text = _go_json(data)
    if binary_data:
        text += _go_json(binary_data)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _go_json(data: Mapping[str, Any] | None) -> str:
    if data is None:
        return "null"
    text = json.dumps(dict(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def attempt_checksum(tracked_configs: Mapping[str, str] | None, last_applied_spec: str) -> str:
    """Fingerprint of one rollout's input, sent to webhooks as ``checksum``; the same as Flagger's."""
    configs = "<nil>"
    if tracked_configs is not None:
        configs = f"map[{' '.join(f'{name}:{tracked_configs[name]}' for name in sorted(tracked_configs))}]"
    return go_hash(
        "(struct { TrackedConfigs *map[string]string; LastAppliedSpec string })"
        f"{{TrackedConfigs:(*map[string]string){configs} LastAppliedSpec:(string){last_applied_spec}}}"
    )


def go_hash(dump: str) -> str:
    """Kubernetes' short hash of a dumped Go value: 32-bit FNV-1a, in an alphabet that cannot spell words."""
    number = 0x811C9DC5
    for byte in dump.encode():
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return str(number).translate(_DIGITS)

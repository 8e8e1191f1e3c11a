"""Rules for names, label keys and label values, with the messages known from kubectl.

Each check returns a list of problems, empty when valid. Used by object validation, by label
selectors and by the validation of particular kinds.
"""

from __future__ import annotations

import re

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")

_SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
    "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_1035_TEXT = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
    "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_QUALIFIED_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
    "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_CONFIG_KEY_TEXT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
    "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def _too_long(value: str, limit: int) -> list[str]:
    return [f"must be no more than {limit} bytes"] if len(value.encode()) > limit else []


def subdomain(value: str) -> list[str]:
    """RFC 1123 subdomain, the rule for most names."""
    return _too_long(value, 253) + ([] if _SUBDOMAIN.fullmatch(value) else [_SUBDOMAIN_TEXT])


def label(value: str) -> list[str]:
    """RFC 1123 label: namespaces, container and volume names."""
    return _too_long(value, 63) + ([] if _LABEL.fullmatch(value) else [_LABEL_TEXT])


def label_1035(value: str) -> list[str]:
    """RFC 1035 label: services."""
    return _too_long(value, 63) + ([] if _LABEL_1035.fullmatch(value) else [_LABEL_1035_TEXT])


def path_segment(value: str) -> list[str]:
    """RBAC names: anything that fits between two slashes."""
    if value in (".", ".."):
        return [f"may not be '{value}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in value]


def qualified_name(value: str) -> list[str]:
    """Label and annotation keys: ``[prefix/]name``."""
    prefix, slash, name = value.rpartition("/")
    if slash and "/" in prefix:
        return [f"a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start "
                f"and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
                f"used for validation is '{_QUALIFIED.pattern}') with an optional DNS subdomain prefix and '/' "
                f"(e.g. 'example.com/MyName')"]  # fmt: skip
    problems: list[str] = []
    if slash and not prefix:
        problems.append("prefix part must be non-empty")
    elif slash:
        problems += [f"prefix part {text}" for text in subdomain(prefix)]
    if not name:
        problems.append("name part must be non-empty")
    elif len(name.encode()) > 63:
        problems.append("name part must be no more than 63 bytes")
    if not _QUALIFIED.fullmatch(name):
        problems.append(_QUALIFIED_TEXT)
    return problems


def label_value(value: str) -> list[str]:
    """Label values: up to 63 characters, may be empty."""
    problems = _too_long(value, 63)
    if value and not _QUALIFIED.fullmatch(value):
        problems.append(_VALUE_TEXT)
    return problems


def config_key(value: str) -> list[str]:
    """Keys in ``data`` of config maps and secrets."""
    problems = _too_long(value, 253)
    if not _CONFIG_KEY.fullmatch(value):
        problems.append(_CONFIG_KEY_TEXT)
    return problems

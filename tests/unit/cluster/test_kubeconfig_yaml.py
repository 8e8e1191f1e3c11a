"""A kubeconfig's scalars are read as kubectl reads them, and what is no YAML is one sentence."""

from __future__ import annotations

import pytest

from canarytui.cluster.kubeconfig_yaml import load_yaml
from canarytui.errors import ConfigError


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("2026-11-23", "2026-11-23"),
        ("12:30:45", "12:30:45"),
        ("1_000", 1000),
        ("010", 8),
        ("0o10", 8),
        ("-0x1F", -31),
        ("1e3", 1000.0),
        ("y", True),
        ("N", False),
        ("off", False),
        ("~", None),
        ("1.2.3", "1.2.3"),
    ],
)
def test_scalars(scalar: str, value: object) -> None:
    found = load_yaml(f"token: {scalar}", "c")["token"]
    assert (found, type(found)) == (value, type(value))


def test_json_with_tabs_is_read() -> None:
    assert load_yaml('{\n\t"users": []}', "c") == {"users": []}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "kubeconfig c .*YAML: line [12]:"),
        ("a: \x07", "kubeconfig c "),
        ("[" * 3000 + "]" * 3000, "c"),
        ("a: &a [*a]", "kubeconfig c "),
        ("a: 0x_", "kubeconfig c "),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as told:
        load_yaml(text, "c")
    assert "\n" not in str(told.value)

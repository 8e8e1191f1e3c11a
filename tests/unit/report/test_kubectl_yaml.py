"""YAML as kubectl writes it, which a terminal can show and a YAML reader reads back."""

from __future__ import annotations

import pytest
import yaml

from canarytui.report.kubectl_yaml import dumped


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1, "b": [True, None]}, "a: 1\nb:\n- true\n- null"),
        ({"image": "podinfo:4.0.6"}, "image: podinfo:4.0.6"),
        ({"version": "1.0"}, 'version: "1.0"'),
        ({"cmd": "one\ntwo\n"}, "cmd: |\n  one\n  two"),
        ({"on": "yes"}, '"on": "yes"'),
        ("x" * 300, "x" * 300),
    ],
)
def test_texts_are_quoted_as_kubectl_quotes_them(value: object, text: str) -> None:
    assert dumped(value).removesuffix("\n...") == text
    assert yaml.safe_load(dumped(value) + "\n") == value


def test_what_a_terminal_would_obey_is_escaped() -> None:
    text = dumped({"name": "\x1b[2Jcart\x9b"})
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert yaml.safe_load(text) == {"name": "\x1b[2Jcart\x9b"}

"""Names, labels and quantities: what is accepted, and the words in which the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from canarytui.sandbox.apiserver.types import names, quantities


@pytest.mark.parametrize(
    ("rule", "good", "bad", "text"),
    [
        (names.subdomain, "a.b-c.9", "A", "a lowercase RFC 1123 subdomain must consist of"),
        (names.subdomain, "a" * 253, "a" * 254, "must be no more than 253 bytes"),
        (names.label, "9-a", "a.b", "a lowercase RFC 1123 label must consist of"),
        (names.label_1035, "a-9", "9-a", "a DNS-1035 label must consist of"),
        (names.path_segment, "system:a", "a/b", "may not contain '/'"),
        (names.path_segment, "a..b", "..", "may not be '..'"),
        (names.qualified_name, "example.com/Name_1", "example.com/", "name part must be non-empty"),
        (names.qualified_name, "a", "/a", "prefix part must be non-empty"),
        (names.qualified_name, "a", "A_/a", "prefix part a lowercase RFC 1123 subdomain"),
        (names.qualified_name, "a" * 63, "a" * 64, "name part must be no more than 63 bytes"),
        (names.qualified_name, "a", "a/b/c", "a qualified name must consist of"),
        (names.label_value, "", "-a", "a valid label must be an empty string or consist of"),
        (names.config_key, "_key.NAME-1", "a b", "a valid config key must consist of"),
    ],
)
def test_names(rule: Callable[[str], list[str]], good: str, bad: str, text: str) -> None:
    assert rule(good) == []
    assert any(problem.startswith(text) for problem in rule(bad))


@pytest.mark.parametrize(
    ("text", "value", "canonical"),
    [
        ("100m", "0.1", "100m"), ("1000m", "1", "1"), ("1024Mi", "1073741824", "1Gi"), ("1e3", "1000", "1k"),
        ("0.5", "0.5", "500m"), ("1.5Gi", "1610612736", "1536Mi"), ("0", "0", "0"), ("-2", "-2", "-2"),
    ],
)  # fmt: skip
def test_quantities(text: str, value: str, canonical: str) -> None:
    assert quantities.parse(text) == Decimal(value)
    assert quantities.canonical(text) == canonical


@pytest.mark.parametrize("text", ["", "1x", "m", "1Kii", "--1"])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="quantit"):
        quantities.parse(text)

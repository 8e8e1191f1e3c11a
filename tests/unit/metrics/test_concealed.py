"""Our credentials do not come back in what others say."""

from __future__ import annotations

import pytest

from canarytui.metrics.concealed import concealed


@pytest.mark.parametrize(
    ("text", "credentials", "shown"),
    [
        ("key abc is bad", ["abc\n"], "key … is bad"),
        ("?key=a%2Fb%20c", ["a/b c"], "?key=…"),
        ("abcd and ab", ["ab", "abcd"], "… and …"),
        ("all of it", ["", " "], "all of it"),
        ("all of it", [], "all of it"),
    ],
)
def test_credentials_are_concealed(text: str, credentials: list[str], shown: str) -> None:
    assert concealed(text, credentials) == shown

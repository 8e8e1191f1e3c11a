"""Numbers in texts of others: whatever stands there, there is an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarytui.cluster.api_status import status_error
from canarytui.cluster.store import _newer
from canarytui.whole_number import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("18446744073709551615", 2**64 - 1), ("", None), ("-1", None), ("+1", None), ("1.0", None),
     (" 1", None), ("1\n", None), ("²", None), ("٣", None), ("1_0", None), ("9" * 5000, None)],
)  # fmt: skip
def test_ascii_digits_are_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@given(
    st.text(
        alphabet=st.one_of(st.characters(categories=["Nd", "No", "Nl"]), st.sampled_from("0123456789")), max_size=30
    )
)
def test_it_never_raises(text: str) -> None:
    assert whole_number(text) in (None, int(text) if text.isascii() and text.isdigit() else None)


@pytest.mark.parametrize(("asked", "after_s"), [("3", 3.0), ("²", None), ("9" * 400, None), ("Wed, 21 Oct", None)])
def test_retry_after_of_any_kind_is_an_answer(asked: str, after_s: float | None) -> None:
    assert status_error(429, b"busy", {"retry-after": asked}).retry_after_s == after_s


@pytest.mark.parametrize("version", ["²", "9" * 5000])
def test_versions_that_cannot_be_counted_are_replaced_by_what_comes_later(version: str) -> None:
    def at(said: str) -> dict[str, object]:
        return {"metadata": {"name": "a", "uid": "1", "resourceVersion": said}}

    assert _newer(at(version), at("5"))
    assert _newer(at("5"), at(version))

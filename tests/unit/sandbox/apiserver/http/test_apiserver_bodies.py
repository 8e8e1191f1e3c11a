"""Bodies that would exhaust the server: refused with 400, as a real API server does."""

from __future__ import annotations

import json

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.http.bodies import decode_object
from canarytui.sandbox.apiserver.http.negotiation import JSON, YAML
from canarytui.sandbox.nesting import DEPTH_MOST

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("body", "media_type", "problem"),
    [
        ('{"a":' * 200_000 + "1" + "}" * 200_000, JSON, f"exceeded max depth of {DEPTH_MOST}"),
        ('{"a":' + "[" * DEPTH_MOST + "]" * DEPTH_MOST + "}", JSON, f"exceeded max depth of {DEPTH_MOST}"),
        ("a: " + "[" * 3000 + "]" * 3000, YAML, "recursion"),
        ("a: " + "[" * 120 + "]" * 120, YAML, f"exceeded max depth of {DEPTH_MOST}"),
        (LAUGHS, YAML, "document contains excessive aliasing"),
        ("a: &a {b: *a, c: *a}", YAML, "document contains excessive aliasing"),
        ("a: &a [*a]", YAML, f"exceeded max depth of {DEPTH_MOST}"),
    ],
    ids=["deep", "a level too deep", "deep YAML", "less deep YAML", "laughs", "itself twice", "itself"],
)
def test_bombs_are_malformed(body: str, media_type: str, problem: str) -> None:
    with pytest.raises(StatusError, match=problem) as refused:
        decode_object(body.encode(), media_type)
    assert refused.value.code == 400


def test_what_is_as_deep_as_allowed_is_taken() -> None:
    body = '{"a":' * DEPTH_MOST + "1" + "}" * DEPTH_MOST
    assert decode_object(body.encode(), JSON) == json.loads(body)

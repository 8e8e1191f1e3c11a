"""JSON and YAML that would end in a RecursionError, now or later."""

from __future__ import annotations

import copy
import json

import pytest
import yaml

from canarytui.domain.text.bounded import DEPTH_MOST, OutOfBounds, parse_json, parse_yaml


def nested(depth: int, opens: str = "[", closes: str = "]", inner: str = "") -> str:
    return opens * depth + inner + closes * depth


@pytest.mark.parametrize("depth", [DEPTH_MOST + 1, 500, 5_000, 200_000])
@pytest.mark.parametrize(("opens", "closes", "inner"), [("[", "]", ""), ('{"a":', "}", "1"), ('[1,{"]":', "}]", "0")])
def test_deep_json_is_one_phrase(depth: int, opens: str, closes: str, inner: str) -> None:
    for data in (nested(depth, opens, closes, inner), nested(depth, opens, closes, inner).encode()):
        with pytest.raises(OutOfBounds, match=f"it is nested deeper than {DEPTH_MOST} levels"):
            parse_json(data)


def test_what_is_taken_can_be_copied_and_written() -> None:
    value = parse_json(nested(DEPTH_MOST, '{"a":', "}", "1"))
    assert json.loads(json.dumps(copy.deepcopy(value))) == value


@pytest.mark.parametrize("text", ["1", '"a"', "null", "[]", '{"a":[1,{"b":null}]}', "NaN"])
def test_json_is_json(text: str) -> None:
    assert repr(parse_json(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", "{", "[1,]", "\ud800", '{"a" 1}', "9" * 5000])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of json's own wording
        parse_json(text)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}'])
def test_constants_that_are_no_json_are_taken_unless_told_otherwise(text: str) -> None:
    parse_json(text)
    with pytest.raises(ValueError, match="is no JSON"):
        parse_json(text, constants=False)
    assert parse_json('["NaN", 1.5]', constants=False) == ["NaN", 1.5]


def test_many_values_are_refused_before_they_are_made() -> None:
    data = b"[" + b"{}," * 50_000 + b"{}]"
    assert len(parse_json(data, values_most=200_000)) == 50_001
    with pytest.raises(OutOfBounds, match="it has more than 1000 values"):
        parse_json(data, values_most=1000)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (BOMB, "it stands for more than 100000 values, its aliases counted"),
        ("a: &a [*a, *a]", "it stands for more than 100000 values"),
        ("a: &a [*a]", "nested deeper"),
        ("a: &a {b: *a}", "nested deeper"),
        (nested(DEPTH_MOST + 1), "nested deeper"),
        (nested(50_000), "nested deeper"),
        ("- " * 150 + "x", "nested deeper"),
    ],
    ids=["laughs", "itself twice", "itself", "itself in a mapping", "deep", "very deep", "deep block"],
)
def test_yaml_bombs_are_one_phrase(text: str, phrase: str) -> None:
    with pytest.raises(OutOfBounds, match=phrase):
        parse_yaml(text)


def test_yaml_is_yaml() -> None:
    text = "a: &x {b: [1, 2]}\nc: *x\nd: 2026-11-26\n"
    assert parse_yaml(text) == yaml.safe_load(text)

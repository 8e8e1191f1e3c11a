"""curl's command line as its real one reads it."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.loadtester.curl_options import CurlUsageError, parse


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("-sSfk http://a", {"switches": {"silent", "show-error", "fail", "insecure"}, "urls": ["http://a"]}),
        ("-sd test a b", {"switches": {"silent"}, "data": [("data", "test")], "urls": ["a", "b"]}),
        ("-dtest a", {"data": [("data", "test")], "urls": ["a"]}),
        ("--max-t 3 --glob a", {"values": {"max-time": "3"}, "switches": {"globoff"}}),
        ("-f --no-fail a", {"switches": set()}),
        ("-H A:1 -H B:2 --url a -- -b", {"headers": ["A:1", "B:2"], "urls": ["a", "-b"]}),
        ("-o x -o y --resolve h:1:127.0.0.1 a", {"outputs": ["x", "y"], "resolve": ["h:1:127.0.0.1"]}),
    ],
)
def test_options_are_read(line: str, wanted: dict[str, Any]) -> None:
    made = parse(line.split())
    assert {name: getattr(made, name) for name in wanted} == wanted


def test_numbers_have_a_default() -> None:
    assert parse(["a"]).number("max-time", 7) == 7
    assert parse(["-m", "2.5", "a"]).number("max-time", 7) == 2.5


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--nonsense a", "option --nonsense: is unknown"),
        ("--re a", "option --re: is ambiguous"),
        ("-s -", "option -: is unknown"),
        ("-y", "option -y: "),
        ("-d", "option -d: requires parameter"),
        ("--http2 a", "doesn't support this"),
        ("-m soon a", "expected a proper numerical parameter"),
        ("-m -1 a", "expected a positive numerical parameter"),
        ("--no-data a", "used '--no-' for option that isn't a boolean"),
        ("-f --fail-with-body a", "not both"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_curls_words(line: str, said: str) -> None:
    with pytest.raises(CurlUsageError) as found:
        parse(line.split())
    assert said in str(found.value)

"""Patterns and templates as Go's ``regexp`` reads them."""

from __future__ import annotations

import pytest

from canarytui.sandbox.go_regexp import BadPattern, compile_anchored, compile_pattern, expand, replace_all


@pytest.mark.parametrize(
    ("pattern", "text", "whole"),
    [
        ("(?i)get", "GET", True),
        (r"\pL+", "Straße", True),
        (r"\w+", "Straße", False),
        (r"\d", "\u0661", False),
        (r"[[:^digit:]]+\z", "abc", True),
        (r"\Qa.b*\E", "a.b*", True),
        ("a.b", "a\nb", False),
        ("(?s)a.b", "a\nb", True),
        ("a", "a\n", False),
        ("a|ab", "ab", True),
        ("(?:a{2,3}){2}", "aaaaa", True),
        (r"\x{41}\x42", "AB", True),
    ],
)
def test_a_whole_text_matches_or_does_not(pattern: str, text: str, whole: bool) -> None:
    assert (compile_anchored(pattern).search(text) is not None) is whole


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "missing closing ): `(a`"),
        ("a)", "unexpected ): `a)`"),
        ("[a", "missing closing ]: `[a`"),
        ("a\\", "trailing backslash at end of expression"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a*+", "invalid nested repetition operator: `*+`"),
        ("(?<=a)b", "invalid"),
        ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        (r"(a)\1", r"invalid escape sequence: `\1`"),
        (r"\u0041", r"invalid escape sequence: `\u`"),
        (r"\C", r"invalid escape sequence: `\C`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("(?P<a>x)(?P<a>y)", "duplicate capture group name: `a`"),
        ("\ud800", "invalid UTF-8"),
    ],
)
def test_a_pattern_that_is_none_is_refused_in_gos_words(pattern: str, words: str) -> None:
    with pytest.raises(BadPattern) as refused:
        compile_pattern(pattern)
    assert str(refused.value).startswith("error parsing regexp: ")
    assert words in str(refused.value)


@pytest.mark.parametrize("pattern", [r"\\C", r"\Q\C\E", r"[\\C]", "(?P<a>x)(?P<b>y)", r"\Q(?P<a>(?P<a>\E(?P<a>x)"])
def test_what_only_looks_wrong_is_accepted(pattern: str) -> None:
    assert compile_pattern(pattern).search("nothing of it") is None


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("$1-$2", "ab-1"),
        ("${1}x", "abx"),
        ("$1x", ""),
        ("$word/${word}", "ab/ab"),
        ("$$1", "$1"),
        ("$0", "ab1"),
        ("$3${nope}.", "."),
        ("$01", ""),
        ("a$", "a$"),
        ("${1", "${1"),
        ("$-\\1", "$-\\1"),
    ],
)
def test_templates_are_expanded(template: str, found: str) -> None:
    pattern = compile_anchored(r"(?P<word>[a-z]+)(\d)")
    match = pattern.search("ab1")
    assert match is not None
    assert expand(template, match, pattern) == found


@pytest.mark.parametrize(
    ("pattern", "template", "text", "found"),
    [
        ("a*", "x", "baac", "xbxcx"),
        ("a|b*", "-", "abc", "--c-"),
        ("é", "e", "été", "ete"),
        (r"(\d)(\d)", "$2$1", "12-34-5", "21-43-5"),
        ("z", "x", "abc", "abc"),
    ],
)
def test_every_match_is_replaced(pattern: str, template: str, text: str, found: str) -> None:
    assert replace_all(compile_pattern(pattern), template, text) == found

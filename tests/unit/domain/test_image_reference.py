"""References of images: the distribution grammar, and a sentence for what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarytui.domain.workloads.image_reference import ImageReference, parse, problem
from canarytui.sandbox.node.images import parse_image

SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "domain", "path", "tag", "digest"),
    [
        ("podinfo", "", "podinfo", "", ""),
        ("stefanprodan/podinfo:6.0.0", "", "stefanprodan/podinfo", "6.0.0", ""),
        ("ghcr.io/stefanprodan/podinfo:6.0.0", "ghcr.io", "stefanprodan/podinfo", "6.0.0", ""),
        ("localhost/a", "localhost", "a", "", ""),
        ("localhost:5000/a:b", "localhost:5000", "a", "b", ""),
        ("10.0.0.1:5000/a", "10.0.0.1:5000", "a", "", ""),
        ("[2001:db8::1]:5000/a/b", "[2001:db8::1]:5000", "a/b", "", ""),
        ("Registry/a", "Registry", "a", "", ""),
        ("a-b__c_d/e---f.g:_T.-", "", "a-b__c_d/e---f.g", "_T.-", ""),
        (f"quay.io/a/b/c@{SHA}", "quay.io", "a/b/c", "", SHA),
        (f"a:1@{SHA}", "", "a", "1", SHA),
        ("a:" + "t" * 128, "", "a", "t" * 128, ""),
        ("example.com:5000", "", "example.com", "5000", ""),
    ],
)
def test_parts(text: str, domain: str, path: str, tag: str, digest: str) -> None:
    assert parse(text) == ImageReference(domain, path, tag, digest)
    assert problem(text) == ""
    assert parse_image(text) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("../../etc", "'..' is not a registry's address"),
        ("..", "'..' cannot be part of an image's name"),
        ("a/../b", "'..' cannot be part"),
        ("/etc/passwd", "nothing cannot be part"),
        ("--output=x", "'--output=x' cannot be part"),
        ("-rf", "'-rf' cannot be part"),
        ("podinfo:--output=x", "'--output=x' is not a tag"),
        ("podinfo:", "nothing is not a tag"),
        ("podinfo:a/b", "'podinfo:a' is not a registry's address"),
        ("a/podinfo:b/c", "'b/c' is not a tag"),
        ("a.b__c/d", "'a.b__c' is not a registry's address"),
        ("podinfo:1:2", "'1:2' is not a tag"),
        ("podinfo:6.0.0+build", "is not a tag"),
        ("podinfo:" + "t" * 129, "is not a tag"),
        ("Podinfo", "'Podinfo' cannot be part"),
        ("a//b", "nothing cannot be part"),
        ("a/b/", "nothing cannot be part"),
        ("a..b", "cannot be part"),
        ("a b", "cannot be part"),
        ("a\n", "cannot be part"),
        ("podinfo:1\n", "is not a tag"),
        ("podinfo:١", "is not a tag"),
        ("https://ghcr.io/a", "is not a registry's address"),
        ("user@host/a", "is not a digest"),
        ("a@sha256:abc", "is not a digest"),
        ("a@sha256:" + "0" * 63, "is not a digest"),
        (f"a@{SHA}@{SHA}", "is not a digest"),
        ("ghcr.io:99999/a", "is not a registry's address"),
        ("[::1/a", "is not a registry's address"),
        ("[::1::2]:5/a", "is not a registry's address"),
        ("a" * 256, "longer than 255"),
        ("$(id)", "cannot be part"),
        ("a;id", "cannot be part"),
        ("\x1b]52;c;eA==\x07", "cannot be part"),
    ],
)
def test_what_is_none(text: str, said: str) -> None:
    assert said in problem(text)
    assert problem(text).isprintable()
    assert parse_image(text) is None


@given(st.text(alphabet="aB1.-_:/@[]+ \n\x1b=é", max_size=40))
def test_whatever_passes_is_harmless_in_a_command_and_on_a_screen(text: str) -> None:
    wrong = problem(text)
    if wrong:
        assert wrong.isprintable()
        return
    assert text.isascii()
    assert text.isprintable()
    assert not text.startswith(("-", ".", "/"))
    assert "/../" not in text
    assert " " not in text

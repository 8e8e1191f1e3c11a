"""What podinfo's first page says."""

from __future__ import annotations

from multidict import CIMultiDict

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.node.podinfo.pages import headers_object, information, page
from canarytui.sandbox.node.podinfo.settings import PodinfoSettings

SETTINGS = PodinfoSettings("<pod>", "6.0.0", message="a & b", color='"red"')


def test_information_is_the_settings() -> None:
    shown = information(SETTINGS)
    assert (shown["hostname"], shown["version"], shown["message"]) == ("<pod>", "6.0.0", "a & b")


def test_a_page_escapes_what_it_is_given() -> None:
    text = page(SETTINGS)
    assert "<title>&lt;pod&gt;</title>" in text
    assert "<h1>a &amp; b</h1>" in text
    assert 'style="background:&quot;red&quot;;' in text


def test_headers_have_all_their_values_but_the_secret() -> None:
    given = CIMultiDict([("x-a", "1"), ("X-A", "2"), (SECRET_HEADER.upper(), "s")])
    assert headers_object(given) == {"X-A": ["1", "2"]}

"""What is shown of URLs that bear secrets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarytui.domain.text.public_url import place_url, public_url, redacted_url, without_secrets


@pytest.mark.parametrize(
    ("url", "public", "place", "redacted"),
    [
        ("http://loadtester.test/", "http://loadtester.test/", "http://loadtester.test/", "http://loadtester.test/"),
        ("http://prometheus:9090", "http://prometheus:9090", "http://prometheus:9090", "http://prometheus:9090"),
        (
            "https://hooks.slack.com/services/T0/B0/s3cr3t",
            "https://hooks.slack.com/…",
            "https://hooks.slack.com/services/T0/B0/s3cr3t",
            "https://hooks.slack.com/services/T0/B0/s3cr3t",
        ),
        (
            "http://ann:s3cr3t@tester.test:8080/gate/open?token=s3cr3t&a=s3cr3t#s3cr3t",
            "http://tester.test:8080/…",
            "http://tester.test:8080/gate/open?…",
            "http://tester.test:8080/gate/open?token=xxxxx&a=xxxxx",
        ),
        (
            "http://h/?a=s3cr3t&s3cr3t;b=&=s3cr3t",
            "http://h/…",
            "http://h/?…",
            "http://h/?a=xxxxx&xxxxx;b=xxxxx&=xxxxx",
        ),
        ("http://h/?s3cr3t", "http://h/…", "http://h/?…", "http://h/?xxxxx"),
        ("HTTPS://[::1]:9/x?a=s3cr3t", "HTTPS://[::1]:9/…", "HTTPS://[::1]:9/x?…", "HTTPS://[::1]:9/x?a=xxxxx"),
        ("http://ann:s3cr3t/x@host/", "http://…", "http://…", "http://…"),
        ("http://ann:s3cr3t?x@host/", "http://…", "http://…", "http://…"),
        ("ann:s3cr3t@host/x", "host/…", "host/x", "host/x"),
        ("http://[", "http://…", "http://…", "http://…"),
        ("http://", "http://…", "http://…", "http://…"),
        ("", "…", "…", "…"),
    ],
)
def test_urls(url: str, public: str, place: str, redacted: str) -> None:
    assert (public_url(url), place_url(url), redacted_url(url)) == (public, place, redacted)


_SECRET = "S3CR3TS3CR3T"
_FILLER = st.text(max_size=6).filter(lambda text: "S3" not in text)


@given(_FILLER, _FILLER, st.sampled_from(["http", "https", "ftp", "HTTP"]))
def test_no_password_and_no_query_ever_shows(before: str, after: str, scheme: str) -> None:
    for url in (
        f"{scheme}://ann:{before}{_SECRET}{after}@host.test/x",
        f"{scheme}://{before}{_SECRET}{after}@host.test",
        f"{scheme}://host.test/x?{before}={_SECRET}{after}",
        f"{scheme}://host.test?{_SECRET}{after.replace('=', '')}",  # before a "=" it is a name, not a value
    ):
        # A secret may stand where a host stands only if nothing tells them apart: `http://SECRET/@host` has no such.
        for shown in (public_url(url), place_url(url), redacted_url(url)):
            assert _SECRET not in shown, url


def test_urls_in_a_text() -> None:
    text = "0, message='', url='http://ann:s3cr3t@h:1/x?token=s3cr3t' (then https://other/s3cr3t), at 10:00"
    assert without_secrets(text) == "0, message='', url='http://h:1/…' (then https://other/…), at 10:00"

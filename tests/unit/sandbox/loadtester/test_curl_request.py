"""The request that curl's options ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.sandbox.loadtester.curl_options import CurlUsageError, parse
from canarytui.sandbox.loadtester.curl_request import BadUrl, CurlRequest, first_request, normal_url


def request_of(line: str) -> CurlRequest:
    options = parse(line.split())
    return first_request(options, options.urls[0])


@pytest.mark.parametrize(
    ("url", "full"),
    [("a", "http://a/"), ("a:80?q#f", "http://a:80/?q"), ("https://a/b", "https://a/b")],
)
def test_a_url_gets_a_scheme_and_a_path(url: str, full: str) -> None:
    assert normal_url(url) == full


@pytest.mark.parametrize("url", ["http://", "http://a:0/", "http://a:port/", "http://a b/", "http://[::1/"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(BadUrl):
        normal_url(url)


@pytest.mark.parametrize(
    ("line", "method", "url", "body"),
    [
        ("a", "GET", "http://a/", None),
        ("-I a", "HEAD", "http://a/", None),
        ("-d x=1 -d y=2 a", "POST", "http://a/", b"x=1&y=2"),
        ("-G -d x=1 a?z", "GET", "http://a/?z&x=1", None),
        ("-X PUT --data-raw @x a", "PUT", "http://a/", b"@x"),
        ("--data-urlencode x=a/b a", "POST", "http://a/", b"x=a%2Fb"),
        ("--json {} --json [] a", "POST", "http://a/", b"{}[]"),
    ],
)
def test_method_url_and_body(line: str, method: str, url: str, body: bytes | None) -> None:
    made = request_of(line)
    assert (made.method, made.url, made.body) == (method, url, body)


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        ("a:80", {"Host": "a", "Accept": "*/*"}),
        ("-u user:pw a", {"Authorization": "Basic dXNlcjpwdw=="}),
        ("http://user:p%40w@a", {"Authorization": "Basic dXNlcjpwQHc=", "Host": "a"}),
        ("-A me -e from a", {"User-Agent": "me", "Referer": "from"}),
        ("-H Host:b -H X-Own:1 a", {"Host": "b", "X-Own": "1"}),
        ("-d x a", {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "1"}),
        ("--json {} a", {"Content-Type": "application/json", "Accept": "application/json"}),
        ("--compressed a", {"Accept-Encoding": "deflate, gzip"}),
    ],
)
def test_headers(line: str, headers: dict[str, str]) -> None:
    made = dict(request_of(line).headers)
    assert {name: made.get(name) for name in headers} == headers


def test_headers_are_removed_sent_empty_and_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "headers").write_text("X-A: 1\nX-B: 2\n")
    made = request_of(f"-H Accept: -H X-Empty; -H @{tmp_path / 'headers'} a").headers
    assert "Accept" not in dict(made)
    assert made[-3:] == [("X-Empty", ""), ("X-A", "1"), ("X-B", "2")]


def test_data_of_a_file_loses_its_line_ends_unless_it_is_binary(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a\r\nb\n")
    assert request_of(f"-d @{tmp_path / 'data'} a").body == b"ab"
    assert request_of(f"--data-binary @{tmp_path / 'data'} a").body == b"a\r\nb\n"
    assert request_of("-d @/no/such/file a").body == b""


def test_data_and_head_do_not_go_together() -> None:
    with pytest.raises(CurlUsageError, match="only select one HTTP request method"):
        request_of("-I -d x a")

"""curl's cookies: given, kept, read from and written to Netscape's files."""

from __future__ import annotations

import email.message
import time
from pathlib import Path
from typing import Any

from canarytui.sandbox.loadtester.curl_cookies import CookieJar
from canarytui.sandbox.loadtester.curl_options import parse

URL = "http://app.example.com/a"


class Answer:
    """As much of an HTTP response as cookies are read from."""

    def __init__(self, *cookies: str) -> None:
        self._headers = email.message.Message()
        for cookie in cookies:
            self._headers["Set-Cookie"] = cookie

    def info(self) -> email.message.Message:
        return self._headers


def cookies(line: str) -> CookieJar:
    return CookieJar(parse(line.split()))


def answer(*values: str) -> Any:
    return Answer(*values)


def test_a_cookie_on_the_command_line_is_sent_and_none_is_kept() -> None:
    made = cookies("-b a=1 x")
    made.keep(URL, answer("b=2"))
    assert made.header(URL) == "a=1"


def test_a_cookie_of_a_server_goes_back_to_it_only(tmp_path: Path) -> None:
    made = cookies(f"-c {tmp_path / 'jar'} x")
    made.keep(URL, answer("b=2; Path=/a", "c=3"))
    assert made.header(URL) == "b=2; c=3"
    assert made.header("http://app.example.com/other") == "c=3"
    assert made.header("http://other.example.com/a") == ""


def test_a_jar_is_written_and_read_again(tmp_path: Path) -> None:
    jar = tmp_path / "jar"
    made = cookies(f"-c {jar} x")
    made.keep(URL, answer(f"b=2; Max-Age={int(time.time())}"))
    made.save(str(jar))
    lines = jar.read_text().splitlines()
    assert lines[0] == "# Netscape HTTP Cookie File"
    assert lines[-1].split("\t")[0::5] == ["app.example.com", "b"]
    assert cookies(f"-b {jar} x").header(URL) == "b=2"


def test_lines_that_are_no_cookies_are_skipped(tmp_path: Path) -> None:
    jar = tmp_path / "jar"
    good = "app.example.com\tFALSE\t/\tFALSE\t0\tgood\t1"
    jar.write_text(f"# comment\nbroken\n{good.replace('0', 'soon')}\n#HttpOnly_{good}\n")
    assert cookies(f"-b {jar} x").header(URL) == "good=1"

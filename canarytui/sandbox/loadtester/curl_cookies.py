"""Cookies of our own curl, and the files that it reads them from and writes them to."""

from __future__ import annotations

import contextlib
import http.client
import http.cookiejar
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from canarytui.sandbox.loadtester.curl_options import CurlOptions
from canarytui.sandbox.whole_number import whole_number

_HTTP_ONLY = "#HttpOnly_"


class CookieJar:
    """Those of ``--cookie`` and those that servers set, which are sent again once cookies are asked for."""

    def __init__(self, options: CurlOptions) -> None:
        given = options.values.get("cookie", "")
        self._header = given if "=" in given else ""
        self._keeps = "cookie-jar" in options.values or ("cookie" in options.values and not self._header)
        self._jar = http.cookiejar.CookieJar()
        if given and not self._header:
            with contextlib.suppress(OSError):
                for cookie in _read(Path(given).read_text(errors="replace")):
                    self._jar.set_cookie(cookie)

    def header(self, url: str) -> str:
        """The Cookie header's value for `url`, "" for none."""
        probe = urllib.request.Request(url)
        self._jar.add_cookie_header(probe)
        return "; ".join(filter(None, (probe.get_header("Cookie", ""), self._header)))

    def keep(self, url: str, answer: http.client.HTTPResponse) -> None:
        """Store the cookies that an answer sets."""
        if self._keeps:
            self._jar.extract_cookies(answer, urllib.request.Request(url))

    def save(self, target: str) -> None:
        """Write them to a file, ``-`` being standard output; raises OSError."""
        lines = ["# Netscape HTTP Cookie File", ""]
        for cookie in self._jar:
            wide, secure = (str(flag).upper() for flag in (cookie.domain.startswith("."), cookie.secure))
            expires = str(cookie.expires or 0)
            lines.append(
                "\t".join((cookie.domain, wide, cookie.path, secure, expires, cookie.name, cookie.value or ""))
            )
        Path("/dev/stdout" if target == "-" else target).write_text("\n".join([*lines, ""]))


def _read(text: str) -> Iterator[http.cookiejar.Cookie]:
    """Netscape's format: domain, subdomains too, path, secure, expiry (0 for none), name, value."""
    for line in text.splitlines():
        fields = line.removeprefix(_HTTP_ONLY).split("\t")
        until = whole_number(fields[4]) if len(fields) == 7 else None
        if until is None or line.startswith("# "):
            continue
        domain, wide, path, secure, _, name, value = fields
        yield http.cookiejar.Cookie(
            0, name, value, None, False, domain, wide == "TRUE", domain.startswith("."), path, True,
            secure == "TRUE", until or None, until == 0, None, None, {},
        )  # fmt: skip

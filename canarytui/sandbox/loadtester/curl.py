"""curl for machines without one: the options that hooks in public manifests use, with curl's exit codes and words.

``python -m canarytui.sandbox.loadtester.curl``, run by the shim of the same name. An option that this curl does not
have is refused as curl refuses one that it was built without; URLs are not globbed, and there is no progress meter.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from canarytui.sandbox.loadtester.curl_cookies import CookieJar
from canarytui.sandbox.loadtester.curl_options import CurlOptions, CurlUsageError, parse
from canarytui.sandbox.loadtester.curl_request import BadUrl, CurlRequest, first_request
from canarytui.sandbox.loadtester.curl_transfer import Failed, Transfer, exchange
from canarytui.sandbox.loadtester.curl_words import write_out
from canarytui.sandbox.output import pass_on, tell
from canarytui.sandbox.whole_number import whole_number

_HELP = "curl: try 'curl --help' or 'curl --manual' for more information"
_TRANSIENT = frozenset((408, 429, 500, 502, 503, 504))
_LONGEST_PAUSE_S = 600.0
_CANNOT_WRITE, _REDIRECTED_TOO_OFTEN, _FAILED_STATUS, _BAD_URL = 23, 47, 22, 3


class Result(Struct):
    """How one URL went: exit code, sentence, and the last exchange."""

    code: int = 0
    sentence: str = ""
    transfer: Transfer | None = None


class Curl:
    """One command."""

    def __init__(self, options: CurlOptions) -> None:
        self._options = options
        self._cookies = CookieJar(options)

    def run(self) -> int:
        """Fetch every URL; the exit code of the last."""
        code = 0
        for index, url in enumerate(self._options.urls):
            code = self._fetch(url, index)
        if jar := self._options.values.get("cookie-jar"):
            with contextlib.suppress(OSError):
                self._cookies.save(jar)
        return code

    def _fetch(self, url: str, index: int) -> int:
        result = self._with_retries(url, index)
        if template := self._options.values.get("write-out"):
            text, complaint = write_out(template, url, result.transfer, result.code, result.sentence)
            pass_on(text.encode())
            if complaint:
                tell(complaint)
        return result.code

    @property
    def _mute(self) -> bool:
        return "silent" in self._options.switches and "show-error" not in self._options.switches

    def _with_retries(self, url: str, index: int) -> Result:
        left = int(self._options.number("retry", 0))
        limit_s = self._options.number("retry-max-time", 0)
        began = time.monotonic()
        pause_s = 1.0
        while True:
            result = self._once(url, index)
            if result.sentence and not self._mute:
                tell(f"curl: ({result.code}) {result.sentence}")
            why = self._worth_another_try(result)
            wait_s = self._pause(result, pause_s)
            late = limit_s and time.monotonic() - began > limit_s
            if not why or left <= 0 or late:
                return result
            if not self._mute:
                sentence = f"Warning: Problem: {why}. Will retry in {wait_s:.0f} seconds. {left} retries left."
                tell(sentence)
            time.sleep(wait_s)
            left -= 1
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _worth_another_try(self, result: Result) -> str:
        switches, status = self._options.switches, result.transfer.status if result.transfer else 0
        if result.code == 28:
            return "timeout"
        if result.code == 7 and "retry-connrefused" in switches:
            return "connection refused"
        if result.code in (0, _FAILED_STATUS) and status in _TRANSIENT:
            return "HTTP error"
        return "(retrying all errors)" if result.code and "retry-all-errors" in switches else ""

    def _pause(self, result: Result, growing_s: float) -> float:
        given = self._options.number("retry-delay", 0)
        after = result.transfer.header("Retry-After") if result.transfer else ""
        seconds = whole_number(after)
        return given or growing_s if seconds is None else float(seconds)

    def _once(self, url: str, index: int) -> Result:
        result = Result()
        limit_s = self._options.number("max-time", 0)
        deadline = time.monotonic() + limit_s if limit_s else None
        try:
            self._follow(first_request(self._options, url), url, index, deadline, result)
        except BadUrl:
            return Result(_BAD_URL, "URL using bad/illegal format or missing URL")
        except Failed as failure:
            result.code, result.sentence = failure.code, str(failure)
            result.transfer = failure.transfer or result.transfer
        return result

    def _follow(self, request: CurlRequest, url: str, index: int, deadline: float | None, result: Result) -> None:
        options = self._options
        began, most = time.monotonic(), int(options.number("max-redirs", 50))
        head = b""
        for redirects in range(10**6):
            transfer = exchange(options, request, self._cookies, deadline, began)
            transfer.redirects, transfer.method = redirects, request.method
            result.transfer = transfer
            self._cookies.keep(request.url, transfer.answer)
            if options.switches & {"include", "head"}:
                head += transfer.head
            if path := options.values.get("dump-header"):
                self._write(transfer.head, path, append=redirects > 0)
            location = transfer.header("Location") if 300 <= transfer.status < 400 else ""
            transfer.location = urljoin(request.url, location) if location else ""
            if not location or "location" not in options.switches:
                break
            if 0 <= most <= redirects:
                raise Failed(_REDIRECTED_TOO_OFTEN, f"Maximum ({most}) redirects followed", transfer)
            request = self._redirected(request, transfer)
        failed = transfer.status >= 400
        if failed and "fail" in options.switches:
            raise Failed(_FAILED_STATUS, f"The requested URL returned error: {transfer.status}", transfer)
        self._write(head + transfer.body, self._output(url, index))
        if failed and "fail-with-body" in options.switches:
            raise Failed(_FAILED_STATUS, f"The requested URL returned error: {transfer.status}", transfer)
        if transfer.broken:
            raise Failed(*transfer.broken, transfer)

    def _redirected(self, request: CurlRequest, transfer: Transfer) -> CurlRequest:
        """The request to follow a redirection with; a POST becomes a GET unless the server says otherwise."""
        status, method, headers, body = transfer.status, request.method, request.headers, request.body
        given = "request" in self._options.values
        if body is not None and status in (301, 302, 303):
            body = None
            method = method if given else "GET"
            headers = [pair for pair in headers if pair[0].lower() not in ("content-length", "content-type")]
        before, after = urlsplit(request.url), urlsplit(transfer.location)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            headers = [pair for pair in headers if pair[0].lower() not in ("authorization", "host")]
            headers = [("Host", after.netloc.rpartition("@")[2]), *headers]
        return CurlRequest(method, transfer.location, headers, body)

    def _output(self, url: str, index: int) -> str:
        if index < len(self._options.outputs):
            return self._options.outputs[index]
        if "remote-name" in self._options.switches:
            return urlsplit(url).path.rpartition("/")[2]
        return "-"

    def _write(self, data: bytes, target: str, *, append: bool = False) -> None:
        if target == "-":
            pass_on(data)
            return
        try:
            if "create-dirs" in self._options.switches:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
            with Path(target).open("ab" if append else "wb") as file:
                file.write(data)
        except OSError as error:
            raise Failed(_CANNOT_WRITE, "Failure writing output to destination") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; curl's exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = parse(words)
        if not words:
            tell(_HELP)
            return 2
        if not options.urls:
            raise CurlUsageError("no URL specified!")
        return Curl(options).run()
    except CurlUsageError as error:
        if "only select one" in str(error):
            tell("Warning: You can only select one HTTP request method! You asked for both POST ")
            tell("Warning: (-d, --data) and HEAD (-I, --head).")
        else:
            tell(f"curl: {error}\n{_HELP}")
        return 2
    except BrokenPipeError:
        return _CANNOT_WRITE


if __name__ == "__main__":
    sys.exit(main())

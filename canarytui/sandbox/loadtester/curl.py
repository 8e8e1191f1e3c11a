"""The few flags of curl that webhooks and the seed use, for machines without curl.

``python -m canarytui.sandbox.loadtester.curl``. Unknown flags are refused rather than ignored.
"""

from __future__ import annotations

import argparse
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from canarytui.arguments import Parser
from canarytui.output import pass_on, say, tell

_FAILED_STATUS, _BAD_USAGE, _NO_CONNECTION, _TIMED_OUT = 22, 2, 7, 28


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def parser() -> argparse.ArgumentParser:
    """The supported flags."""
    made = Parser(prog="curl", add_help=False)
    made.add_argument("--proxy", "-x")
    made.add_argument("--noproxy", default="")
    made.add_argument("--silent", "-s", action="store_true")
    made.add_argument("--show-error", "-S", action="store_true")
    made.add_argument("--fail", "-f", action="store_true")
    made.add_argument("--location", "-L", action="store_true")
    made.add_argument("--include", "-i", action="store_true")
    made.add_argument("--head", "-I", action="store_true")
    made.add_argument("--request", "-X")
    made.add_argument("--data", "-d", action="append", default=[])
    made.add_argument("--header", "-H", action="append", default=[])
    made.add_argument("--output", "-o")
    made.add_argument("--write-out", "-w", default="")
    made.add_argument("--max-time", "-m", type=float, default=300.0)
    made.add_argument("urls", nargs="+")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch each URL; curl's exit codes."""
    options = parser().parse_args(arguments)
    handlers: list[urllib.request.BaseHandler] = [
        urllib.request.ProxyHandler({"http": options.proxy} if options.proxy else {})
    ]
    if not options.location:
        handlers.append(_NoRedirect())
    opener = urllib.request.build_opener(*handlers)
    os.environ["no_proxy"] = options.noproxy
    code = 0
    for url in options.urls:
        code = _fetch(opener, url if "://" in url else f"http://{url}", options) or code
    return code


def _fetch(opener: urllib.request.OpenerDirector, url: str, options: argparse.Namespace) -> int:
    data = "&".join(options.data).encode() if options.data else None
    method = options.request or ("HEAD" if options.head else "POST" if data is not None else "GET")
    headers = dict(line.split(":", 1) for line in options.header if ":" in line)
    request = urllib.request.Request(url, data, {k.strip(): v.strip() for k, v in headers.items()}, method=method)
    try:
        answer = opener.open(request, timeout=options.max_time)
    except urllib.error.HTTPError as error:
        answer = error
    except TimeoutError:
        return _complain(options, f"curl: (28) Operation timed out after {options.max_time:g} seconds", _TIMED_OUT)
    except (urllib.error.URLError, OSError, ValueError) as error:
        return _complain(options, f"curl: (7) Failed to connect to {url}: {error}", _NO_CONNECTION)
    with answer:
        status = answer.status or 0
        if options.fail and status >= 400:
            return _complain(options, f"curl: (22) The requested URL returned error: {status}", _FAILED_STATUS)
        head = f"HTTP/1.1 {status} {answer.reason}\r\n{answer.headers}" if options.include or options.head else ""
        body = answer.read()
    _write(head.encode() + body, options.output)
    say(options.write_out.replace("%{http_code}", str(status)).replace("\\n", "\n"), end="")
    return 0


def _write(data: bytes, output: str | None) -> None:
    if output and output != "-":
        Path(output).write_bytes(data)
        return
    pass_on(data)


def _complain(options: argparse.Namespace, text: str, code: int) -> int:
    if not options.silent or options.show_error:
        tell(text)
    return code


if __name__ == "__main__":
    sys.exit(main())

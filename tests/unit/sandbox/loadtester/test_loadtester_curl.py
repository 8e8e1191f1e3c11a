"""Our own curl beside the real one: the same command lines against the same server come to the same."""

from __future__ import annotations

import json
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from canarytui.sandbox.loadtester.curl import main

OURS = (sys.executable, "-m", "canarytui.sandbox.loadtester.curl")


@dataclass
class Server:
    """A server that does what paths ask for, and notes what came."""

    address: str = ""
    secure: str = ""
    closed: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)
    fails: int = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        noted: Server = self.server.noted
        noted.seen.append({"line": self.requestline, "body": body.decode(), "headers": [
            (name.lower(), "curl" if value.startswith("curl/") else value) for name, value in self.headers.items()]
        })  # fmt: skip
        path = re.sub(r"^http://[^/]*", "", self.path).partition("?")[0]
        kind, _, rest = path[1:].partition("/")
        if kind == "status":
            self.reply(int(rest), f"status {rest}\n")
        elif kind == "to":
            code, _, target = rest.partition("/")
            self.reply(int(code), "moved\n", Location=f"/{target}")
        elif kind == "loop":
            self.reply(302, "", Location="/loop")
        elif kind == "slow":
            time.sleep(float(rest))
            self.reply(200, "late\n")
        elif kind == "shaky":
            noted.fails += 1
            status = 503 if noted.fails % 3 else 200
            self.reply(status, f"try {status}\n", **{"Retry-After": "1"} if rest == "after" else {})
        elif kind == "cookie":
            self.reply(302, "", Location="/", **{"Set-Cookie": "who=me; Path=/"})
        elif kind == "short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
        elif kind == "empty":
            self.close_connection = True
        else:
            self.reply(200, f"{self.command} {body.decode()}\n")

    def reply(self, status: int, text: str, **headers: str) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Type": "text/plain", **headers}.items():
            self.send_header(name, value)
        data = text.encode()
        self.send_header("Content-Length", str(len(data) if status != 204 else 0))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    noted = Server()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    servers[1].socket = context.wrap_socket(servers[1].socket, server_side=True)
    for each in servers:
        each.noted = noted  # type: ignore[attr-defined]
        threading.Thread(target=each.serve_forever, args=(0.01,), daemon=True).start()
    closed = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    noted.address, noted.secure, noted.closed = (f"127.0.0.1:{each.server_port}" for each in (*servers, closed))
    closed.server_close()
    yield noted
    for each in servers:
        each.shutdown()
        each.server_close()


@pytest.fixture
def real() -> Start:
    found = shutil.which("curl")
    assert found, "curl is not on PATH: `apt-get install curl` (see .ci/run)"

    def start(arguments: list[str], folder: Path) -> tuple[int, bytes, str]:
        # The tests' own environment must not lend a proxy.
        done = subprocess.run([found, *arguments], cwd=folder, capture_output=True, timeout=30, check=False,
                              stdin=subprocess.DEVNULL, env={"HOME": str(folder)})  # fmt: skip
        return done.returncode, done.stdout, done.stderr.decode()

    return start


Start = Callable[[list[str], Path], tuple[int, bytes, str]]
"""Runs a command line in a folder: exit code, output, and what is said on standard error."""


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Start:
    """In this process, which saves the start of an interpreter."""

    def start(arguments: list[str], folder: Path) -> tuple[int, bytes, str]:
        monkeypatch.chdir(folder)
        capfdbinary.readouterr()
        code = main(arguments)
        output, errors = capfdbinary.readouterr()
        return code, output, errors.decode()

    return start


@dataclass
class Run:
    """What one curl did."""

    code: int
    output: bytes
    words: list[str]
    seen: list[dict[str, Any]]
    files: dict[str, bytes]


def run(start: Start, line: list[str], server: Server, folder: Path) -> Run:
    folder.mkdir()
    (folder / "body.txt").write_text("one\r\ntwo & three\n")
    (folder / "headers.txt").write_text("X-From: file\n")
    (folder / "jar.txt").write_text("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tkept\tyes\n")
    server.seen, server.fails = [], 0
    names = {"S": server.address, "TLS": server.secure, "CLOSED": server.closed}
    arguments = [re.sub(r"\{(S|TLS|CLOSED)\}", lambda found: names[found[1]], word) for word in line]
    code, output, errors = start(arguments, folder)
    said = re.findall(r"curl: .*", errors)
    words = [re.sub(r"\d+ (ms|milliseconds)", r"N \1", text) for text in said]
    files = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.name not in ("body.txt", "jar.txt")
    }
    return Run(code, output, words, server.seen, files)


SAME = (
    # As they stand in hooks of public manifests.
    'curl -sd "test" http://{S}/token | grep', "-sS http://{S}/", "-sSf http://{S}/status/500", "-sf http://{S}/status/404",
    "--fail http://{S}/status/503", "-s -o /dev/null -w %{http_code} http://{S}/status/418", "-X POST http://{S}/",
    "-fsSL http://{S}/to/302/x", "-sSfk https://{TLS}/", "-k -s https://{TLS}/", "--fail-with-body -sS http://{S}/status/500",
    "-s -XPOST -H Content-Type:application/json -d {\"a\":1} http://{S}/", "-m 5 -s http://{S}/", "-sI http://{S}/",
    "-u user:pass -s http://{S}/", "-A agent/1 -s http://{S}/", "-b a=b -s http://{S}/", "-s -e http://from/ http://{S}/",
    "-G -s --data-urlencode q=a&b\u00a0c -d x=1 http://{S}/path?z=2", "--connect-timeout 2 --max-time 5 -s http://{S}/",
    "-s --retry 3 --retry-delay 0 --retry-connrefused http://{S}/", "--silent --show-error --fail http://{S}/status/400",
    # Data.
    "-s -d a=1 -d b=2 http://{S}/", "-s -d @body.txt http://{S}/", "-s --data-binary @body.txt http://{S}/",
    "-s --data-raw @body.txt http://{S}/", "-s --data-urlencode @body.txt http://{S}/", "-s --data-ascii x http://{S}/",
    "-s --data-urlencode name@body.txt http://{S}/", "-s --data-urlencode =a/b~c http://{S}/", "-s -d x -X PUT http://{S}/",
    "-s --data-urlencode a=b+c*d http://{S}/", "-s -d @missing http://{S}/", "-s --json {} http://{S}/", "-s -d= http://{S}/",
    "-s -G -I -d q=1 http://{S}/", "-s -G http://{S}/", "-s -X DELETE http://{S}/x",
    # Headers.
    "-s -H X-A:1 -H X-A:2 http://{S}/", "-s -H Host:other.example http://{S}/", "-s -H Accept: http://{S}/",
    "-s -H X-Empty; http://{S}/", "-s -H @headers.txt http://{S}/", "-s -H User-Agent: http://{S}/", "-s -H X-B: http://{S}/",
    "-s -H Content-Type: -d x http://{S}/", "-s -u user: http://{S}/", "-s http://u:p%40@{S}/", "-s --compressed http://{S}/",
    # Answers and their form.
    "-s -i http://{S}/status/404", "-s -I http://{S}/status/404", "-s -o out http://{S}/", "-s -O http://{S}/a/b.txt",
    "-s -D heads http://{S}/", "-s -L -i http://{S}/to/301/x", "-s -f -o out http://{S}/status/500", "-s http://{S}/status/204",
    "-s --create-dirs -o deep/out -w %{size_download} http://{S}/", "-s http://{S}/ http://{S}/status/500", "-sN http://{S}/",
    "-s -w %{http_code}\\n%{content_type}\\t%{num_redirects}|%{url_effective}|%{method}|%% -L http://{S}/to/302/x",
    "-s -w %{redirect_url}|%{response_code}|%{scheme}|%{remote_ip}|%{exitcode}|%{errormsg} http://{S}/to/302/x",
    "-s -o /dev/null -w %{http_code}|%{exitcode} http://{CLOSED}/", "-s -w %{nosuch} http://{S}/", "-s --url http://{S}/",
    # Redirections.
    "-s http://{S}/to/302/x", "-s -L -d x http://{S}/to/302/x", "-s -L -d x http://{S}/to/307/x",
    "-s -L -d x http://{S}/to/303/x", "-s -L -X PUT -d x http://{S}/to/302/x", "-s -L -X POST -d x http://{S}/to/301/x",
    "-sS -L --max-redirs 2 http://{S}/loop", "-s -L -b x=y http://{S}/cookie", "-s -L -c new http://{S}/cookie -o out",
    "-s -L -b jar.txt http://{S}/cookie", "-sfL http://{S}/to/302/status/500", "-s -L --max-redirs 0 http://{S}/to/302/x",
    # Failures.
    "-sS http://{CLOSED}/", "http://{CLOSED}/", "-s http://{CLOSED}/", "-sS http://nosuch.invalid/", "-sS http://",
    "-sS http://127.0.0.1:99999/", "-sS http://a:b:c/", "-sS -m 0.3 http://{S}/slow/2", "-sS ftpx://a",
    "-sS -k https://{S}/", "-sS https://{TLS}/", "-sS http://{S}/short", "-sS http://{S}/empty",
    "-sS -x http://{CLOSED} http://a.example/", "-sS -x http://nosuch.invalid http://a.example/",
    # Again.
    "-sSf --retry 2 http://{S}/shaky", "-sS --retry 1 -o out http://{S}/shaky/after", "-sS --retry 1 http://{S}/shaky",
    "-sS --retry 1 --retry-connrefused --retry-delay 1 http://{CLOSED}/", "-sS --retry 1 http://{CLOSED}/",
    "-sS --retry 2 --retry-delay 1 --retry-all-errors http://{S}/shaky",
    # Proxies.
    "-s -x http://{S} http://a.example/x?y", "-s -x {S} -H Host:b.example http://a.example:81/x",
    "-s --noproxy 127.0.0.1 -x http://{CLOSED} http://{S}/", "-s --resolve a.example:80:127.0.0.1 -x http://{S} http://a.example/",
    # Command lines.
    "", "--nosuch", "-Q", "-m", "--max-time", "-m x http://{S}/", "-mx", "--max-time=3 http://{S}/", "-", "--",
    "--silent=1 http://{S}/", "--no-silent -sS http://{S}/", "--no-max-time 3 http://{S}/", "--fai http://{S}/",
    "--re http://{S}/", "--sil http://{S}/", "--connect-ti 3 -s http://{S}/", "-s -m5 http://{S}/", "-sm5 http://{S}/",
    "--fail-with-body -f http://{S}/", "-I -d x http://{S}/", "--retry x http://{S}/", "--retry -1 http://{S}/", "-s4 http://{S}/",
    "-sSXPOST http://{S}/", "-s -- http://{S}/", "-s http://{S}/ -f", "-so out http://{S}/",
)  # fmt: skip


@pytest.mark.parametrize("line", SAME)
def test_it_does_what_the_real_curl_does(line: str, server: Server, real: Start, ours: Start, tmp_path: Path) -> None:
    words = [word.replace("\u00a0", " ") for word in line.removeprefix("curl ").partition(" | ")[0].split(" ") if word]
    theirs = run(real, words, server, tmp_path / "real")
    mine = run(ours, words, server, tmp_path / "ours")
    assert mine.code == theirs.code, (mine, theirs)
    assert mine.output == theirs.output
    assert without_libraries(mine.words) == without_libraries(theirs.words)
    assert [asked(each) for each in mine.seen] == [asked(each) for each in theirs.seen]
    assert without_comments(mine.files) == without_comments(theirs.files)


def without_libraries(words: list[str]) -> list[str]:
    """TLS errors without what the library that found them calls them."""
    return [re.sub(r"(\(35\)) .*", r"\1", text) for text in words]


def asked(request: dict[str, Any]) -> dict[str, Any]:
    headers = [(name, value.removesuffix(", br, zstd")) for name, value in request["headers"]]
    return {**request, "headers": sorted(headers)}


def without_comments(files: dict[str, bytes]) -> dict[str, bytes]:
    """Cookie jars without their prefaces."""
    kept = {
        name: [line for line in data.splitlines() if line and not line.startswith(b"# ")]
        for name, data in files.items()
    }
    return {name: b"\n".join(lines) for name, lines in kept.items()}


def test_an_option_that_it_does_not_have_is_refused(server: Server, ours: Start, tmp_path: Path) -> None:
    done = run(ours, ["--form", "a=b", "http://{S}/"], server, tmp_path / "ours")
    assert (done.code, done.seen) == (2, [])
    assert done.words == ["curl: option --form: the installed libcurl version doesn't support this",
                          "curl: try 'curl --help' or 'curl --manual' for more information"]  # fmt: skip


def test_it_is_a_program_that_says_with_verbose_what_it_does(server: Server) -> None:
    done = subprocess.run(
        [*OURS, "-v", f"http://{server.address}/x"], capture_output=True, text=True, check=True, env={}
    )
    lines = done.stderr.splitlines()
    assert f"*   Trying {server.address}..." in lines
    assert "> GET /x HTTP/1.1" in lines
    assert "< HTTP/1.1 200 OK" in lines
    assert json.dumps(done.stdout) == json.dumps("GET \n")

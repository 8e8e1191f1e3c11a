"""The built-in hey: its flags, its targets, its report; and beside the real one over the same server."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from canarytui.sandbox.loadtester.hey.load import ForbiddenTarget, check_target, send
from canarytui.sandbox.loadtester.hey.options import parse
from canarytui.sandbox.loadtester.hey.report import report


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["code"]), text="x" * 10)

    app = web.Application()
    app.router.add_route("*", "/status/{code}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield f"http://127.0.0.1:{server.port}"


async def test_count_rate_and_statuses(address: str) -> None:
    results = await send(parse(["-n", "20", "-c", "2", f"{address}/status/500"]))
    assert results.statuses == {500: 20}
    assert results.sizes == 200
    timed = await send(parse(["-z", "500ms", "-q", "20", "-c", "2", f"{address}/status/200"]))
    assert 10 <= sum(timed.statuses.values()) <= 24


async def test_errors_are_counted_not_raised() -> None:
    results = await send(parse(["-n", "3", "-c", "1", "http://127.0.0.1:1/"]))
    assert sum(results.errors.values()) == 3
    assert 'Error distribution:\n  [3]\tGet "http://127.0.0.1:1/":' in report(results)


@pytest.mark.parametrize("url", ["http://example.com/", "http://10.0.0.1/", "http://[2001:db8::1]/"])
def test_only_this_machine_is_a_target(url: str) -> None:
    with pytest.raises(ForbiddenTarget, match=r"127\.0\.0\.0/8"):
        check_target(parse([url]))
    check_target(parse(["-x", "http://127.0.0.1:9", url]))


@pytest.mark.parametrize(
    "arguments",
    [["-n", "1", "-c", "2"], ["-c", "0"], ["-z", "soon"], ["-c", "100000"], ["-zz"], ["-D", "/no/such/file"]],
)
def test_flags_that_cannot_be_meant_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([*arguments, "http://127.0.0.1/"])
    assert "hey: error:" in capsys.readouterr().err


@pytest.mark.e2e
async def test_its_report_has_the_real_ones_form(address: str) -> None:
    real = shutil.which("hey")
    assert real, "hey is not on PATH: `apt-get install hey` (see .ci/run)"

    async def run(*command: str) -> list[str]:
        arguments = [*command, "-n", "30", "-c", "3", f"{address}/status/404"]
        done = await asyncio.to_thread(subprocess.run, arguments, capture_output=True, text=True, check=True)
        # Numbers, bars and the blank lines between sections differ from run to run.
        shape = [re.sub(r"[\d.]+", "#", line.split("|")[0]).rstrip() for line in done.stdout.splitlines()]
        return [line for line in shape if line and not line.startswith(("  DNS", "  req", "  resp", "Details", "  #%"))]

    ours = await run(sys.executable, "-m", "canarytui.sandbox.loadtester.hey")
    assert ours == await run(real)

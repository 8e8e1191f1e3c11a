"""``judge``, and what ``status``, ``describe`` and ``plan`` say of what was counted, from an API and a Prometheus."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from counted_requests import FEW, FINE, WORSE, canary, counted
from hostile_api import kubeconfig, serving

from canarytui.cli.main import main
from canarytui.console.demo_fixture import deployment_object
from canarytui.sandbox.prometheus.api import PrometheusApi


@contextmanager
def prometheus_of(sides: dict[str, tuple[float, float]]) -> Iterator[str]:
    """In a thread of its own, because the command has the main one for its signals."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = TestServer(PrometheusApi(counted(sides)).make_app())
        asyncio.run_coroutine_threadsafe(server.start_server(), loop).result(10)
        yield f"http://127.0.0.1:{server.port}"
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def command(tmp_path: Any, sides: dict[str, tuple[float, float]], *arguments: str) -> int:
    with serving(spoilt=0) as api, prometheus_of(sides) as address:
        api._items["canaries"] = [canary()]
        names = (("cart", "cart:2"), ("cart-primary", "cart:1"))
        api._items["deployments"] = [deployment_object("shop", name, image, 1, 1) for name, image in names]
        api._items["events"] = []
        (tmp_path / "kube").write_text(kubeconfig(api.port))
        return main([*arguments, "--kubeconfig", str(tmp_path / "kube"), "--prometheus", address])


@pytest.mark.parametrize(
    ("sides", "code", "verdict"), [(WORSE, 1, "worse"), (FINE, 0, "alike"), (FEW, 5, "too-few-requests")]
)
def test_judge_says_the_verdict_and_ends_by_it(
    tmp_path: Any, capsys: pytest.CaptureFixture[str], sides: dict[str, tuple[float, float]], code: int, verdict: str
) -> None:
    assert command(tmp_path, sides, "judge", "shop/cart", "-o", "json") == code
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == verdict
    assert len(said["slow"]) == 2
    assert said["cost"]["served"] > 0


def test_status_describe_and_plan_know_what_was_measured(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, WORSE, "status", "shop/cart") == 5
    assert "; worse than primary by " in capsys.readouterr().out
    assert command(tmp_path, WORSE, "describe", "shop/cart") == 0
    described = capsys.readouterr().out
    assert "Against primary:\n  worse than primary by " in described
    assert "  the canary served " in described
    assert " more than the primary would have failed; " in described
    assert command(tmp_path, WORSE, "plan", "shop/cart") == 0
    planned = capsys.readouterr().out
    assert "shop/cart: 100 requests/s, 0.111 % of the primary's fail (measured over 1m)" in planned


def test_get_has_the_verdict_among_its_wide_columns(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, WORSE, "get", "-n", "shop", "-o", "wide") == 0
    titles, row = capsys.readouterr().out.splitlines()
    assert row[titles.index("VERDICT") :].split()[0] == "worse"
    assert command(tmp_path, WORSE, "get", "-n", "shop", "-o", "wide", "--no-metrics") == 0
    titles, row = capsys.readouterr().out.splitlines()
    assert row[titles.index("VERDICT") :].split()[0] == "-"


@pytest.mark.parametrize("options", [(), ("cart", "--serve", ":1"), ("--serve", "host"), ("--serve", ":99999")])
def test_judge_refuses_what_makes_no_sense(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1

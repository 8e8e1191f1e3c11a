"""``canarytui doctor``: lines, JSON, exit codes, and the canaries that are chosen."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_api import HostileApi, kubeconfig, serving

from canarytui.cli.main import main
from canarytui.console.demo_fixture import canary_object, deployment_object


@pytest.fixture(scope="module")
def api() -> Iterator[HostileApi]:
    """Nothing but canaries and Deployments: everything else is missing."""
    with serving(spoilt=0) as served:
        cart, front = canary_object("shop", "cart", "Succeeded"), canary_object("web", "front", "Succeeded")
        cart["metadata"]["labels"] = {"team": "web"}
        served._items["canaries"] = [cart, front]
        served._items["deployments"] = [deployment_object("shop", "cart", "cart:1", 2, 2)]
        served._items["events"] = []
        yield served


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def doctor(port: int, tmp_path: Path, *arguments: str) -> int:
    (tmp_path / "kube").write_text(kubeconfig(port))
    return main(["doctor", *arguments, "--kubeconfig", str(tmp_path / "kube")])


def test_one_line_a_finding_and_a_sum(api: HostileApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(api.port, tmp_path, "shop/cart") == 1
    *lines, total = capsys.readouterr().out.splitlines()
    assert any(line.startswith("error shop service/cart-primary: Service cart-primary does not") for line in lines)
    assert all(line.endswith("]") for line in lines)
    assert total.startswith("1 canary examined: ")
    assert "front" not in "\n".join(lines)


def test_json_has_the_page_of_each_rule(api: HostileApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(api.port, tmp_path, "-l", "team=web", "-o", "json", "--fail-on", "never") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["canaries"] == 1
    pages = {each["rule"]: each["page"] for each in report["findings"]}
    assert pages["service-gone"] == "docs/findings/service-gone.md"
    worst = [each["severity"] for each in report["findings"]]
    assert worst == sorted(worst, key=["error", "warning", "note"].index)


def test_a_canary_that_is_not_there_is_a_usage_error(
    api: HostileApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(api.port, tmp_path, "nowhere") == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_server_that_is_away_has_an_exit_code_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert doctor(taken.getsockname()[1], tmp_path) == 4
    assert capsys.readouterr().out == ""

"""The controller's pod: the token of its own service account, and a kubeconfig only its owner reads."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from dataplane_rig import launch_of

from canarytui.sandbox.files import read_start
from canarytui.sandbox.node.runtimes import controller
from canarytui.sandbox.node.runtimes.controller import ControllerPlace, start_controller, with_token
from canarytui.sandbox.node.runtimes.process import ProcessInstance
from canarytui.sandbox.supervisor.kubeconfig import write_kubeconfig


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Tokens:
    """Issues tokens as the API server does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def create(self, path: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((path, request["kind"]))
        return {"status": {"token": "pods-token"}}


async def test_it_is_started_with_the_token_of_its_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_kubeconfig(tmp_path / "kubeconfig", "https://127.0.0.1:1", b"CA", {"kubelet": "ours", "admin": "more"})
    tokens, started = Tokens(), []

    async def start(
        launch: object, command: list[str], env: dict[str, str], folder: Path, ports: dict[int, Any]
    ) -> ProcessInstance:
        started.append((command, env, folder))
        for sock in ports.values():
            sock.close()
        return None  # type: ignore[return-value]

    monkeypatch.setattr(controller, "start_process", start)
    monkeypatch.setenv("SECRET_OF_OURS", "x")
    launch = launch_of("canarytui/controller:1", args=["-log-level=info"], ports=[{"containerPort": 8080}])
    await start_controller(launch, ControllerPlace(tokens, tmp_path / "kubeconfig", tmp_path / "pods"))  # type: ignore[arg-type]
    assert tokens.asked == [("/api/v1/namespaces/test/serviceaccounts/default/token", "TokenRequest")]
    ((command, env, folder),) = started
    assert command[1:5] == ["-m", "canarytui", "controller", "-log-level=info"]
    assert command[5].startswith("-port=")
    assert "SECRET_OF_OURS" not in env
    assert env["KUBECONFIG"] == str(folder / "kubeconfig")
    assert mode_of(folder / "kubeconfig") & 0o077 == 0
    config = yaml.safe_load(read_start(folder / "kubeconfig", 10_000))
    assert [user["user"]["token"] for user in config["users"]] == ["pods-token"]
    assert config["contexts"][0]["context"]["namespace"] == "test"
    assert config["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:1"


def test_only_the_current_contexts_cluster_is_passed_on() -> None:
    given = {
        "current-context": "b",
        "contexts": [{"name": name, "context": {"cluster": f"c{name}"}} for name in "ab"],
        "clusters": [{"name": f"c{name}"} for name in "ab"],
    }
    assert with_token(given, "t", "ns")["clusters"] == [{"name": "cb"}]


async def test_a_controller_without_its_token_does_not_start(tmp_path: Path) -> None:
    class Refusing:
        async def create(self, path: str, request: object) -> dict[str, Any]:
            await asyncio.sleep(0)
            raise OSError("no token")

    with pytest.raises(OSError, match="no token"):
        await start_controller(launch_of(), ControllerPlace(Refusing(), tmp_path / "k", tmp_path))  # type: ignore[arg-type]

"""What ``sandbox up`` announces: nothing to try that this sandbox does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.cli import sandbox
from canarytui.domain.sentences import command_sandbox as words
from canarytui.sandbox.manifests import FOLDER
from canarytui.sandbox.supervisor.sandbox import Addresses


def announced(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    addresses = Addresses("https://api", "http://gateway", "http://proxy", Path("/run/kubeconfig"), Path("/run/env"))
    sandbox._announce(addresses, sandbox.parser().parse_args(["up", *arguments]))
    return capsys.readouterr().out


def test_the_scenarios_host_is_named_only_with_the_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    host = words.TRY_ROUTE.text().removeprefix("curl http://").removesuffix("/")
    assert any(f"Host(`{host}`)" in path.read_text() for path in (FOLDER / "seed").glob("*.yaml"))
    seeded = announced(capsys, "--scenario", "seed", "--controller")
    assert words.TRY_ROUTE.text() in seeded
    assert words.KNOWS.text() in seeded
    assert words.OWN_CONTROLLER.text() in seeded
    empty = announced(capsys)
    assert host not in empty
    assert words.KNOWS_NAMES.text() in empty
    assert words.NO_CONTROLLER.text() in empty

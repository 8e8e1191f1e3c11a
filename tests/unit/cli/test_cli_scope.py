"""Where a command says that it has looked: what it was told to, or what the server let it read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_api import HostileApi, kubeconfig, serving

from canarytui.cli.main import main

OWN = "namespace test, the only one that was read (listing all is forbidden)"


@pytest.fixture(scope="module")
def api() -> Iterator[HostileApi]:
    with serving(spoilt=0) as served:
        served.answer = "own namespace only"
        yield served


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("get",), 0, f"No canaries found in {OWN}.\n"),
        (("get", "-n", "test"), 0, "No canaries found in namespace test.\n"),
        (("get", "-l", "app=web"), 0, f"No canaries found in {OWN} that match -l app=web.\n"),
        (("get", "nix"), 2, f"canarytui: There is no canary nix in {OWN}: `canarytui get` lists those there are.\n"),
        (("status", "nix"), 2, f"canarytui: There is no canary nix in {OWN}: `canarytui get` lists those there are.\n"),
        (("pause", "a", "b"), 2, f"canarytui: There are no canaries a, b in {OWN}: `canarytui get` lists"),
    ],
)
def test_an_absence_names_the_namespaces_that_were_read(
    api: HostileApi,
    arguments: tuple[str, ...],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "config"
    path.write_text(kubeconfig(api.port))
    assert main([*arguments, "--kubeconfig", str(path)]) == code
    assert capsys.readouterr().err.startswith(said)

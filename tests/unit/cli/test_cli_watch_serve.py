"""``canarytui watch --serve``: what it refuses before it listens, and what a window's process is started with."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from canarytui.cli import watch
from canarytui.console.web.server import WallServer
from canarytui.errors import ConfigError, UsageError

_KUBECONFIG = (
    "{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c}}],"
    " clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]}"
)


@pytest.mark.parametrize("given", [["--serve", "0.0.0.0:80"], ["--serve=example.com:80"]])
def test_only_loopback_is_listened_on(given: list[str]) -> None:
    with pytest.raises(UsageError, match="listens on loopback only"):
        watch.run(given)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'canarytui\[serve\]'"):
        watch.run(["--serve", "127.0.0.1:0"])


def test_a_kubeconfig_that_is_not_there_is_told_before_a_browser_comes(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        watch.run(["--serve", "127.0.0.1:0", "--kubeconfig", str(tmp_path / "nowhere")])


def test_a_context_that_is_not_there_is_told_before_a_browser_comes(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(_KUBECONFIG)
    with pytest.raises(ConfigError, match="has no context nowhere: choose from c"):
        watch.run(["--serve", "127.0.0.1:0", "--kubeconfig", str(kubeconfig), "--context", "nowhere"])


def test_a_windows_process_has_the_walls_options_but_serves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(_KUBECONFIG)
    started: list[tuple[str, ...]] = []

    async def serve(server: WallServer, ended: object) -> None:
        started.append(server._command)

    monkeypatch.setattr(WallServer, "serve", serve)
    monkeypatch.setattr(watch, "log_to_file", lambda: None)
    options = ["--kubeconfig", str(kubeconfig), "-n", "shop"]
    assert watch.run(["--serve", "127.0.0.1:0", *options]) == watch.run([*options, "--serve=127.0.0.1:0"]) == 0
    assert started == [(sys.executable, "-m", "canarytui", "watch", *options, "--served")] * 2

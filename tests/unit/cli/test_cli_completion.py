"""What may come next on a command line, and the scripts that ask for it in real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from canarytui.cli import candidates as module
from canarytui.cli.candidates import candidates
from canarytui.cli.commands import command_names
from canarytui.cli.completion import SCRIPTS

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: gone, cluster: {server: 'http://127.0.0.1:9'}}]
users: [{name: me, user: {}}]
contexts:
- {name: here, context: {cluster: gone, user: me}}
- {name: prod-eu, context: {cluster: gone, user: me}}
"""


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[module.TypedOptions]:
    """Canaries of a cluster; what was asked of it."""
    asked: list[module.TypedOptions] = []

    def answer(what: module.TypedOptions, resource: str) -> list[tuple[str, str]]:
        asked.append(what)
        if resource == "namespaces":
            return [("", "kube-system"), ("", "shop")]
        return [("shop", "cart"), ("test", "cart"), ("test", "podinfo"), ("test", "\x1b[2J")]

    monkeypatch.setattr(module, "_listed", answer)
    return asked


def test_every_command_is_offered() -> None:
    assert set(candidates([""])) == set(command_names())
    assert candidates(["st"]) == ["status"]
    assert candidates(["sandbox", ""]) == ["manifests", "up"]
    assert candidates(["sandbox", "up", "--exit"]) == ["--exit-with-parent"]
    assert candidates(["demo", "--provider", ""]) == ["gatewayapi", "nginx", "traefik"]
    assert candidates(["completion", "z"]) == ["zsh"]
    assert candidates(["drill", "li"]) == ["list"]


def test_options_and_their_values_are_offered(kubeconfig: Path) -> None:
    assert candidates(["get", "--no"]) == ["--no-headers", "--no-metrics"]
    assert candidates(["watch", "--serve"]) == ["--serve"], "what help does not list is not offered"
    assert candidates(["get", "-o", ""]) == ["json", "name", "wide", "yaml"]
    assert candidates(["get", "--watch", "-o", "j"]) == ["json"]
    assert candidates(["status", "--for", ""]) == ["finished", "promoted"]
    assert candidates(["get", "--sort-by", "pro"]) == ["problems"]
    assert candidates(["install", "--mesh-provider", "gatewayapi:v1"]) == ["gatewayapi:v1", "gatewayapi:v1beta1"]
    assert candidates(["controller", "--mesh-provider", "kum"]) == ["kuma"]
    assert candidates(["get", "--context", ""]) == ["here", "prod-eu"]
    assert "--context" in candidates(["--"])
    assert candidates(["--context", "p"]) == ["prod-eu"]


def test_canaries_are_offered_by_full_name_and_by_name_where_it_is_the_only_one(
    listed: list[module.TypedOptions],
) -> None:
    assert candidates(["status", ""]) == ["podinfo", "shop/cart", "test/cart", "test/podinfo"]
    assert candidates(["get", "-n", "test", "--watch", ""]) == ["cart", "podinfo"]
    assert listed[-1] == (None, None, "test")
    assert candidates(["describe", "--context=prod-eu", "--kubeconfig", "f", "test/p"]) == ["test/podinfo"]
    assert listed[-1] == ("f", "prod-eu", None)
    assert candidates(["get", "-n", ""]) == ["kube-system", "shop", "test"]


def test_names_that_a_terminal_would_obey_are_not_offered(listed: list[module.TypedOptions]) -> None:
    assert all(word.isprintable() for word in candidates(["get", ""]))


def test_nothing_is_said_when_anything_goes_wrong(kubeconfig: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for words in (["get", ""], ["get", "-n", ""], ["huh", ""], ["get", "--context"], ["--prometheus", ""], []):
        assert module.run(words) == 0
    kubeconfig.write_text("{{{")
    assert module.run(["get", "--context", ""]) == 0
    assert module.run(["get", ""]) == 0
    heard = capfd.readouterr()
    assert heard.err == ""
    assert set(heard.out.split()) <= {*command_names(), "--context"}


@pytest.fixture
def shell_env(tmp_path: Path, kubeconfig: Path) -> dict[str, str]:
    """Where ``canarytui`` is a command."""
    command = tmp_path / "bin" / "canarytui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m canarytui "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["canarytui", "st"], ["status"]),
        (["canarytui", "get", "--context", "pr"], ["prod-eu"]),
        (["canarytui", "get", "-o", ""], ["json", "name", "wide", "yaml"]),
    ],
)
def test_a_real_bash_completes(words: list[str], offered: list[str], shell_env: dict[str, str], tmp_path: Path) -> None:
    script = f"""
set -u
source <(canarytui completion bash)
complete -p canarytui >/dev/null || exit 9
COMP_WORDS=({" ".join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
_canarytui canarytui "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        ["bash", "-c", script], env=shell_env, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout.split(), done.stderr, done.returncode) == (offered, "", 0)


def test_a_real_bash_completes_files_after_kubeconfig(shell_env: dict[str, str], tmp_path: Path) -> None:
    script = f"""
source <(canarytui completion bash)
COMP_WORDS=(canarytui get --kubeconfig {tmp_path}/kube); COMP_CWORD=3
_canarytui
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        ["bash", "-c", script], env=shell_env, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout.split() == [f"{tmp_path}/kubeconfig"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_accept_their_scripts(shell: str) -> None:
    if shutil.which(shell) is None and not os.environ.get("CI"):
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n"], input=SCRIPTS[shell], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")

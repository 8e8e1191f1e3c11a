"""A context or a kubeconfig that there is not, and a URL that is none, end every command with one exit code, and one
sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from canarytui.arguments import Parser
from canarytui.cli.commands import COMMANDS, CONSOLE
from canarytui.cli.main import main
from canarytui.exit_codes import ExitCode

ARGUMENTS: dict[str, list[str]] = {
    "": [],
    "get": [], "describe": ["a"], "events": [], "status": ["a"], "judge": ["a"], "plan": ["a"], "doctor": [],
    "backtest": ["a"], "undo": [], "watch": [], "controller": [], "migrate": ["--to", "gatewayapi", "a"],
    "drill predict": ["a", "--fault", "errors-500"], "drill start": ["a", "--fault", "errors-500", "-y"],
    "drill run": ["seed-rollback"], "gate": ["status", "a"], "trigger": ["a", "--image", "b"], "skip": ["a", "20"],
}  # fmt: skip
"""What else a command needs; actions need a name."""

CONFIG = {
    "apiVersion": "v1", "kind": "Config", "current-context": "c", "users": [{"name": "me", "user": {}}],
    "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
    "contexts": [{"name": "c", "context": {"cluster": "c", "user": "me"}}],
}  # fmt: skip


def that_take(option: str) -> Iterator[str]:
    """Every command, and command below one, that takes the option."""

    def below(name: str, parser: Parser) -> Iterator[str]:
        if any(option in action.option_strings for action in parser.declared):
            yield name
        for word, part in parser.commands.items():
            assert isinstance(part, Parser)
            yield from below(f"{name} {word}".strip(), part)

    for command in (CONSOLE, *(each for each in COMMANDS if not each.hidden)):
        for name in command.names:
            parser = command.parser(name)
            assert isinstance(parser, Parser)
            yield from below(name, parser)


@pytest.mark.parametrize("name", that_take("--context"))
def test_every_command_ends_alike(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text(yaml.safe_dump(CONFIG))
    bad.write_text("{{{")
    monkeypatch.setenv("KUBECONFIG", str(good))
    for wrong, said in (
        (["--context", "nope"], "nope"),
        (["--kubeconfig", str(tmp_path / "missing")], "missing"),
        (["--kubeconfig", str(bad)], "not valid YAML"),
    ):
        code = main([*name.split(), *ARGUMENTS.get(name, ["a"]), *wrong])
        error = capsys.readouterr().err
        assert code == ExitCode.USAGE, (wrong, error)
        assert said in error or "needs a terminal" in error, error
        assert error.count("\n") == 1


@pytest.mark.parametrize("name", that_take("--prometheus"))
@pytest.mark.parametrize("url", ["ftp://x", "prometheus:9090", "http://", "http://x:99999"])
def test_another_scheme_is_no_prometheus(name: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), *ARGUMENTS.get(name, ["a"]), "--prometheus", url])
    assert ended.value.code == ExitCode.USAGE
    assert "is no http or https URL with a host" in capsys.readouterr().err

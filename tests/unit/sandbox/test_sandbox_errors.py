"""The sandbox's errors: sentences, and the exit codes that the command line ends with."""

from __future__ import annotations

import pytest

from canarytui.cli import demo
from canarytui.cli import main as command
from canarytui.sandbox import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UnusableOption("No temporary folder."), 2),
        (errors.PortInUse("127.0.0.1:80 is in use."), 1),
        (errors.UnusableConfig("x is no kubeconfig."), 1),
        (errors.ServerUnreachable("No answer."), 1),
        (errors.RequestRefused(404, "NotFound", "pods x not found"), 1),
    ],
)
def test_an_error_of_the_sandbox_is_one_sentence_and_its_exit_code(
    error: errors.SandboxError, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(arguments: object) -> int:
        raise error

    monkeypatch.setattr(demo, "run", failing)
    assert command.main(["demo"]) == code
    assert capsys.readouterr().err == f"canarytui: {error}\n"


def test_a_refusal_has_the_servers_reason() -> None:
    refused = errors.RequestRefused(409, "Conflict", "changed meanwhile")
    assert (refused.code, refused.reason, str(refused)) == (409, "Conflict", "changed meanwhile")

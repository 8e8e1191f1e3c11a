"""``canarytui watch``: what is refused before the wall opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_api import kubeconfig

from canarytui.cli.main import main
from canarytui.cli.watch import parser


@pytest.mark.parametrize(
    ("given", "seconds"), [("10s", 10.0), ("1m", 60.0), ("2", 2.0), ("2.5", 2.5), ("24h", 86400.0)]
)
def test_how_long_a_page_stays(given: str, seconds: float) -> None:
    assert parser().parse_args(["--rotate", given]).rotate == seconds


@pytest.mark.parametrize("given", ["1s", "0", "-5", "25h", "soon", "٣", ""])
def test_a_time_that_nobody_can_mean_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([f"--rotate={given}"])
    assert ended.value.code == 2
    assert "--rotate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"), [(["-l", "app in"], "app in"), ([], "needs a terminal")], ids=["selector", "terminal"]
)
def test_what_is_wrong_is_said_before_anything_opens(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "kube").write_text(kubeconfig(9))
    assert main(["watch", *arguments, "--kubeconfig", str(tmp_path / "kube")]) == 2
    assert said in capsys.readouterr().err

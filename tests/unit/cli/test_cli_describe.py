"""``canarytui describe``: everything about one canary or several, from a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_api import HostileApi, kubeconfig, serving

from canarytui.cli.main import main
from canarytui.console.demo_fixture import canary_object, deployment_object


@pytest.fixture(scope="module")
def api() -> Iterator[HostileApi]:
    with serving(spoilt=0) as served:
        served._items["canaries"] = [
            canary_object("shop", "cart", "Progressing", weight=20, failed=2),
            canary_object("shop", "front", "Succeeded"),
        ]
        images = {"cart": "cart:4.0.7", "cart-primary": "cart:4.0.6", "front": "front:2", "front-primary": "front:2"}
        served._items["deployments"] = [deployment_object("shop", name, image, 2, 2) for name, image in images.items()]
        served._items["events"] = []
        yield served


def described(api: HostileApi, tmp_path: Path, *arguments: str) -> int:
    (tmp_path / "kube").write_text(kubeconfig(api.port))
    return main(["describe", *arguments, "--kubeconfig", str(tmp_path / "kube")])


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_a_canary_is_described_from_its_versions_to_its_checks(
    api: HostileApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert described(api, tmp_path, "cart") == 0
    text = capsys.readouterr().out
    for said in ("Name:           cart", "Progressing", "4.0.6", "4.0.7", "request-success-rate", "Timeline:"):
        assert said in text, said
    assert "front" not in text


def test_several_are_told_apart_in_the_order_given(
    api: HostileApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert described(api, tmp_path, "shop/front", "cart") == 0
    text = capsys.readouterr().out
    names = [line.split()[1] for line in text.splitlines() if line.startswith("Name:")]
    assert names == ["front", "cart"]
    assert "\n\nName:           cart\n" in text, "a blank line between them"


def test_one_that_is_not_there_is_a_usage_error(
    api: HostileApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert described(api, tmp_path, "cart", "nowhere") == 2
    assert "nowhere" in capsys.readouterr().err

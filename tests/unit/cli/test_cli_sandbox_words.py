"""What ``sandbox up`` announces: nothing to try that this sandbox does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.cli import demo, sandbox
from canarytui.domain.sentences import command_sandbox as words
from canarytui.sandbox.manifests import PROVIDERS, seed_scenario
from canarytui.sandbox.supervisor.sandbox import Addresses


def announced(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    addresses = Addresses("https://api", "http://gateway", "http://proxy", Path("/run/kubeconfig"), Path("/run/env"))
    sandbox._announce(addresses, sandbox.parser().parse_args(["up", *arguments]))
    return capsys.readouterr().out


def test_the_providers_are_those_of_the_manifests() -> None:
    assert sandbox.PROVIDERS == PROVIDERS


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_demo_passes_the_provider_on(provider: str) -> None:
    command = demo._command(demo.parser().parse_args(["--provider", provider]), Path("/k"))
    assert command[command.index("--provider") + 1] == provider
    assert sandbox.parser().parse_args(command[command.index("up") :]).provider == provider


def test_the_scenarios_host_is_named_only_with_the_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    host = words.TRY_ROUTE.text().removeprefix("curl http://").removesuffix("/")
    for provider in PROVIDERS:
        kinds = ("IngressRoute", "Ingress", "Canary")
        assert any(host in str(each["spec"]) for each in seed_scenario(provider) if each["kind"] in kinds)
    seeded = announced(capsys, "--scenario", "seed", "--controller")
    assert words.TRY_ROUTE.text() in seeded
    assert words.KNOWS.text() in seeded
    assert words.OWN_CONTROLLER.text() in seeded
    empty = announced(capsys)
    assert host not in empty
    assert words.KNOWS_NAMES.text() in empty
    assert words.NO_CONTROLLER.text() in empty

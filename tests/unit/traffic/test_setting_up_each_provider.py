"""Setting up the controller for each provider: what `install --print` prints, what completion offers, and what is said
of a cluster that lacks the provider's definitions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from economy_rig import Rig
from provider_expositions import measured_canary

from canarytui.cli import controller, main
from canarytui.cli.candidates import candidates
from canarytui.engine.decide.tick import Tick
from canarytui.engine.install.rights import cluster_rules, rules
from canarytui.engine.routers.providers import provider_names, record_named
from canarytui.engine.runtime.required_kinds import kinds_of, refusal

EACH = pytest.mark.parametrize("name", provider_names())
DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"


@EACH
def test_install_prints_its_rights_and_its_flag(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["install", "--print", "--mesh-provider", name]) == 0
    printed = [each for each in yaml.safe_load_all(capsys.readouterr().out) if each]
    [role] = [each for each in printed if each["kind"] == "ClusterRole"]
    assert role["rules"] == rules([name])
    record = record_named(name)
    assert record is not None
    granted = {(rule["apiGroups"][0], resource) for rule in role["rules"] for resource in rule["resources"]}
    assert {(each.resource.group, each.resource.plural) for each in record.objects} <= granted
    [deployment] = [each for each in printed if each["kind"] == "Deployment"]
    arguments = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    assert controller.parser().parse_args(arguments).mesh_provider == name


@EACH
def test_in_one_namespace_it_has_no_right_outside_but_to_what_has_no_namespace(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["install", "--print", "--watch-namespace", "shop", "--mesh-provider", name]) == 0
    printed = [each for each in yaml.safe_load_all(capsys.readouterr().out) if each]
    outside = [rule for each in printed if each["kind"] == "ClusterRole" for rule in each["rules"]]
    assert outside == cluster_rules([name])
    record = record_named(name)
    assert record is not None
    without = {each.resource.plural for each in record.objects if not each.resource.namespaced}
    assert {resource for rule in outside for resource in rule["resources"]} == without


@EACH
def test_completion_offers_it(name: str) -> None:
    for command in ("install", "controller"):
        assert name in candidates([command, "--mesh-provider", name])
        assert name in candidates([command, "--mesh-provider", name[:3]])


async def test_a_definition_that_is_missing_is_a_sentence_with_the_remedy(tmp_path: Path) -> None:
    """Of every provider, on an API server that has Flagger's definitions only."""
    rig = Rig(tmp_path)
    await rig.start()
    try:
        for definition in rig.live.api.list(rig.live.rt(DEFINITIONS), None).items:
            if definition["spec"]["group"] != "flagger.app":
                rig.live.api.delete(rig.live.rt(DEFINITIONS), None, definition["metadata"]["name"])
        await rig.begin()
        said = {}
        for name in provider_names():
            record = record_named(name)
            assert record is not None
            tick = Tick(measured_canary(name), rig.cluster_view, rig.settings, datetime.now(UTC))
            rig.cluster_view.follow(kinds_of(tick))
            errors = await rig.cluster_view.settle(kinds_of(tick))
            defined = {each.resource.full_name for each in record.objects if each.resource.group != "networking.k8s.io"}
            assert errors.keys() == defined, "an Ingress is Kubernetes' own"
            said[name] = [refusal(tick, missing, error) for missing, error in errors.items()]
            for missing, sentence in zip(errors, said[name], strict=True):
                assert sentence == (
                    f"canary cart.shop waits, because {missing} cannot be listed (the server could not find the "
                    f"requested resource): install the CustomResourceDefinition {missing}, or change what the canary "
                    "asks for"
                )
        assert {name for name, sentences in said.items() if not sentences} == {"kubernetes", "nginx", "skipper"}
    finally:
        await rig.stop()

"""The printed YAML; that it works, and needs no less, is for tests/e2e/test_controller_process.py."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from canarytui.cli import controller, install, main
from canarytui.errors import UsageError


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main.main(["install", "--print", *arguments]) == 0
    text = capsys.readouterr().out
    assert "&id" not in text
    return [each for each in yaml.safe_load_all(text) if each]


def of(objects: list[dict[str, Any]], kind: str, name: str = "canarytui") -> dict[str, Any]:
    [found] = [each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def test_prints_all_it_takes_to_run_in_a_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    made = printed(capsys)
    assert [each["kind"] for each in made] == [
        "Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Deployment",
        "Service",
    ]  # fmt: skip
    pod = of(made, "Deployment")["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert pod["serviceAccountName"] == of(made, "ServiceAccount")["metadata"]["name"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert container["livenessProbe"]["httpGet"] == container["readinessProbe"]["httpGet"]
    assert container["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    labels = of(made, "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert (
        of(made, "Service")["spec"]["selector"] == labels == of(made, "Deployment")["spec"]["selector"]["matchLabels"]
    )


def test_its_flags_are_the_controllers(capsys: pytest.CaptureFixture[str]) -> None:
    made = printed(
        capsys, "--namespace", "ops", "--mesh-provider", "nginx,traefik", "--image", "corp/canarytui:7", "--replicas=2",
        "--metrics-server", "http://prom.monitoring:9090",
    )  # fmt: skip
    assert {each["metadata"].get("namespace", "ops") for each in made} == {"ops"}
    deployment = of(made, "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert (deployment["spec"]["replicas"], container["image"]) == (2, "corp/canarytui:7")
    options = controller.parser().parse_args(container["args"])
    assert (options.mesh_provider, options.metrics_server) == ("nginx", "http://prom.monitoring:9090")
    assert (options.enable_leader_election, options.leader_election_namespace) == (True, "ops")
    resources = {name for rule in of(made, "ClusterRole")["rules"] for name in rule["resources"]}
    assert {"ingresses", "traefikservices"} <= resources
    assert "virtualservices" not in resources


def test_one_namespace_needs_no_right_outside_it(capsys: pytest.CaptureFixture[str]) -> None:
    made = printed(capsys, "--watch-namespace", "shop")
    assert not [each for each in made if each["kind"].startswith("Cluster")]
    for name in ("canarytui", "canarytui-leader-election"):
        for kind in ("Role", "RoleBinding"):
            assert of(made, kind, name)["metadata"]["namespace"] == "shop"
        assert of(made, "RoleBinding", name)["subjects"][0]["namespace"] == "canarytui-system"
    arguments = of(made, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
    assert "-namespace=shop" in arguments


def test_routing_objects_without_a_namespace_need_a_role_of_the_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    made = printed(capsys, "--watch-namespace", "shop", "--mesh-provider", "kuma,linkerd")
    [role] = [each for each in made if each["kind"] == "ClusterRole"]
    assert role["metadata"]["name"] == "canarytui-shop"
    assert [(rule["resources"], "delete" in rule["verbs"]) for rule in role["rules"]] == [(["trafficroutes"], True)]
    assert of(made, "ClusterRoleBinding", "canarytui-shop")["roleRef"]["name"] == "canarytui-shop"
    rules = of(made, "Role", "canarytui")["rules"]
    assert [rule for rule in rules if "trafficroutes" in rule["resources"]] == []
    assert [rule for rule in rules if "trafficsplits" in rule["resources"]] != []


EXTERNAL_METRICS = {"apiGroups": ["external.metrics.k8s.io"], "resources": ["*"], "verbs": ["list"]}
"""Its resources are called as the metrics are: nobody can list them beforehand."""
ANALYSES = {"apiGroups": ["metrics.keptn.sh"], "resources": ["analyses"], "verbs": ["create", "get", "delete"]}
"""Those that the controller has made itself."""


def test_no_rule_is_wider_than_a_list_of_names(capsys: pytest.CaptureFixture[str]) -> None:
    rules = [rule for each in printed(capsys) if each["kind"].endswith("Role") for rule in each["rules"]]
    for known in (EXTERNAL_METRICS, ANALYSES):
        rules.remove(known)
    for rule in rules:
        assert "*" not in (*rule["apiGroups"], *rule["resources"], *rule["verbs"])
        assert "delete" not in rule["verbs"]


def test_the_definitions_come_along_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    names = [each["metadata"]["name"] for each in printed(capsys, "--crds")]
    assert names[:3] == ["alertproviders.flagger.app", "canaries.flagger.app", "metrictemplates.flagger.app"]
    assert main.main(["install", "--print"]) == 0
    assert re.search("^# .*CustomResourceDefinitions .* are not in here", capsys.readouterr().out, re.M)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "--print"),
        (["--print", "--mesh-provider=nosuch"], "nosuch"),
        (["--print", "--namespace=No_Name"], "--namespace"),
        (["--print", "--watch-namespace=a/b"], "--watch-namespace"),
        (["--print", "--mesh-provider=,"], "--mesh-provider ',' names no provider"),
        (["--print", "--replicas=-1"], "--replicas -1 is too low"),
        (["--print", "--image=../../etc"], "--image .* is not an image reference"),
        (["--print", "--image=--output=x"], "--image .* is not an image reference"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        install.run(arguments)

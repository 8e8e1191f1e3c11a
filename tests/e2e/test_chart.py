"""The Helm chart, rendered by the genuine helm: it installs what ``canarytui install`` prints, and nothing wider."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_process import SandboxProcess

from canarytui import __version__
from canarytui.cli import main
from canarytui.engine.install.rights import rules_by_provider
from canarytui.engine.routers.providers import provider_names

Object = dict[str, Any]
Permission = tuple[str, str, str, str]
CHART = Path(__file__).parents[2] / "charts" / "canarytui"
NAMESPACE = "canarytui-system"
REFUSED = [
    ({"replicas": "two"}, "replicas"),
    ({"replicas": -1}, "replicas"),
    ({"meshProviders": []}, "meshProviders"),
    ({"metricsServer": "prometheus:9090"}, "metricsServer"),
    ({"metricsServer": "http://prometheus: 9090"}, "metricsServer"),
    ({"logLevel": "loud"}, "logLevel"),
    ({"image": {"pullPolicy": "Sometimes"}}, "pullPolicy"),
    ({"watchNamespace": "No_Name"}, "watchNamespace"),
    ({"alertLink": "look.corp/{{ name }}"}, "alertLink"),
    ({"extraArgs": [5]}, "extraArgs"),
    ({"watchNamespaces": "shop"}, "watchNamespaces"),
]


def helm(*arguments: str, values: Object | None = None) -> subprocess.CompletedProcess[str]:
    """One call of helm, with values as a file would give them."""
    program = shutil.which("helm")
    assert program, "helm is not on PATH: .ci/kubectl gets it"
    command = [program, *arguments, *(["--values", "-"] if values else [])]
    text = json.dumps(values) if values else ""
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=30, check=False)


def template(values: Object | None = None, namespace: str = NAMESPACE) -> str:
    """The objects that the chart installs, as YAML."""
    done = helm("template", "canarytui", str(CHART), "--namespace", namespace, values=values)
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_name(text: str) -> dict[tuple[str, str, str], Object]:
    """Objects by kind, namespace and name; each only once."""
    objects = [each for each in yaml.safe_load_all(text) if each]
    named = {(each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]): each for each in objects}
    assert len(named) == len(objects)
    return named


def permissions(rules: Iterable[Object]) -> set[Permission]:
    """(group, resource, verb, name or ""), whatever rules they are written as."""
    return {
        (group, resource, verb, name)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        for name in rule.get("resourceNames", [""])
    }


def without_pull_policy(deployment: Object) -> Object:
    """A Deployment as `install` prints it: the chart also lets one choose when the image is pulled."""
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert container.pop("imagePullPolicy") == "IfNotPresent"
    return deployment


@pytest.mark.parametrize(
    ("flags", "values", "namespace"),
    [
        pytest.param([], {}, NAMESPACE, id="defaults"),
        pytest.param(["--watch-namespace=shop"], {"watchNamespace": "shop"}, NAMESPACE, id="one namespace"),
        pytest.param(
            ["--replicas=3", "--mesh-provider=istio,nginx", "--metrics-server=https://prom.monitoring:9090/eu"],
            {"replicas": 3, "meshProviders": ["istio", "nginx"], "metricsServer": "https://prom.monitoring:9090/eu"},
            "ops",
            id="three replicas, two providers",
        ),
        pytest.param(
            ["--image=registry.corp:5000/canarytui:7", "--mesh-provider=kubernetes", "--watch-namespace=ops"],
            {
                "image": {"repository": "registry.corp:5000/canarytui", "tag": "7"},
                "meshProviders": ["kubernetes"],
                "watchNamespace": "ops",
            },
            "ops",
            id="another image, no routing objects",
        ),
        pytest.param(
            ["--cluster-name=prod eu", "--alert-link=https://look.corp/{{ namespace }}?c={{ name }}"],
            {"clusterName": "prod eu", "alertLink": "https://look.corp/{{ namespace }}?c={{ name }}"},
            NAMESPACE,
            id="what alerts name",
        ),
        pytest.param(
            [f"--mesh-provider={','.join(provider_names())}"],
            {"meshProviders": list(provider_names())},
            NAMESPACE,
            id="all providers",
        ),
        pytest.param(
            ["--mesh-provider=kuma,smi:v1alpha1:istio,traefik", "--watch-namespace=shop"],
            {"meshProviders": ["kuma", "smi:v1alpha1:istio", "traefik"], "watchNamespace": "shop"},
            NAMESPACE,
            id="one namespace, routing objects without one, a mesh behind the name",
        ),
        *(
            pytest.param([f"--mesh-provider={name}"], {"meshProviders": [name]}, NAMESPACE, id=name)
            for name in provider_names()
        ),
    ],
)
def test_it_installs_what_canarytui_install_prints(
    flags: list[str], values: Object, namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["install", "--print", f"--namespace={namespace}", *flags]) == 0
    printed = by_name(capsys.readouterr().out)
    rendered = by_name(template(values, namespace))

    del printed["Namespace", "", namespace]  # helm's own: --create-namespace
    assert set(rendered) == set(printed)
    for name, obj in printed.items():
        mine, theirs = rendered[name], obj
        if "rules" in theirs:
            assert permissions(mine.pop("rules")) == permissions(theirs.pop("rules")), name
        if name[0] == "Deployment":
            mine = without_pull_policy(mine)
        assert mine == theirs, name


def test_the_charts_rules_are_those_of_the_controller() -> None:
    kept = yaml.safe_load((CHART / "files" / "rules.yaml").read_text())
    assert kept == rules_by_provider(), "run .ci/chart-rules"


def test_its_version_is_that_of_canarytui() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (__version__, __version__)


@pytest.mark.parametrize(
    "values", [{}, {"podDisruptionBudget": {"enabled": True}, "serviceMonitor": {"enabled": True}}]
)
def test_helm_lint_has_no_complaint(values: Object) -> None:
    done = helm("lint", str(CHART), "--strict", values=values)
    assert done.returncode == 0, done.stdout
    assert "1 chart(s) linted, 0 chart(s) failed" in done.stdout
    assert "[WARNING]" not in done.stdout


def test_what_only_the_chart_can_set_is_rendered() -> None:
    rendered = by_name(
        template(
            {
                "extraArgs": ["-strict-flagger", "-slack-channel=a: b # c"],
                "env": [{"name": "SLACK_URL", "valueFrom": {"secretKeyRef": {"name": "slack", "key": "url"}}}],
                "imagePullSecrets": [{"name": "registry"}],
                "nodeSelector": {"kubernetes.io/os": "linux"},
                "tolerations": [{"key": "spot", "operator": "Exists"}],
                "affinity": {"nodeAffinity": {}},
                "podAnnotations": {"team": "delivery"},
                "replicas": 2,
                "podDisruptionBudget": {"enabled": True, "minAvailable": "50%"},
                "serviceMonitor": {"enabled": True, "interval": "15s", "labels": {"release": "prometheus"}},
            }
        )
    )
    deployment = rendered["Deployment", NAMESPACE, "canarytui"]
    template_ = deployment["spec"]["template"]
    pod, [container] = template_["spec"], template_["spec"]["containers"]
    assert container["args"][-2:] == ["-strict-flagger", "-slack-channel=a: b # c"]
    assert container["env"][0]["valueFrom"]["secretKeyRef"] == {"name": "slack", "key": "url"}
    assert pod["imagePullSecrets"] == [{"name": "registry"}]
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert (pod["tolerations"], pod["affinity"]) == ([{"key": "spot", "operator": "Exists"}], {"nodeAffinity": {}})
    assert template_["metadata"]["annotations"] == {
        "prometheus.io/scrape": "true", "prometheus.io/port": "8080", "team": "delivery",
    }  # fmt: skip

    labels = template_["metadata"]["labels"]
    budget = rendered["PodDisruptionBudget", NAMESPACE, "canarytui"]["spec"]
    assert budget == {"minAvailable": "50%", "selector": {"matchLabels": labels}}
    monitor = rendered["ServiceMonitor", NAMESPACE, "canarytui"]
    assert monitor["metadata"]["labels"] == {**labels, "release": "prometheus"}
    assert monitor["spec"]["endpoints"] == [{"port": "http", "path": "/metrics", "interval": "15s"}]
    service = rendered["Service", NAMESPACE, "canarytui"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()


@pytest.mark.parametrize(("values", "named"), REFUSED)
def test_wrong_values_are_refused_by_name(values: Object, named: str) -> None:
    done = helm("template", "canarytui", str(CHART), values=values)
    assert done.returncode != 0
    assert "values don't meet the specifications of the schema" in done.stderr
    assert named in done.stderr


def test_a_provider_without_a_router_is_refused_and_the_others_are_listed() -> None:
    done = helm("template", "canarytui", str(CHART), values={"meshProviders": ["traefik", "nosuch"]})
    assert done.returncode != 0
    assert f"nosuch has no router in this controller; it has {', '.join(sorted(provider_names()))}" in done.stderr


@pytest.mark.parametrize(("values", "whose"), [({}, "all namespaces"), ({"watchNamespace": "shop"}, "namespace shop")])
def test_its_notes_say_whose_canaries_and_bring_no_second_controller(values: Object, whose: str) -> None:
    done = helm("install", "canarytui", str(CHART), "--dry-run=client", "--namespace", "ops", values=values)
    assert done.returncode == 0, done.stderr
    notes = done.stdout.partition("NOTES:\n")[2]
    assert f"controls the canaries of {whose}.\n" in notes
    assert "kubectl -n ops rollout status deployment/canarytui" in notes
    assert 'in "$(canarytui sandbox manifests)"/crds/flagger-*.yaml; do kubectl apply -f' in notes
    assert "install --print" not in notes


def test_a_cluster_takes_the_objects(start_sandbox: Callable[..., SandboxProcess], tmp_path: Path) -> None:
    sandbox = start_sandbox()
    sandbox.run(f"kubectl create namespace {NAMESPACE}; kubectl create namespace shop")

    def apply(name: str, how: str, values: Object) -> subprocess.CompletedProcess[str]:
        path = tmp_path / f"{name}.yaml"
        path.write_text(template(values))
        return sandbox.attempt(f"kubectl apply {how} -f {path}")

    for values in (
        {"podDisruptionBudget": {"enabled": True}},
        {"watchNamespace": "shop", "meshProviders": ["istio", "nginx"]},
    ):
        count = len(by_name(template(values)))
        for how in ("", "--server-side --force-conflicts"):
            done = apply("plain", how, values)
            assert done.returncode == 0, done.stderr
            assert len(done.stdout.splitlines()) == count
            assert done.stderr == ""
    assert sandbox.get(f"-n {NAMESPACE} deployment/canarytui")["spec"]["replicas"] == 1
    assert sandbox.get(f"-n {NAMESPACE} poddisruptionbudget/canarytui")["spec"]["minAvailable"] == 1
    granted = sandbox.get("clusterrole/canarytui")["rules"]
    assert permissions(granted) == permissions(by_name(template())["ClusterRole", "", "canarytui"]["rules"])

    # The sandbox has no Prometheus operator: kubectl names the kind, and the other objects are applied.
    done = apply("monitored", "", {"serviceMonitor": {"enabled": True}})
    assert done.returncode == 1
    assert 'no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"' in done.stderr
    assert "ensure CRDs are installed first" in done.stderr
    assert "service/canarytui unchanged" in done.stdout

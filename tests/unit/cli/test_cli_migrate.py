"""``canarytui migrate``: files and clusters, what it prints, that it only reads, and its exit codes."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from live_api import LiveApi

from canarytui.cli.candidates import candidates
from canarytui.cli.main import main

CANARY = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: podinfo, namespace: test}
spec:
  provider: nginx
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: podinfo}
  ingressRef: {apiVersion: networking.k8s.io/v1, kind: Ingress, name: podinfo}
  service: {port: 80, targetPort: 9898}
  analysis: {interval: 10s, threshold: 3, stepWeight: 10, maxWeight: 50}
"""
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: podinfo
  namespace: test
  annotations: {nginx.ingress.kubernetes.io/server-snippet: "a\\n---\\nkind: Evil\\e[2J"}
spec:
  rules:
    - host: app.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: podinfo, port: {number: 80}}}}]}
"""
GATEWAY = """
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: other}
spec:
  gatewayClassName: any
  listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}]
"""


def written(path: Path, *texts: str) -> str:
    path.write_text("\n---\n".join(texts))
    return str(path)


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canary = written(tmp_path / "canary.yaml", CANARY)
    rest = written(tmp_path / "rest.yaml", INGRESS, GATEWAY)
    assert main(["migrate", "--to", "gatewayapi", "-f", canary, "-f", rest]) == 0
    out = capsys.readouterr().out
    (printed,) = [each for each in yaml.safe_load_all(out) if each]
    assert printed["spec"]["service"]["gatewayRefs"] == [{"name": "web", "namespace": "other"}]
    head, _, _ = out.partition("\n---\n")
    assert all(line.startswith("#") for line in head.splitlines()), "no text of an object leaves its comment"
    assert "server-snippet" in head
    assert "\x1b" not in out


def test_standard_input_and_the_parts_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": list(map(yaml.safe_load, (CANARY, INGRESS)))})
    for output, begins in (("manifests", "---\n"), ("runbook", "Canary podinfo in namespace test: ingress-nginx")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(listed.encode())))
        assert main(["migrate", "--to", "gatewayapi", "-f", "-", "-o", output, "--gateway", "infra/web/https"]) == 0
        out = capsys.readouterr().out
        assert out.startswith(begins)
        assert ("RUNBOOK" in out) == (output == "runbook")
        assert ("sectionName: https" in out) == (output == "manifests")


@pytest.mark.parametrize(
    ("content", "arguments", "code", "said"),
    [
        (INGRESS, ["gatewayapi"], 2, "There is no Canary in "),
        (CANARY, ["flagger"], 2, "There is no Rollout in "),
        (CANARY, ["gatewayapi", "nix"], 2, "There is no Canary nix in "),
        ("a: [", ["gatewayapi"], 2, "is no YAML that can be read"),
        ("a: &a [*a]", ["gatewayapi"], 2, "is no YAML that can be read: it is nested deeper"),
        ("- 1", ["gatewayapi"], 2, "document 1 is no Kubernetes object"),
        (CANARY.replace("nginx", "knative"), ["gatewayapi"], 1, "has nothing to migrate"),
        (CANARY.replace("  analysis:", "  other:"), ["gatewayapi"], 1, "analysis"),
        (CANARY.replace("port: 80", "port: x"), ["gatewayapi"], 1, "port"),
        (CANARY, ["gatewayapi", "--gateway", "web"], 2, "--gateway web is not NAMESPACE/NAME"),
        (CANARY, ["argo", "--mesh"], 2, "--mesh has no meaning with --to argo"),
        (CANARY, ["gatewayapi", "--context", "x"], 2, "-f reads files and no cluster"),
    ],
)
def test_refusals_of_files(
    content: str, arguments: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "given.yaml", content)
    assert main(["migrate", "--to", *arguments, "-f", file]) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_what_can_move_is_printed_beside_what_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = CANARY.replace("name: podinfo, namespace", "name: other, namespace").replace("nginx", "kubernetes")
    assert main(["migrate", "--to", "gatewayapi", "-f", written(tmp_path / "two.yaml", other, CANARY)]) == 1
    captured = capsys.readouterr()
    assert [each["metadata"]["name"] for each in yaml.safe_load_all(captured.out) if each] == ["podinfo"]
    assert captured.err.startswith("canarytui: Canary test/other has provider kubernetes")


def test_a_folder_is_everything_below_it_that_is_an_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "deploy"
    (folder / "routes").mkdir(parents=True)
    (folder / ".git").mkdir()
    written(folder / "canary.yaml", CANARY)
    written(folder / "routes" / "rest.yml", INGRESS, GATEWAY)
    written(folder / "kustomization.yaml", "resources: [canary.yaml]")
    written(folder / ".git" / "broken.yaml", "apiVersion: [")
    written(folder / "notes.json", "not JSON: [")
    assert main(["migrate", "--to", "gatewayapi", "-f", str(folder)]) == 0
    (printed,) = [each for each in yaml.safe_load_all(capsys.readouterr().out) if each]
    assert printed["spec"]["service"]["gatewayRefs"] == [{"name": "web", "namespace": "other"}]
    written(folder / "chart.yaml", "apiVersion: v1\nname: {{ x }}: y")
    assert main(["migrate", "--to", "gatewayapi", "-f", str(folder)]) == 2
    assert "chart.yaml is no YAML that can be read" in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--to", "argo", "-f", str(tmp_path / "nix.yaml")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_something_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--to", "gatewayapi"]) == 2
    assert "Name what to migrate" in capsys.readouterr().err


def test_completion() -> None:
    assert candidates(["migrate", "--to", ""]) == ["argo", "flagger", "gatewayapi"]
    assert "linkerd" in candidates(["migrate", "--from", ""])
    assert "--filename" in candidates(["migrate", "--f"])
    assert candidates(["migrate", "--output", ""]) == ["manifests", "runbook", "yaml"]


class ServedApi:
    """A :class:`LiveApi` in a thread of its own, so that `main` can have the test's."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.live = LiveApi(folder)
        self._run(self.live.start())

    def close(self) -> None:
        self._run(self.live.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApi]:
    api = ServedApi(tmp_path_factory.mktemp("live"))
    api.live.install_crds("Canary", "MetricTemplate", "Gateway", "HTTPRoute")
    api.live.create("canaries.flagger.app", yaml.safe_load(CANARY))
    api.live.create("ingresses.networking.k8s.io", yaml.safe_load(INGRESS))
    api.live.create("gateways.gateway.networking.k8s.io", yaml.safe_load(GATEWAY), "other")
    yield api.live
    api.close()


@pytest.mark.parametrize("target", ["gatewayapi", "argo"])
def test_of_a_cluster_it_only_gets(served: LiveApi, target: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(served.asked)
    assert main(["migrate", "--to", target, "test/podinfo", "--kubeconfig", str(served.kubeconfig())]) == 0
    asked = served.asked[before:]
    assert {each.method for each in asked} == {"GET"}
    assert len(asked) > 2
    printed = [each for each in yaml.safe_load_all(capsys.readouterr().out) if each]
    if target == "gatewayapi":
        assert printed[0]["spec"]["service"]["gatewayRefs"] == [{"name": "web", "namespace": "other"}]
        assert printed[0]["spec"]["service"]["hosts"] == ["app.example.com"]
        assert set(printed[0]["metadata"]) == {"name", "namespace"}
        assert "status" not in printed[0]
    else:
        assert printed[-1]["kind"] == "Rollout"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gatewayapi", "nix"], "There is no Canary nix in any namespace"),
        (["gatewayapi", "-n", "other"], "There is no Canary in namespace other"),
        (["flagger", "-A"], "does not serve rollouts.argoproj.io, so it has no Rollout to migrate"),
    ],
)
def test_absences_in_a_cluster(
    served: LiveApi, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "--to", *arguments, "--kubeconfig", str(served.kubeconfig())]) in (1, 2)
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_what_may_not_be_listed_is_said(served: LiveApi, capsys: pytest.CaptureFixture[str]) -> None:
    from aiohttp import web

    as_it_is = served.answer

    async def without_gateways(request: web.Request, handler: Any) -> web.StreamResponse:
        if "/gateways" in request.path:
            status = {"kind": "Status", "reason": "Forbidden", "message": "not you", "code": 403}
            return web.json_response(status, status=403)
        return await as_it_is(request, handler)

    served.answer = without_gateways
    try:
        arguments = ["migrate", "--to", "gatewayapi", "-n", "test", "--kubeconfig", str(served.kubeconfig())]
        assert main([*arguments, "-o", "runbook"]) == 0
    finally:
        served.answer = as_it_is
    out = " ".join(capsys.readouterr().out.split())
    assert "gateways.gateway.networking.k8s.io could not be listed (not you)" in out

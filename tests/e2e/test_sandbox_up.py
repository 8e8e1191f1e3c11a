"""``sandbox up`` as kubectl sees it: everything Ready, deletions that end, and load tests that end with the sandbox."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sandbox_process import SandboxProcess, alive

pytestmark = pytest.mark.e2e
Start = Callable[..., SandboxProcess]

LOAD_TESTER = "/api/v1/namespaces/test/services/flagger-loadtester:80/proxy/"


def all_ready(sandbox: SandboxProcess) -> bool:
    rows = [line.split() for line in sandbox.run("kubectl get pods -A --no-headers").splitlines()]
    return bool(rows) and all(row[2] == "1/1" and row[3] == "Running" for row in rows)


def test_node_namespaces_and_all_pods_are_ready(start_sandbox: Start) -> None:
    sandbox = start_sandbox("--scenario", "seed", "--controller")
    assert "condition met" in sandbox.run("kubectl wait --for=condition=Ready node/sandbox --timeout=20s")
    namespaces = sandbox.run("kubectl get ns -o name").split()
    assert {"namespace/default", "namespace/kube-system", "namespace/traefik", "namespace/test"} <= set(namespaces)
    sandbox.wait("all pods are ready", lambda: all_ready(sandbox), 60)
    names = sandbox.run("kubectl get deploy -A --no-headers -o custom-columns=N:.metadata.name").split()
    assert {"traefik", "flagger-prometheus", "flagger", "flagger-loadtester", "podinfo"} <= set(names)
    sandbox.run("kubectl -n traefik rollout status deploy/traefik --timeout=20s")


def test_a_namespace_with_running_pods_is_deleted(start_sandbox: Start) -> None:
    sandbox = start_sandbox("--scenario", "seed")
    sandbox.wait("all pods are ready", lambda: all_ready(sandbox), 60)
    sandbox.run("kubectl delete ns test --timeout=40s")
    assert "NotFound" in sandbox.attempt("kubectl get ns test").stderr
    assert "test" not in sandbox.run("kubectl get pods -A --no-headers -o custom-columns=N:.metadata.namespace").split()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_running_load_test_ends_with_the_sandbox(start_sandbox: Start, tmp_path: Path, number: int) -> None:
    sandbox = start_sandbox()
    sandbox.run("kubectl create ns test")
    ready = "kubectl -n test wait --for=condition=Available deploy/flagger-loadtester --timeout=20s"
    sandbox.wait("the load tester is ready", lambda: sandbox.attempt(ready).returncode == 0, 60)
    written = tmp_path / "pid"
    command = f"sleep 600 & echo $! > {written}; wait"
    body = {"name": "podinfo", "namespace": "test", "phase": "Progressing", "metadata": {"type": "cmd", "cmd": command}}
    (tmp_path / "task.json").write_text(json.dumps(body))
    sandbox.run(f"kubectl create --raw {LOAD_TESTER} -f {tmp_path / 'task.json'}")
    sandbox.wait("the load test runs", lambda: written.exists() and written.read_text().endswith("\n"), 20)
    child = int(written.read_text())
    assert alive(child)
    sandbox.stop(number)
    deadline = time.monotonic() + 10
    while alive(child):
        assert time.monotonic() < deadline, "the load test outlived the sandbox"
        time.sleep(0.05)

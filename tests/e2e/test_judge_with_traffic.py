"""With real requests: a worse version is halted by the webhook, and where the primary fails too it is not the version's
fault."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from sandbox_process import SandboxProcess

LOAD = "hey -z 60s -q 40 -c 4 -host app.example.com http://traefik.traefik"
FAILING = json.dumps(
    [{"op": "replace", "path": "/spec/template/spec/containers/0/command/7", "value": "--random-error=true"}]
)


def judged(sandbox: SandboxProcess) -> tuple[int, str]:
    code, said = judged_object(sandbox)
    return code, str(said["sentence"])


def judged_object(sandbox: SandboxProcess) -> tuple[int, dict[str, Any]]:
    done = sandbox.attempt(f"{sys.executable} -m canarytui judge test/podinfo -o json")
    return done.returncode, json.loads(done.stdout)


def test_the_webhook_halts_a_worse_version_and_an_ill_service_is_told_from_it(
    start_sandbox: Callable[..., SandboxProcess],
) -> None:
    sandbox = start_sandbox("--controller", "--scenario", "seed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hook = {"name": "judge", "type": "rollout", "url": f"http://127.0.0.1:{port}/", "timeout": "5s"}
    analysis = {"interval": "3s", "threshold": 50, "stepWeight": 20, "maxWeight": 80, "metrics": [], "webhooks": [hook]}
    sandbox.wait("canary", lambda: sandbox.attempt("kubectl -n test get canary podinfo").returncode == 0, 20)
    patch = json.dumps([{"op": "replace", "path": "/spec/analysis", "value": analysis}])
    sandbox.run(f"kubectl -n test patch canary podinfo --type json -p '{patch}'")
    sandbox.wait("Initialized", lambda: sandbox.phase() == "Initialized", 40)
    code, sentence = judged(sandbox)
    assert code == 5
    assert sentence.startswith("no verdict: ")  # there is no rollout yet
    command = [sys.executable, "-m", "canarytui", "judge", "--serve", f"127.0.0.1:{port}"]
    processes = [
        subprocess.Popen(command, env=sandbox.env),
        subprocess.Popen(["bash", "-c", f"exec {LOAD}"], env=sandbox.env, stdout=subprocess.DEVNULL),
    ]
    try:
        sandbox.run(f"kubectl -n test patch deployment podinfo --type json -p '{FAILING}'")
        said = "Halt podinfo.test advancement external check judge failed worse than primary by "
        sandbox.wait("halted", lambda: any(event.startswith(said) for event in sandbox.events()), 60)
        code, found = judged_object(sandbox)
        assert code == 1
        assert found["sentence"].startswith("worse than primary by ")
        steps = found["cost"]["steps"]
        assert steps[-1]["weight"] in (20, 40, 60)
        assert steps[-1]["failed"] > 0
        assert abs(sum(step["served"] for step in steps) - found["cost"]["served"]) < 2

        # Now the primary fails as often: a new revision of the canary begins a new comparison.
        sandbox.run(f"kubectl -n test patch deployment podinfo-primary --type json -p '{FAILING}'")
        sandbox.run("kubectl -n test rollout status deployment podinfo-primary")
        sandbox.run("kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:6.0.2")
        sandbox.wait("ill", lambda: judged(sandbox)[1].startswith("primary fails too ("), 60)
        assert judged(sandbox)[0] == 0
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)

"""With real requests: too few for a verdict; a worse version, halted by the webhook and by the controller itself; a
share that session affinity skews; and a service that is ill as a whole, which is not the version's fault."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox_process import SandboxProcess

GATEWAY = "http://traefik.traefik"
HOST = "app.example.com"

FAILING = json.dumps(
    [{"op": "replace", "path": "/spec/template/spec/containers/0/command/7", "value": "--random-error=true"}]
)
STICKY = json.dumps({"spec": {"weighted": {"sticky": {"cookie": {"name": "version"}}}}})
FEW = 60
ASKED_FOR_COOKIES = 40


def load(seconds: int, header: str = "Accept: */*") -> list[str]:
    """A command that sends 160 requests a second."""
    return ["bash", "-c", f"exec hey -z {seconds}s -q 40 -c 4 -host {HOST} -H '{header}' {GATEWAY}"]


def judged(sandbox: SandboxProcess) -> tuple[int, dict[str, Any]]:
    done = sandbox.attempt(f"{sys.executable} -m canarytui judge test/podinfo -o json")
    return done.returncode, json.loads(done.stdout)


def says(sandbox: SandboxProcess, wanted: int, sentence: str) -> bool:
    """Whether the verdict is `sentence`, with the exit code `wanted`."""
    code, found = judged(sandbox)
    return code == wanted and str(found["sentence"]).startswith(sentence)


def too_few(sandbox: SandboxProcess) -> bool:
    """Whether the canary's requests are counted and are not enough for a verdict."""
    code, found = judged(sandbox)
    counted = found["errors"] is not None and found["errors"]["canary"]["requests"] > 0
    return code == 5 and counted and str(found["sentence"]).startswith("not enough requests")


def canarys_cookie(sandbox: SandboxProcess) -> str:
    """The one that the gateway gives more seldom, at a weight below 50."""
    answers = sandbox.run(f"curl -s -i -H 'Host: {HOST}' {' '.join([GATEWAY] * ASKED_FOR_COOKIES)}")
    found = Counter(re.findall(r"(?im)^set-cookie: (version=\w+)", answers))
    assert len(found) == 2, answers
    return min(found, key=lambda cookie: found[cookie])


def skewed(status_lines: Path) -> bool:
    """Whether `status --watch` has said that the canary's share is too large."""
    shares = [
        (json.loads(line).get("comparison") or {}).get("share")
        for line in status_lines.read_text().splitlines(True)[:-1]
    ]
    return any(share and share["mismatched"] and share["observed"] > 1.5 * share["expected"] for share in shares)


def test_too_few_requests_a_worse_version_affinity_and_an_ill_service(
    start_sandbox: Callable[..., SandboxProcess], tmp_path: Path
) -> None:
    sandbox = start_sandbox("--controller", "--scenario", "seed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hook = {"name": "judge", "type": "rollout", "url": f"http://127.0.0.1:{port}/", "timeout": "5s"}
    analysis = {"interval": "2s", "threshold": 50, "stepWeight": 4, "maxWeight": 80, "metrics": [], "webhooks": [hook]}
    sandbox.wait("canary", lambda: sandbox.attempt("kubectl -n test get canary podinfo").returncode == 0, 20)
    patch = json.dumps([{"op": "replace", "path": "/spec/analysis", "value": analysis}])
    sandbox.run(f"kubectl -n test patch canary podinfo --type json -p '{patch}'")
    sandbox.wait("Initialized", lambda: sandbox.phase() == "Initialized", 40)
    code, found = judged(sandbox)
    assert code == 5
    assert found["sentence"].startswith("no verdict: ")  # there is no rollout yet
    status_lines = tmp_path / "status"
    processes: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], output: int | Any = subprocess.DEVNULL) -> None:
        processes.append(subprocess.Popen(command, env=sandbox.env, stdout=output))

    try:
        start([sys.executable, "-m", "canarytui", "judge", "--serve", f"127.0.0.1:{port}"])
        sandbox.run(f"kubectl -n test patch deployment podinfo --type json -p '{FAILING}'")
        sandbox.wait("traffic", lambda: sandbox.weight() > 0, 30)
        with status_lines.open("wb") as output:
            start([sys.executable, "-m", "canarytui", "status", "test/podinfo", "--watch", "-o", "json"], output)

        sandbox.run(f"hey -n {FEW} -c 1 -host {HOST} {GATEWAY}")
        sandbox.wait("too few", lambda: too_few(sandbox), 20)
        assert not any("worse than primary" in event for event in sandbox.events()), "too few requests pass"

        start(load(90))
        sandbox.run(f"kubectl -n test patch traefikservices.traefik.io podinfo --type merge -p '{STICKY}'")
        cookie = canarys_cookie(sandbox)
        start(load(30, f"Cookie: {cookie}"))
        said = "Halt podinfo.test advancement external check judge failed worse than primary by "
        sandbox.wait("halted", lambda: any(event.startswith(said) for event in sandbox.events()), 60)
        code, found = judged(sandbox)
        assert code == 1
        assert found["sentence"].startswith("worse than primary by ")

        # Without the webhook, the controller itself halts where the canary says so.
        sandbox.run("kubectl -n test annotate canary podinfo canarytui.io/judge=halt")
        sandbox.run("""kubectl -n test patch canary podinfo --type merge -p '{"spec":{"analysis":{"webhooks":[]}}}'""")
        own = "Halt podinfo.test advancement canary is worse than primary by "
        sandbox.wait("halted by itself", lambda: any(event.startswith(own) for event in sandbox.events()), 30)

        # Now the primary fails as often: a new revision of the canary begins a new comparison.
        sandbox.run(f"kubectl -n test patch deployment podinfo-primary --type json -p '{FAILING}'")
        sandbox.wait("share", lambda: skewed(status_lines), 40)
        sandbox.run("kubectl -n test rollout status deployment podinfo-primary")
        sandbox.run("kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:6.0.2")
        sandbox.wait("restart", lambda: sandbox.weight() == 0, 30)
        sandbox.wait("traffic again", lambda: sandbox.weight() > 0, 30)
        sandbox.wait("ill", lambda: says(sandbox, 0, "primary fails too ("), 60)
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)

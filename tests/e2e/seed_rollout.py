"""Rollouts of the seed's canary in a sandbox with our controller, whatever routes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from sandbox_process import SandboxProcess

LOAD = "kubectl -n test exec -i deploy/flagger-loadtester -- hey -z {seconds}s -c 4 -q 10 http://app.example.com/{path}"


def seeded(folder: Path, provider: str) -> SandboxProcess:
    """A sandbox with the seed, routed by `provider`, whose canary is initialised."""
    up = SandboxProcess(folder, "--controller", "--scenario", "seed", "--provider", provider)
    up.env["XDG_STATE_HOME"] = up.env["XDG_CONFIG_HOME"] = up.env["HOME"]
    up.wait("the canary is initialised", lambda: up.phase() == "Initialized", 60)
    for name in ("podinfo", "podinfo-primary"):  # its pods count as available at once
        up.run(f'kubectl -n test patch deploy {name} --type=merge -p \'{{"spec":{{"minReadySeconds":0}}}}\'')
    return up


def analyse(sandbox: SandboxProcess, **fields: Any) -> None:
    """Change the analysis; the test sends the load, so the webhook that does is left out. A tick a second; the first
    value takes two scrapes, which are five seconds apart, so the seed's ten failed checks could be over before it."""
    check = {"type": "bash", "cmd": "curl -sd t http://podinfo-canary.test/token | grep token"}
    only = {"name": "acceptance", "type": "pre-rollout", "url": "http://flagger-loadtester.test/", "metadata": check}
    patch = json.dumps({"spec": {"analysis": {"interval": "1s", "threshold": 30, "webhooks": [only], **fields}}})
    sandbox.run(f"kubectl -n test patch canary podinfo --type=merge -p '{patch}'")


def load(sandbox: SandboxProcess, path: str, seconds: int) -> subprocess.Popen[bytes]:
    command = LOAD.format(path=path, seconds=seconds).split()
    return subprocess.Popen(command, env=sandbox.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def version(sandbox: SandboxProcess) -> str:
    """What answers at the route's host."""
    return str(json.loads(sandbox.run("curl -s http://app.example.com/version"))["version"])


def failed_by_drill(sandbox: SandboxProcess) -> str:
    """Send errors by a drill until the rollout has failed; what the drill said."""
    drill = f"{sys.executable} -m canarytui drill start test/podinfo --fault errors-500 --yes"
    drilling = subprocess.Popen(
        ["bash", "-c", drill], env=sandbox.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        sandbox.wait("the rollout fails", lambda: sandbox.phase() == "Failed", 60)
        said, _ = drilling.communicate(timeout=60)
    finally:
        drilling.kill()
        drilling.wait()
    return said

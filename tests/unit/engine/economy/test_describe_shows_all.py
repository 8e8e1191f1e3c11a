"""Genuine ``kubectl describe canary`` shows every message of three rollouts in a row, none folded, none lost."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from economy_rig import Rig

from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.http.listen import listen
from canarytui.sandbox.apiserver.http.server import make_app
from canarytui.sandbox.supervisor.certificates import make_certificates
from canarytui.sandbox.supervisor.kubeconfig import write_kubeconfig

pytestmark = pytest.mark.e2e


@pytest_asyncio.fixture
async def kubeconfig(rig: Rig, tmp_path: Path) -> AsyncIterator[Path]:
    """The rig's API over TLS, too: kubectl sends tokens over nothing else."""
    made = make_certificates()
    app = make_app(rig.live.api, users={"sre": user("sre", MASTERS)}, secret="secret")
    runner, port = await listen(app, tls=made.server_context(tmp_path))
    path = tmp_path / "kubectl.kubeconfig"
    write_kubeconfig(path, f"https://127.0.0.1:{port}", made.ca_pem, {"sre": "sre"})
    yield path
    await runner.cleanup()


async def kubectl(kubeconfig: Path, *arguments: str) -> str:
    program = shutil.which("kubectl")
    assert program, "kubectl is not on PATH"
    process = await asyncio.create_subprocess_exec(
        program, "--kubeconfig", str(kubeconfig), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


def described(text: str) -> list[tuple[str, str, str]]:
    """(type, age, message) of each Event, in the order of the output."""
    row = re.compile(r"\s+(Normal|Warning)\s+Synced\s+(\S+(?: \(x\d+ over \w+\))?)\s+flagger\s+(.*?)\s*$")
    matches = [row.match(line) for line in text.partition("\nEvents:")[2].splitlines()[3:]]
    assert all(matches), text
    return [(match[1], match[2], match[3]) for match in matches if match]


async def test_describe_shows_every_message_of_three_rollouts(rig: Rig, kubeconfig: Path) -> None:
    rig.canary()
    await rig.begin()
    while rig.phase() != "Initialized":
        await rig.tick()
    for number in range(3):
        rig.new_revision(f"revision-{number}")
        for _ in range(40):
            await rig.tick()
            if rig.phase() == "Succeeded":
                break
        assert rig.phase() == "Succeeded"
    said = [json.loads(line) for line in rig.log.getvalue().splitlines()]
    wanted = [line["msg"] for line in said if line["caller"].startswith("controller/events.go")]
    text = await kubectl(kubeconfig, "-n", "test", "describe", "canary", "podinfo")
    shown = described(text)
    print(text[text.index("\nEvents:") :])
    rollouts = wanted[-3 * 16 :]
    assert rollouts.count("New revision detected! Scaling up podinfo.test") == 3
    assert [message for _, _, message in shown[-len(rollouts) :]] == rollouts
    assert not any("(x" in age for _, age, _ in shown[-len(rollouts) :]), "each is an Event of its own"
    assert {message for _, _, message in shown} == set(wanted)
    assert "combined from" not in text
    listed = json.loads(await kubectl(kubeconfig, "-n", "test", "get", "events.v1.events.k8s.io", "-o", "json"))
    ours = [event for event in listed["items"] if event["regarding"]["kind"] == "Canary"]
    assert sorted(event["note"] for event in ours) == sorted(message for _, _, message in shown)

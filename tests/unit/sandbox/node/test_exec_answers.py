"""Health checks by ``kubectl exec`` are carried out against the pod's own server."""

from __future__ import annotations

import pytest
from dataplane_fakes import podinfo_pod
from dataplane_rig import Sandbox, kubelet_of

from canarytui.sandbox.node.exec_answers import answerer

CHECK = ["podcli", "check", "http", "localhost:9898/readyz"]


async def test_a_health_check_tells_what_the_pod_really_answers(sandbox: Sandbox) -> None:
    pod = await sandbox.run_pod(podinfo_pod("a"))
    loop = kubelet_of(sandbox).container("test", "a", "")
    assert loop is not None
    answer = answerer(sandbox.session)
    assert await answer(CHECK, loop) == (0, "OK\n")
    async with sandbox.session.post(sandbox.url(pod, 9898, "/readyz/disable")) as disabled:
        assert disabled.status == 202
    assert await answer(CHECK, loop) == (1, "HTTP probe failed with statuscode: 503\n")


@pytest.mark.parametrize(("command", "said"), [(["podcli", "version"], (0, "6.0.0\n")), (["vi"], None)])
async def test_other_commands_have_fixed_answers_or_none(
    sandbox: Sandbox, command: list[str], said: tuple[int, str] | None
) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    loop = kubelet_of(sandbox).container("test", "a", "")
    assert loop is not None
    assert await answerer(sandbox.session)(command, loop) == said


async def test_what_is_no_podinfo_is_not_answered_for(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a", image="nginx"))
    loop = kubelet_of(sandbox).container("test", "a", "")
    assert loop is not None
    assert await answerer(sandbox.session)(["hostname"], loop) is None

"""``canarytui trigger`` on a pod with several containers, and which image the commands name."""

from __future__ import annotations

from typing import Any, cast

import pytest
from fake_cluster_state import canary, target, world_of
from fake_cluster_state import primary as primary_of

from canarytui.cli import get
from canarytui.cli.act import parser, request_of
from canarytui.cli.action_command import _task
from canarytui.cli.action_task import code_of
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode
from canarytui.report.reason import image_change
from canarytui.session.columns.printed_canary import PrintedCanary
from canarytui.session.live import LiveConnection
from canarytui.session.state import ClusterState

KEY = ("test", "podinfo")


class Allowing:
    """ActionExecutor that refuse only what the plan itself refuses."""

    async def refusal(self, plan: Any) -> str:
        return str(plan.refusal)


class Connection:
    executor = Allowing()


def two_containers(workload: dict[str, Any], tag: str) -> dict[str, Any]:
    workload["spec"]["template"]["spec"]["containers"] = [
        {"name": "sidecar", "image": "envoyproxy/envoy:v1.30.1", "ports": [{"containerPort": 15001}]},
        {"name": "web", "image": f"stefanprodan/podinfo:{tag}", "ports": [{"name": "http", "containerPort": 9898}]},
    ]
    return workload


async def pair(target_port: int | str = 9898) -> ClusterState:
    obj = canary("Succeeded")
    obj["spec"]["service"]["targetPort"] = target_port
    return await world_of(obj, two_containers(target(""), "4.0.6"), two_containers(primary_of(""), "4.0.5"))


async def planned(cluster_state: ClusterState, *arguments: str) -> Any:
    options = parser("trigger").parse_args(["test/podinfo", *arguments])
    return await _task(cluster_state, cast(LiveConnection, Connection()), KEY, request_of("trigger", options))


@pytest.mark.parametrize(
    ("arguments", "name", "image"),
    [
        (["--image", "stefanprodan/podinfo:4.0.7"], "web", "stefanprodan/podinfo:4.0.7"),
        (["--image", "4.0.7"], "web", "stefanprodan/podinfo:4.0.7"),
        (["--image", "v1.31.0", "--container", "sidecar"], "sidecar", "envoyproxy/envoy:v1.31.0"),
    ],
)
async def test_the_image_goes_to_the_container_that_is_meant(arguments: list[str], name: str, image: str) -> None:
    task = await planned(await pair(), *arguments)

    assert task.code is ExitCode.DONE
    containers = task.plan.writes[0].body["spec"]["template"]["spec"]["containers"]
    assert containers == [{"name": name, "image": image}]


@pytest.mark.parametrize(
    ("target_port", "arguments"),
    [
        (9898, ["--image", "podinfo:4.0.7"]),
        (8080, ["--image", "4.0.7"]),
        (8080, ["--env", "A=1"]),
        (9898, ["--image", "4.0.7", "--container", "gone"]),
    ],
)
async def test_what_is_not_clear_is_wrong_usage_and_names_the_candidates(
    target_port: int, arguments: list[str]
) -> None:
    with pytest.raises(UsageError, match="--container NAME") as refused:
        await planned(await pair(target_port), *arguments)

    assert code_of(refused.value) == 2
    assert "sidecar" in str(refused.value)
    assert "web" in str(refused.value)


async def test_every_command_names_the_applications_image() -> None:
    cluster_state = await pair()
    obj, situation = cluster_state.canaries.get(*KEY), cluster_state.situation(KEY)
    assert obj is not None
    assert situation is not None

    _, line = get._Shown(get.parser().parse_args(["-o", "wide"])).lines([(KEY, PrintedCanary(obj, situation))])

    assert "4.0.5->4.0.6" in line
    assert image_change(situation) == "4.0.5 -> 4.0.6"
    assert "v1.30.1" not in line

"""A trigger of a pod with several containers changes the one that is meant, or asks."""

from __future__ import annotations

from typing import Any

import pytest
from replacing import replace
from test_actions_plans import situation, workload

from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.workloads.workload import Container

ENVOY = Container("sidecar", "envoyproxy/envoy:v1.30.1", ((15001, "proxy"),))
WEB = Container("web", "stefanprodan/podinfo:4.0.5", ((9898, "http"),))


def pair(target_port: Any = 9898) -> Situation:
    containers = (ENVOY, WEB)
    return situation(
        "Succeeded",
        {"service": {"port": 80, "targetPort": target_port}},
        target=workload(containers=containers),
        primary=workload(containers=containers, name="cart-primary"),
    )


def changed(action_request: ActionRequest, target_port: Any = 9898) -> list[dict[str, Any]]:
    made = plan(pair(target_port), action_request)
    assert made.allowed, made.refusal
    containers: list[dict[str, Any]] = made.writes[0].body["spec"]["template"]["spec"]["containers"]
    return containers


@pytest.mark.parametrize(
    ("action_request", "name"),
    [
        (ActionRequest(Intent.TRIGGER, image="stefanprodan/podinfo:4.0.6"), "web"),
        (ActionRequest(Intent.TRIGGER, image="envoyproxy/envoy:v1.31.0"), "sidecar"),
        (ActionRequest(Intent.TRIGGER, env=("A", "1")), "web"),
        (ActionRequest(Intent.TRIGGER, "sidecar", env=("A", "1")), "sidecar"),
        (ActionRequest(Intent.TRIGGER, "web", image="corp/fork:1"), "web"),
    ],
)
def test_the_container_that_is_meant_is_changed(action_request: ActionRequest, name: str) -> None:
    assert [each["name"] for each in changed(action_request)] == [name]


@pytest.mark.parametrize(
    ("action_request", "target_port", "words"),
    [
        (
            ActionRequest(Intent.TRIGGER, image="podinfo:4.0.6"),
            9898,
            ["no single container runs the repository", "podinfo:4.0.6"],
        ),
        (ActionRequest(Intent.TRIGGER, env=("A", "1")), 8080, ["no single container declares service.targetPort 8080"]),
        (ActionRequest(Intent.TRIGGER, "gone", image="a:1"), 9898, ["no container gone", "only sidecar, web"]),
    ],
)
def test_what_is_not_clear_is_refused_with_the_candidates(
    action_request: ActionRequest, target_port: Any, words: list[str]
) -> None:
    made = plan(pair(target_port), action_request)
    assert not made.allowed
    for word in [*words, "sidecar", "web"]:
        assert word in made.refusal


def test_a_restart_asks_for_no_container() -> None:
    assert plan(pair(8080), ActionRequest(Intent.TRIGGER, restart=True)).allowed


def test_a_retry_names_the_applications_release() -> None:
    made = plan(replace(pair(), canary=situation("Failed", {"service": {"port": 9898}}).canary), Intent.RETRY)
    assert "analyses 4.0.5 again" in made.effect

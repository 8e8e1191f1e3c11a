"""Which container is the application, and which one a new image is meant for."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.containers import (
    application_container,
    application_images,
    containers_for,
    release_change,
    repository,
)
from canarytui.domain.workloads.workload import WorkloadStatus

ENVOY = {"name": "sidecar", "image": "envoyproxy/envoy:v1.30.1", "ports": [{"name": "proxy", "containerPort": 15001}]}
WEB = {"name": "web", "image": "stefanprodan/podinfo:4.0.5", "ports": [{"name": "http", "containerPort": 9898}]}
LOGS = {"name": "logs", "image": "fluent/fluent-bit:3.1"}


def canary(**service: Any) -> Canary:
    return Canary.parse(
        {
            "metadata": {"name": "pair", "namespace": "test"},
            "spec": {
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "pair"},
                "service": {"port": 80, **service},
                "analysis": {"interval": "5s", "threshold": 3},
            },
        }
    )


def workload(
    *containers: dict[str, Any], default: str = "", init: list[dict[str, Any]] | None = None
) -> WorkloadStatus:
    annotations = {"kubectl.kubernetes.io/default-container": default} if default else None
    template = {
        "metadata": {"annotations": annotations},
        "spec": {"initContainers": init, "containers": list(containers)},
    }
    return WorkloadStatus.parse({"kind": "Deployment", "metadata": {"name": "pair"}, "spec": {"template": template}})


def running(container: dict[str, Any], tag: str) -> dict[str, Any]:
    return container | {"image": f"{container['image'].rpartition(':')[0]}:{tag}"}


@pytest.mark.parametrize(
    ("service", "containers", "default", "expected"),
    [
        ({"targetPort": 9898}, [ENVOY, WEB], "", "web"),
        ({"targetPort": "9898"}, [WEB, ENVOY], "", "web"),
        ({"targetPort": "http"}, [ENVOY, WEB], "", "web"),
        ({"targetPort": 15001}, [WEB, ENVOY], "", "sidecar"),
        ({"port": 9898}, [ENVOY, WEB], "", "web"),
        ({"targetPort": 8080}, [ENVOY, WEB], "", None),
        ({"targetPort": "grpc"}, [ENVOY, WEB], "", None),
        ({"targetPort": 9898}, [WEB, WEB | {"name": "twin"}], "", None),
        ({"targetPort": 15001}, [ENVOY, WEB], "web", "web"),
        ({"targetPort": 9898}, [ENVOY, WEB], "gone", "web"),
        ({"targetPort": 8080}, [LOGS], "", "logs"),
        ({"targetPort": 8080}, [], "", None),
    ],
)
def test_the_application_is_the_default_container_or_the_one_behind_the_target_port(
    service: dict[str, Any], containers: list[dict[str, Any]], default: str, expected: str | None
) -> None:
    found = application_container(canary(**service), workload(*containers, default=default))

    assert (found.name if found else None) == expected


def test_a_sidecar_among_the_init_containers_is_never_the_application() -> None:
    sidecar = {**ENVOY, "restartPolicy": "Always", "ports": [{"containerPort": 9898}]}

    found = application_container(canary(targetPort=9898), workload(LOGS, WEB, init=[sidecar]))

    assert found is not None
    assert found.name == "web"


@pytest.mark.parametrize(
    ("image", "containers", "expected"),
    [
        ("stefanprodan/podinfo:4.0.6", [ENVOY, WEB], ["web"]),
        ("docker.io/stefanprodan/podinfo:4.0.6", [ENVOY, WEB], ["web"]),
        ("stefanprodan/podinfo@sha256:" + "a" * 64, [ENVOY, WEB], ["web"]),
        ("envoyproxy/envoy:v1.31.0", [ENVOY, WEB], ["sidecar"]),
        ("4.0.6", [ENVOY, WEB], ["web"]),
        ("", [ENVOY, WEB], ["web"]),
        ("podinfo:4.0.6", [ENVOY, WEB], ["sidecar", "web"]),
        ("ghcr.io/stefanprodan/podinfo:4.0.6", [ENVOY, WEB], ["sidecar", "web"]),
        ("ghcr.io/stefanprodan/podinfo:4.0.6", [WEB], ["web"]),
        ("stefanprodan/podinfo:4.0.6", [{**WEB, "name": "worker", "ports": []}, WEB], ["web"]),
        ("stefanprodan/podinfo:4.0.6", [{**WEB, "name": "worker"}, WEB, ENVOY], ["worker", "web"]),
        ("4.0.6", [ENVOY, LOGS], ["sidecar", "logs"]),
    ],
)
def test_an_image_goes_to_the_container_that_runs_its_repository(
    image: str, containers: list[dict[str, Any]], expected: list[str]
) -> None:
    found = containers_for(canary(targetPort=9898), workload(*containers), image)

    assert [each.name for each in found] == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.27", "docker.io/library/nginx"),
        ("docker.io/nginx:1.27", "docker.io/library/nginx"),
        ("docker.io/library/nginx@sha256:0", "docker.io/library/nginx"),
        ("index.docker.io/a/b:1", "docker.io/a/b"),
        ("a/b:1", "docker.io/a/b"),
        ("localhost/b:1", "localhost/b"),
        ("registry:5000/a/b:1@sha256:0", "registry:5000/a/b"),
        ("ghcr.io/a/b", "ghcr.io/a/b"),
    ],
)
def test_repositories_are_compared_as_registries_know_them(image: str, expected: str) -> None:
    assert repository(image) == expected


def test_the_release_is_named_by_the_applications_image() -> None:
    primary, target = workload(ENVOY, WEB), workload(running(ENVOY, "v1.31.0"), running(WEB, "4.0.6"))

    images = application_images(canary(targetPort=9898), primary, target)

    assert images == ("stefanprodan/podinfo:4.0.5", "stefanprodan/podinfo:4.0.6")
    assert release_change(images, "→") == "4.0.5→4.0.6"


def test_without_a_known_application_the_container_that_changes_names_the_release() -> None:
    primary, target = workload(ENVOY, LOGS), workload(ENVOY, running(LOGS, "3.2"))

    assert release_change(application_images(canary(), primary, target), "→") == "3.1→3.2"


def test_without_a_known_application_and_a_single_change_all_images_are_named() -> None:
    both = workload(ENVOY, LOGS)

    assert release_change(application_images(canary(), both, both), "→") == "v1.30.1+3.1"
    assert application_images(canary(), None, both)[0] == ""


def test_a_digest_and_a_missing_workload_have_a_release_too() -> None:
    pinned = workload(WEB | {"image": "stefanprodan/podinfo@sha256:" + "ab" * 32})

    assert release_change(application_images(canary(), None, pinned), "→") == "sha256:abababa"

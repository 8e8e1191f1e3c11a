"""Image names on the sandbox's node: which server stands for one, and what no registry has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarytui.domain.workloads.image_reference import problem
from canarytui.sandbox.node.images import ImageKind, parse_image, pull_problem

SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("reference", "name", "kind"),
    [
        ("stefanprodan/podinfo:6.0.0", "docker.io/stefanprodan/podinfo:6.0.0", ImageKind.PODINFO),
        ("ghcr.io/stefanprodan/podinfo", "ghcr.io/stefanprodan/podinfo:latest", ImageKind.PODINFO),
        ("traefik:v3.7.0", "docker.io/library/traefik:v3.7.0", ImageKind.GATEWAY),
        (
            "registry.k8s.io/ingress-nginx/controller:v1",
            "registry.k8s.io/ingress-nginx/controller:v1",
            ImageKind.INGRESS_NGINX,
        ),
        ("nginx/controller", "docker.io/nginx/controller:latest", ImageKind.GENERIC),
        ("prom/prometheus", "docker.io/prom/prometheus:latest", ImageKind.PROMETHEUS),
        ("ghcr.io/fluxcd/flagger-loadtester:0.1", "ghcr.io/fluxcd/flagger-loadtester:0.1", ImageKind.LOADTESTER),
        ("canarytui/controller:1", "docker.io/canarytui/controller:1", ImageKind.CONTROLLER),
        (f"localhost:5000/a@{SHA}", f"localhost:5000/a@{SHA}", ImageKind.GENERIC),
        ("notpodinfo", "docker.io/library/notpodinfo:latest", ImageKind.GENERIC),
    ],
)
def test_names_are_completed_as_a_runtime_does(reference: str, name: str, kind: ImageKind) -> None:
    image = parse_image(reference)
    assert image is not None
    assert (image.name, image.kind) == (name, kind)
    assert image.image_id.partition("@")[2].startswith("sha256:")


@given(
    st.text(alphabet="aB1.-_:/@[]+ \nq", max_size=40)
    | st.from_regex(r"[a-zB.]{0,9}(:[0-9]{1,6})?/[a-z.]{1,5}(:\w{1,3})?", fullmatch=True)
)
def test_the_node_and_the_console_take_the_same_references(reference: str) -> None:
    assert (parse_image(reference) is None) == bool(problem(reference))


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("stefanprodan/podinfo:6.0.x", "docker.io/stefanprodan/podinfo:6.0.x: not found"),
        ("stefanprodan/podinfo:mistyped", "code = NotFound"),
        ("registry.invalid/a:1", "lookup registry.invalid: no such host"),
        ("stefanprodan/podinfo:6.0.3-rc.1", None),
        ("stefanprodan/podinfo:latest", None),
        ("nginx:whatever", None),
    ],
)
def test_what_no_registry_has_is_not_pulled(reference: str, said: str | None) -> None:
    image = parse_image(reference)
    assert image is not None
    found = pull_problem(image)
    assert found is None if said is None else said in str(found)

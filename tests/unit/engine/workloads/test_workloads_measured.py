"""What the built-in checks measure: the canary's pods and Services, whatever they are called."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rig import DEFAULT, STRICT, Rig, canary, daemonset, deployment

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.metrics.builtin_queries import observer_for
from canarytui.metrics.check_queries import subject_of


def asked(settings: ControllerSettings, target: dict[str, Any], **spec: Any) -> str:
    """The first query of a rollout."""
    rig = Rig(target, canary(**spec), settings=settings)
    rig.until("Initialized")
    rig.set_image("v2", target["kind"])
    rig.until("Promoting")
    return rig.queries[0]


def label(query: str, name: str) -> str:
    found = re.search(rf'{name}=~"([^"]*)"', query)
    assert found is not None, query
    return found[1]


@pytest.mark.parametrize(
    ("settings", "series"),
    [(STRICT, "test-podinfo-canary-[0-9a-zA-Z-]+@"), (DEFAULT, "test-shop-canary-[0-9a-zA-Z-]+@")],
)
def test_traefik_is_asked_for_the_service_that_it_has(settings: ControllerSettings, series: str) -> None:
    query = asked(settings, deployment(), service={"name": "shop"})
    assert label(query, "service") == f"{series}kubernetescrd"


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_service_without_a_name_of_its_own_is_called_as_the_target(settings: ControllerSettings) -> None:
    assert label(asked(settings, deployment()), "service").startswith("test-podinfo-canary-")


PROXIES = {
    "gloo": ("envoy_cluster_name", "test-{}-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"),
    "kuma": ("service", "{}-canary_test_svc_[0-9a-zA-Z-]+"),
    "apisix": ("route", "test_podinfo-{}-canary_.+"),
}


@pytest.mark.parametrize("provider", PROXIES)
def test_other_proxies_are_asked_for_the_service_that_they_have(provider: str) -> None:
    parsed = Canary.parse(canary(service={"name": "shop"}))
    [metric] = parsed.spec.analysis.metrics
    name, series = PROXIES[provider]
    observer = observer_for(provider)
    for strict, service in ((True, "podinfo"), (False, "shop")):
        subject = subject_of(parsed, metric, strict=strict)
        for query in (observer.success_rate(subject), observer.duration(subject)):
            assert label(query, name) == series.format(service)


CANARY_POD, PRIMARY_POD = "podinfo-x7k2p", "podinfo-primary-9qz4m"


@pytest.mark.parametrize(("settings", "measured"), [(STRICT, [PRIMARY_POD]), (DEFAULT, [CANARY_POD])])
def test_pods_of_a_daemonset_are_the_canarys(settings: ControllerSettings, measured: list[str]) -> None:
    target = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "podinfo"}
    analysis = {"iterations": 2, "stepWeight": None, "maxWeight": None}
    query = asked(settings, daemonset(), targetRef=target, provider="kubernetes", analysis=analysis)
    pattern = label(query, "kubernetes_pod_name")
    others = ["podinfo-x-7k2p9", "other-x7k2p"]
    found = [pod for pod in (CANARY_POD, PRIMARY_POD, *others) if re.fullmatch(pattern, pod)]
    assert found[: len(measured)] == measured
    assert (settings is STRICT) == ("podinfo-x-7k2p9" in found), "a pod of the DaemonSet podinfo-x"


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_pods_of_a_deployment_are_the_canarys(settings: ControllerSettings) -> None:
    analysis = {"iterations": 2, "stepWeight": None, "maxWeight": None}
    query = asked(settings, deployment(), provider="kubernetes", analysis=analysis)
    pattern = label(query, "kubernetes_pod_name")
    assert re.fullmatch(pattern, "podinfo-6d5f8-x7k2p")
    assert not re.fullmatch(pattern, "podinfo-primary-6d5f8-x7k2p")

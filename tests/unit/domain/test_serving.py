"""Who serves: what router and primary show, and nothing beyond it."""

from __future__ import annotations

from typing import Any

import pytest
from test_explain import NOW, TICK, canary

from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.serving import serving, traffic
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.workloads.workload import WorkloadStatus


def deployment(updated: int, total: int, available: int, *, desired: int = 2, observed: int = 4) -> WorkloadStatus:
    """A primary of generation 4 with the image of the new version in its template."""
    return WorkloadStatus.parse(
        {
            "kind": "Deployment",
            "metadata": {"namespace": "shop", "name": "cart-primary", "generation": 4},
            "spec": {
                "replicas": desired,
                "template": {"spec": {"containers": [{"name": "cart", "image": "shop/cart:4.0.6"}]}},
            },
            "status": {
                "observedGeneration": observed,
                "replicas": total,
                "updatedReplicas": updated,
                "readyReplicas": available,
                "availableReplicas": available,
            },
        }
    )


def daemon_set(updated: int, total: int, available: int) -> WorkloadStatus:
    return WorkloadStatus.parse(
        {
            "kind": "DaemonSet",
            "metadata": {"namespace": "shop", "name": "cart-primary", "generation": 4},
            "spec": {"template": {"spec": {"containers": [{"name": "cart", "image": "shop/cart:4.0.6"}]}}},
            "status": {
                "observedGeneration": 4,
                "desiredNumberScheduled": 3,
                "currentNumberScheduled": total,
                "updatedNumberScheduled": updated,
                "numberReady": available,
                "numberAvailable": available,
            },
        }
    )


def situation(
    phase: str, primary: WorkloadStatus | None, router: int | None, *, weight: int = 0, **spec: Any
) -> Situation:
    return Situation(
        canary(phase, weight=weight, spec=spec),
        NOW,
        10.0,
        primary=primary,
        target=deployment(2, 2, 2),
        router_weight=router,
        workloads_known=True,
        last_tick=TICK,
    )


@pytest.mark.parametrize(
    ("primary", "words"),
    [
        (deployment(2, 2, 2), "4.0.6 serves all traffic"),
        # Promoted by hand: the traffic is on the primary while its old pods still answer.
        (deployment(2, 2, 2, observed=3), "the primary (4.0.6) has a change not yet rolled out"),
        (deployment(1, 3, 2), "primary rolling to 4.0.6: 1 of 2 updated"),
        (deployment(1, 2, 2), "primary rolling to 4.0.6: 1 of 2 ready"),
        (deployment(2, 3, 3), "primary rolling to 4.0.6: 2 of 2 ready"),
        (deployment(2, 2, 1), "4.0.6 serves all traffic (1 of 2 ready)"),
        (deployment(2, 2, 2, desired=4), "4.0.6 serves all traffic (2 of 4 ready)"),
        (deployment(2, 2, 0), "no pod of the primary (4.0.6) is available"),
        (deployment(0, 0, 0, desired=0), "the primary (4.0.6) is scaled to zero"),
        (daemon_set(3, 3, 3), "4.0.6 serves all traffic"),
        (daemon_set(1, 3, 3), "primary rolling to 4.0.6: 1 of 3 ready"),
        (daemon_set(1, 3, 2), "primary rolling to 4.0.6: 1 of 3 updated"),
        (None, "its primary cart-primary does not exist"),
    ],
)
@pytest.mark.parametrize("phase", ["Initialized", "Succeeded", "Failed", "Finalising"])
def test_the_primary_serves_what_its_pods_are(phase: str, primary: WorkloadStatus | None, words: str) -> None:
    found = situation(phase, primary, 0)
    assert str(serving(found)) == words
    assert f": {words}" in explain(found).sentence


@pytest.mark.parametrize(
    ("router", "weight", "provider", "words"),
    [
        (30, 0, "traefik", "the router sends 30 % of the traffic to the canary, the rest to 4.0.6"),
        (100, 100, "traefik", "the router sends all traffic to the canary"),
        (None, 0, "traefik", "the primary runs 4.0.6"),
        (None, 20, "traefik", "the status records 20 % on the canary (router not read)"),
        (None, 0, "kubernetes", "4.0.6 serves all traffic"),
    ],
)
def test_the_routers_word_counts(router: int | None, weight: int, provider: str, words: str) -> None:
    found = situation("Succeeded", deployment(2, 2, 2), router, weight=weight, provider=provider)
    assert str(serving(found)) == words


@pytest.mark.parametrize(
    ("phase", "router", "weight", "words"),
    [
        ("Progressing", 20, 20, "20 % of the traffic on the canary"),
        ("Progressing", 40, 20, "40 % of the traffic on the canary (status: 20 %)"),
        ("Progressing", None, 20, "at weight 20 by its status"),
        ("WaitingPromotion", 50, 0, "50 % of the traffic on the canary"),
    ],
)
def test_where_the_split_stands(phase: str, router: int | None, weight: int, words: str) -> None:
    assert str(traffic(situation(phase, deployment(2, 2, 2), router, weight=weight))) == words

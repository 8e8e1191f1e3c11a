"""A Service of Knative's with its revisions, as Knative shows them."""

from __future__ import annotations

from typing import Any

from canarytui.domain.traffic.knative import PRIMARY_REVISION

FIRST, SECOND = "podinfo-00001", "podinfo-00002"


def entry(percent: int, revision: str, *, latest: bool = False, **more: Any) -> dict[str, Any]:
    """One of ``status.traffic``."""
    return {"latestRevision": latest, "percent": percent, "revisionName": revision, **more}


def knative_service(
    latest: str = FIRST,
    primary: str = FIRST,
    spec: list[dict[str, Any]] | None = None,
    status: list[dict[str, Any]] | None = None,
    namespace: str = "test",
) -> dict[str, Any]:
    """`spec` and `status` are their traffic entries; `primary` "" is a Service without the annotation."""
    container = {"image": "podinfo:v1", "ports": [{"containerPort": 9898}]}
    annotations = {"serving.knative.dev/creator": "shop", **({PRIMARY_REVISION: primary} if primary else {})}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": "podinfo", "namespace": namespace, "generation": 1, "annotations": annotations},
        "spec": {
            "template": {"spec": {"containers": [container]}},
            **({"traffic": spec} if spec is not None else {}),
        },
        "status": {
            "observedGeneration": 1,
            "latestCreatedRevisionName": latest,
            "latestReadyRevisionName": latest,
            "traffic": status if status is not None else [entry(100, latest, latest=True)],
        },
    }


def split_service(canary: int, *, primary: str = FIRST, latest: str = SECOND) -> dict[str, Any]:
    """One that gives the latest revision `canary` percent."""
    wanted = [{"latestRevision": True, "percent": canary}, {"revisionName": FIRST, "percent": 100 - canary}]
    shown = [entry(canary, latest, latest=True), entry(100 - canary, FIRST)]
    return knative_service(latest, primary, wanted, shown)


def revision(name: str, ready: str = "True", since: str = "2026-11-26T14:00:00Z") -> dict[str, Any]:
    """`ready` is the status of its condition: True, False, or Unknown."""
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Revision",
        "metadata": {"name": name, "namespace": "test", "generation": 1},
        "spec": {},
        "status": {"conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": since}]},
    }

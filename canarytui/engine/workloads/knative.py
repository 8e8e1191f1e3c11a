"""Knative's Services as targets: Knative makes a revision of each template, and scales them by itself.

There is no copy for the primary: it is the revision that an annotation of the Service names.
"""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

from canarytui.domain.spec.revision import spec_hash
from canarytui.domain.traffic.knative import (
    KNATIVE_REVISIONS,
    KNATIVE_SERVICES,
    PRIMARY_REVISION,
    latest_revision,
    primary_revision,
)
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads.base import READY, PodSelectorLabel, Readiness, said_by_flagger

SERVICE, REVISION = KNATIVE_SERVICES.kind_names[-1], KNATIVE_REVISIONS.kind_names[-1]
"""The kinds by their unmistakable names: Kubernetes has a Service, too."""


class KnativeWorkload:
    """See :class:`canarytui.engine.workloads.base.WorkloadKind`."""

    owns_services = False

    def target(self, tick: Tick) -> KubernetesObject:
        return knative_service(tick)

    def selector(self, tick: Tick) -> PodSelectorLabel:
        return PodSelectorLabel("", "")

    def pod_template(self, tick: Tick) -> KubernetesObject:
        return {}

    def fingerprint(self, tick: Tick) -> str:
        return spec_hash(require_latest_revision(tick, knative_service(tick)))

    def config_checksums(self, tick: Tick) -> dict[str, str] | None:
        return None

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        if not tick.initialising:
            return
        if not tick.settings.strict:
            readiness = self.canary_readiness(tick)  # what is latest now becomes the primary
            if not readiness.ready:
                raise EndTick(readiness.text)
        yield from settle(lambda: self._take_latest(tick), _name(tick))

    def _take_latest(self, tick: Tick) -> Decision[bool]:
        service = knative_service(tick)
        latest = require_latest_revision(tick, service)
        changed = with_primary(service, latest)
        traffic = [{"latestRevision": True, "percent": 0}, {"revisionName": latest, "percent": 100}]
        changed["spec"]["traffic"] = traffic
        if changed != service:
            yield Replace(changed)
        return True

    def promote(self, tick: Tick) -> Decision[None]:
        with said_by_flagger(tick, f"updating {_name(tick)} failed"):
            yield from settle(lambda: self._promote(tick), _name(tick))

    def _promote(self, tick: Tick) -> Decision[bool]:
        service = knative_service(tick)
        changed = with_primary(service, require_latest_revision(tick, service))
        if changed != service:
            yield Replace(changed)
        return True

    def scale_to_zero(self, tick: Tick) -> Decision[None]:
        yield from ()

    def scale_from_zero(self, tick: Tick) -> Decision[None]:
        yield from ()

    def take_over(self, tick: Tick) -> Decision[None]:
        yield from ()

    def primary_readiness(self, tick: Tick) -> Readiness:
        return _readiness(tick, primary_revision(knative_service(tick)))

    def canary_readiness(self, tick: Tick) -> Readiness:
        """Flagger waits for ever; here a revision that is not ready for longer than the deadline is rolled back."""
        latest = require_latest_revision(tick, knative_service(tick))
        found = _readiness(tick, latest)
        if found.ready or tick.settings.strict or not _is_overdue(tick, latest):
            return found
        deadline = f"exceeded its progressDeadlineSeconds: {tick.canary.spec.progress_deadline_s}"
        return Readiness(False, retriable=False, text=f"{found.text}, {deadline}")


def knative_service(tick: Tick) -> KubernetesObject:
    """The target; raises EndTick when there is none."""
    found = tick.cluster_view.get(SERVICE, tick.canary.namespace, tick.canary.target_name)
    if found is None:
        missing = f'{KNATIVE_SERVICES.full_name} "{tick.canary.target_name}" not found'
        raise EndTick(f"{_name(tick)} get query error: {missing}")
    return found


def require_latest_revision(tick: Tick, service: KubernetesObject) -> str:
    """The canary's revision; raises EndTick before Knative has made one."""
    latest = latest_revision(service)
    if not latest:
        raise EndTick(f"{_name(tick)} has no revision yet")
    return latest


def with_primary(service: KubernetesObject, revision: str) -> dict[str, Any]:
    """A copy of the Service that names the primary's revision."""
    changed: dict[str, Any] = copy.deepcopy(dict(service))
    changed["metadata"]["annotations"] = {**(changed["metadata"].get("annotations") or {}), PRIMARY_REVISION: revision}
    return changed


def _name(tick: Tick) -> str:
    return f"Knative Service {tick.target}"


def _readiness(tick: Tick, revision: str) -> Readiness:
    if not revision:
        return Readiness(False, text=f"service {tick.target} annotation not found")
    name = f"Knative Revision {revision}.{tick.canary.namespace}"
    if tick.cluster_view.get(REVISION, tick.canary.namespace, revision) is None:
        missing = f'{KNATIVE_REVISIONS.full_name} "{revision}" not found'
        return Readiness(False, text=f"{name} get query error: {missing}")
    if _ready_condition(tick, revision).get("status") != "True":
        return Readiness(False, text=f"{name} is not ready")
    return READY


def _ready_condition(tick: Tick, revision: str) -> dict[str, Any]:
    found = tick.cluster_view.get(REVISION, tick.canary.namespace, revision) or {}
    conditions = (found.get("status") or {}).get("conditions") or []
    return next((dict(each) for each in conditions if each.get("type") == "Ready"), {})


def _is_overdue(tick: Tick, revision: str) -> bool:
    since = _ready_condition(tick, revision).get("lastTransitionTime")
    try:
        moment = datetime.fromisoformat(str(since))
    except ValueError:
        return False
    if moment.tzinfo is None:
        return False
    return moment + timedelta(seconds=tick.canary.spec.progress_deadline_s) < tick.now

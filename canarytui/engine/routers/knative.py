"""Knative: the target's own ``spec.traffic``, in percent of its latest revision and of the primary's.

Deviations from Flagger unless strict: a traffic list or annotation that others changed is repaired, tags stay, what is
asked for counts until Knative has acted on it, and a deleted canary leaves a Service that follows its template again.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.spec.phases import Phase
from canarytui.domain.spec.revision import spec_hash
from canarytui.domain.traffic.knative import (
    PRIMARY_REVISION,
    entries,
    latest_revision,
    percent_of,
    primary_revision,
)
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.base import require_valid
from canarytui.engine.workloads.knative import SERVICE, knative_service, require_latest_revision, with_primary

_ENTRIES = 2


class KnativeRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: self._reconcile(tick), _name(tick))

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        service = knative_service(tick)
        primary = primary_revision(service)
        changed = service
        if not primary:
            if tick.settings.strict:
                primary = require_latest_revision(tick, service)
            else:
                primary = _promoted_revision(tick, service)
            changed = with_primary(service, primary)
        if not tick.settings.strict and not _is_split(tick, service, primary):
            weights = _wanted(service) or ALL_TO_PRIMARY
            changed = _with_traffic(tick, changed, primary, weights)
        if changed is not service:
            yield Replace(copy.deepcopy(dict(changed)))
        return True

    def read_weights(self, tick: Tick) -> Weights:
        service = knative_service(tick)
        primary = primary_revision(service)
        if not primary:
            raise EndTick(f"service {tick.target} annotation not found")
        if not tick.settings.strict and not _has_acted(service):
            wanted = _wanted(service)
            if wanted is not None:
                return wanted
        return _read(tick, entries(service, "status"), primary)

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        if not tick.settings.strict:  # Flagger writes 0/0, which Knative refuses
            require_valid(tick, weights)
        yield from settle(lambda: self._set(tick, weights), _name(tick))

    def _set(self, tick: Tick, weights: Weights) -> Decision[bool]:
        service = knative_service(tick)
        primary = primary_revision(service)
        if not primary:
            raise EndTick(f"{_name(tick)} annotation not found")
        changed = _with_traffic(tick, service, primary, weights)
        if changed != service:
            yield Replace(changed)
        return True

    def finalise(self, tick: Tick) -> Decision[None]:
        """Remove the annotation. Flagger dies here, and leaves the traffic on one revision: no new one gets any."""
        if tick.cluster_view.get(SERVICE, tick.canary.namespace, tick.canary.target_name) is not None:
            yield from settle(lambda: self._give_back(tick), _name(tick))

    def _give_back(self, tick: Tick) -> Decision[bool]:
        service = knative_service(tick)
        changed: dict[str, Any] = copy.deepcopy(dict(service))
        annotations = changed["metadata"].get("annotations") or {}
        if annotations.pop(PRIMARY_REVISION, None) is None:
            return True
        if not tick.settings.strict:
            changed["spec"]["traffic"] = [
                {**_tag(service, latest=True), "latestRevision": True, "percent": 100},
                *_tags_alone(service),
            ]
        yield Replace(changed)
        return True


def _name(tick: Tick) -> str:
    return f"Knative Service {tick.target}"


def _read(tick: Tick, split: list[KubernetesObject], primary: str) -> Weights:
    """Of the entries of one Service. The first that names the primary's revision counts, though it be the latest one.

    Raises:
        EndTick: they are not the two that there should be.
    """
    if not split:
        raise EndTick(f"{_name(tick)} traffic spec invalid")
    latest = next((each for each in split if each.get("latestRevision") is True), None)
    if latest is None:
        raise EndTick(f"{_name(tick)} canary revision traffic percent does not exist")
    canary = percent_of(latest)
    if not tick.settings.strict:
        return Weights(100 - canary, canary)
    named = next((each for each in split if each.get("revisionName") == primary), None)
    if named is None:
        raise EndTick(f"{_name(tick)} primary revision traffic percent does not exist")
    return Weights(percent_of(named), canary)


def _wanted(service: KubernetesObject) -> Weights | None:
    """The split that ``spec.traffic`` asks for: a share of the latest revision, the rest of a named one; None where it
    is not that."""
    split = entries(service, "spec")
    latest = [percent_of(each) for each in split if each.get("latestRevision") is True]
    named = [percent_of(each) for each in split if each.get("revisionName")]
    if not latest or not named or sum(latest) + sum(named) != 100:
        return None
    return Weights(sum(named), sum(latest))


def _is_split(tick: Tick, service: KubernetesObject, primary: str) -> bool:
    """Whether ``spec.traffic`` is as it should be, apart from weights. While a revision is promoted, its predecessor
    still has the primary's share."""
    if _wanted(service) is None:
        return False
    named = {each.get("revisionName") for each in entries(service, "spec") if percent_of(each) or not each.get("tag")}
    return tick.phase is Phase.PROMOTING or named - {None, ""} == {primary}


def _has_acted(service: KubernetesObject) -> bool:
    """Whether the status shows what Knative made of the Service as it is now."""
    status = service.get("status") or {}
    routed = [each for each in status.get("conditions") or [] if each.get("type") == "RoutesReady"]
    observed = int(status.get("observedGeneration") or 0) >= int(service["metadata"].get("generation") or 0)
    return observed and all(each.get("status") == "True" for each in routed)


def _promoted_revision(tick: Tick, service: KubernetesObject) -> str:
    """The primary's revision of a Service whose annotation is gone: the one that was promoted last.

    Raises:
        EndTick: none that the Service names is.
    """
    named = [str(each["revisionName"]) for part in ("spec", "status") for each in entries(service, part)
             if each.get("revisionName")]  # fmt: skip
    latest = latest_revision(service)
    promoted = tick.canary.status.last_promoted_spec
    for revision in (*named, latest):
        if revision and spec_hash(revision) == promoted:
            return revision
    raise EndTick(
        f"{_name(tick)} annotation not found: annotate it with {PRIMARY_REVISION}=REVISION, the revision that "
        "should serve users"
    )


def _with_traffic(tick: Tick, service: KubernetesObject, primary: str, weights: Weights) -> dict[str, Any]:
    changed: dict[str, Any] = copy.deepcopy(dict(service))
    latest: dict[str, Any] = {"latestRevision": True, "percent": weights.canary}
    stable: dict[str, Any] = {"revisionName": primary, "percent": weights.primary}
    if tick.settings.strict:
        changed["spec"]["traffic"] = [latest, stable]
    else:
        changed["spec"]["traffic"] = [
            {**_tag(service, latest=True), **latest},
            {**_tag(service, latest=False), **stable},
            *_tags_alone(service),
        ]
    return changed


def _tag(service: KubernetesObject, *, latest: bool) -> dict[str, Any]:
    """The tag, a host name of its own, of the entry with the same part."""
    split = [each for each in entries(service, "spec")[:_ENTRIES] if (each.get("latestRevision") is True) is latest]
    return {"tag": split[0]["tag"]} if split and split[0].get("tag") else {}


def _tags_alone(service: KubernetesObject) -> list[dict[str, Any]]:
    """Other entries of users, which give a revision a host name and no share."""
    return [dict(each) for each in entries(service, "spec")[_ENTRIES:] if each.get("tag") and not percent_of(each)]

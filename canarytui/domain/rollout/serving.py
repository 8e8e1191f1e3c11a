"""Which version serves a canary's users, as far as router, primary and pods show it.

Pure; :mod:`canarytui.domain.rollout.explain` uses it in every phase that names who serves. A manual promotion sends
traffic to a primary that is still rolling out: then both versions answer.
"""

from __future__ import annotations

from canarytui.domain.rollout.blockers import pods_done
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import NOTHING, Phrase
from canarytui.domain.sentences import pods as pod_words
from canarytui.domain.sentences import serving as words
from canarytui.domain.workloads.containers import application_images, release
from canarytui.domain.workloads.workload import WorkloadStatus


def serving(situation: Situation) -> Phrase:
    """``4.0.6 serves all traffic``, ``primary rolling to 4.0.6: 1 of 2 ready``, or less if less is known."""
    weight, primary = situation.users_weight, situation.primary
    if weight is None and situation.canary.status.canary_weight:
        return words.STATUS_SPLIT.say(weight=situation.canary.status.canary_weight)
    if weight == 100:
        return words.CANARY_ALL.say()
    if weight:
        return words.SPLIT.say(weight=weight, primary=_version(situation) or "the primary")
    if primary is not None:
        return _by_primary(situation, primary, weight)
    if situation.workloads_known and situation.canary.spec.target.kind != "Service":
        return words.NO_PRIMARY.say(name=situation.canary.primary_name)
    return words.UNKNOWN.say() if weight is None else words.THE_PRIMARY.say()


def _by_primary(situation: Situation, primary: WorkloadStatus, weight: int | None) -> Phrase:
    version = _version(situation)
    if not primary.desired:
        return words.SCALED_TO_ZERO.say(version=version or "its image")
    if not primary.caught_up:
        return words.NOT_OBSERVED.say(version=version or "its image")
    if primary.old:
        return words.ROLLING.say(version=version or "its template", pods=pods_done(primary))
    if not primary.available:
        trouble = situation.primary_trouble or primary.problem
        return words.NONE_READY.say(
            version=version or "its image", trouble=pod_words.TROUBLE.say(trouble=trouble) if trouble else NOTHING
        )
    ready = NOTHING if primary.is_ready else words.SOME_READY.say(pods=pods_done(primary))
    if weight is None:
        return words.PRIMARY_RUNS.say(version=version or "its image", ready=ready)
    return words.ALL.say(version=version or "the primary", ready=ready)


def traffic(situation: Situation) -> Phrase:
    """The present split by the router, with the status beside it where they differ."""
    router, status = situation.users_weight, situation.canary.status.canary_weight
    if router is None:
        return words.STATUS.say(weight=status)
    # While waiting for approval to promote, the controller records 0 and leaves the traffic as it is.
    if router == status or situation.phase == "WaitingPromotion":
        return words.ROUTER.say(weight=router)
    return words.ROUTER_NOT_STATUS.say(weight=router, status=status)


def _version(situation: Situation) -> str:
    return release(application_images(situation.canary, situation.primary, situation.target)[0])

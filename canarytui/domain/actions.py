"""What a person can make a controller do, as plans: the exact writes, their effect, their risk, or a refusal.

Every action works on unmodified Flagger, by writes that were measured against it. Three writes look useful
and are never offered: a status phase or weight (Flagger ends "Succeeded" with the old image, or ignores it)
and an image set back in the middle of an analysis (it is promoted). Pure; carried out by the console's
``perform``, followed by ``outcome``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent, Plan, Risk, Write
from canarytui.domain.situation import Situation
from canarytui.domain.workload import Container, Workload, image_tag

MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"

RESTART_ANNOTATION = "kubectl.kubernetes.io/restartedAt"
"""What ``kubectl rollout restart`` sets: every tool shows it, none objects to it."""

IN_ANALYSIS = frozenset({"Progressing", "WaitingPromotion"})
AT_REST = frozenset({"Initialized", "Succeeded", "Failed"})


def plan_trigger(situation: Situation, container: Container, image: str) -> Plan:
    """Start a rollout by giving `container` another image."""
    title = f"Trigger {_key(situation)}: {clean(container.image, 200)} → {clean(image, 200)}"
    refusal = _no_target(situation) or _image_refusal(container, image)
    if situation.phase in ("Promoting", "Finalising"):
        refusal = refusal or (
            f"it is {situation.phase}: a new image now would be taken up only after this promotion; wait for Succeeded"
        )
    target = situation.target
    if refusal or target is None:
        return Plan(Intent.TRIGGER, title, refusal=refusal)
    restarts = situation.phase in IN_ANALYSIS
    effect = (
        "Flagger restarts the analysis from weight 0 with the new pods."
        if restarts
        else "Flagger scales the canary up, runs the pre-rollout checks and begins to shift traffic, step by step."
    )
    if situation.phase in ("", "Initializing"):
        effect = "Initialisation is not finished: the new image becomes the first primary without any analysis."
    return Plan(
        Intent.TRIGGER,
        title,
        writes=(
            _deployment_patch(
                target,
                {"template": {"spec": {"containers": [{"name": container.name, "image": image}]}}},
            ),
        ),
        effect=effect,
        when=_next_tick(situation),
        risk=Risk.MEDIUM if restarts or situation.phase in ("", "Initializing") else Risk.LOW,
        risk_text=_traffic_risk(situation),
        undo="roll back (R) while it is in analysis",
        owner=target.owner,
        expects=frozenset({"Progressing", "Waiting"}),
    )


def plan_pause(situation: Situation) -> Plan:
    """Freeze a canary where it is."""
    title = f"Pause {_key(situation)} at weight {situation.weight}"
    if situation.canary.spec.suspend:
        return Plan(Intent.PAUSE, title, refusal="it is paused already; p resumes it")
    stays = f"{situation.weight} % of the traffic stays on the canary. " if situation.weight else ""
    return Plan(
        Intent.PAUSE,
        title,
        writes=(_canary_patch(situation, {"spec": {"suspend": True}}),),
        effect=f"Flagger stops at once: no steps, no checks, no rollback. {stays}".strip(),
        when="at once",
        risk=Risk.MEDIUM if situation.weight else Risk.LOW,
        risk_text="While paused, nothing protects the users that reach the canary." if situation.weight else "",
        undo="resume (p)",
        owner=situation.canary_owner,
    )


def plan_resume(situation: Situation) -> Plan:
    """Let a paused canary go on."""
    title = f"Resume {_key(situation)} at weight {situation.weight}"
    if not situation.canary.spec.suspend:
        return Plan(Intent.RESUME, title, refusal="it is not paused")
    return Plan(
        Intent.RESUME,
        title,
        writes=(_canary_patch(situation, {"spec": {"suspend": False}}),),
        effect=f"Flagger goes on from weight {situation.weight}.",
        when=_next_tick(situation),
        risk_text="Pods that were not ready meanwhile may be past their deadline: it then rolls back at once.",
        undo="pause (p)",
        owner=situation.canary_owner,
    )


def plan_promote(situation: Situation) -> Plan:
    """Promote now, without the rest of the analysis."""
    canary = situation.canary
    title = f"Promote {_key(situation)} now, at weight {situation.weight}"
    refusal = ""
    if canary.spec.suspend:
        refusal = "it is paused, and Flagger does nothing while it is; resume it (p) first"
    elif canary.spec.skip_analysis:
        refusal = "spec.skipAnalysis is true already: it is promoted as soon as the canary's pods are ready"
    elif situation.phase == "Waiting":
        refusal = "it waits for a confirm-rollout gate, which skipping the analysis does not pass; open the gate"
    elif situation.phase not in IN_ANALYSIS:
        refusal = f"it is {situation.phase or 'without status'}: there is no analysis to cut short"
    elif situation.target is not None and not situation.target.is_ready:
        refusal = "the canary's pods are not ready, and Flagger promotes nothing that is not"
    if refusal:
        return Plan(Intent.PROMOTE, title, refusal=refusal)
    return Plan(
        Intent.PROMOTE,
        title,
        writes=(_canary_patch(situation, {"spec": {"skipAnalysis": True}}),),
        effect=(
            "Flagger copies the new template to the primary, sends all traffic to the primary and ends "
            "Succeeded. The console then sets spec.skipAnalysis back to false, or every later rollout "
            "would go unchecked."
        ),
        when=_next_tick(situation),
        risk=Risk.HIGH,
        risk_text=(
            "The remaining steps, checks, gates and promotion hooks are skipped, and traffic goes to the "
            "primary while its pods are still rolling to the new version."
        ),
        undo="none; trigger the old image for the way back",
        owner=situation.canary_owner,
        expects=frozenset({"Succeeded", "Failed"}),
    )


def plan_end_skip(situation: Situation) -> Plan:
    """Take back the skipAnalysis of a promotion that has ended."""
    title = f"Set spec.skipAnalysis of {_key(situation)} back to false"
    refusal = ""
    if not situation.canary.spec.skip_analysis:
        refusal = "spec.skipAnalysis is false already"
    elif situation.phase not in AT_REST:
        refusal = f"it is {situation.phase}: the promotion is still going on"
    return Plan(
        Intent.END_SKIP,
        title,
        writes=() if refusal else (_canary_patch(situation, {"spec": {"skipAnalysis": False}}),),
        effect="Later rollouts are analysed again.",
        when="at once",
        refusal=refusal,
    )


def plan_roll_back(situation: Situation) -> Plan:
    """Roll back now, by telling Flagger that the threshold of failed checks is reached."""
    canary = situation.canary
    title = f"Roll back {_key(situation)} now, from weight {situation.weight}"
    refusal = ""
    if canary.spec.suspend:
        refusal = "it is paused, and Flagger does nothing while it is; resume it (p) first"
    elif situation.phase in ("Promoting", "Finalising"):
        refusal = f"it is {situation.phase}: the primary has the new template already; trigger the old image instead"
    elif situation.phase == "Waiting":
        refusal = "it waits for a gate with no traffic on the canary: there is nothing to roll back"
    elif situation.phase not in IN_ANALYSIS:
        refusal = f"it is {situation.phase or 'without status'}: there is no rollout to roll back"
    elif situation.target is not None and not situation.target.is_ready:
        refusal = (
            "the canary's pods are not ready, and Flagger waits for them (or for their deadline) before it rolls back"
        )
    if refusal:
        return Plan(Intent.ROLL_BACK, title, refusal=refusal)
    reached = max(canary.spec.analysis.threshold, 1)
    return Plan(
        Intent.ROLL_BACK,
        title,
        writes=(_canary_patch(situation, {"status": {"failedChecks": reached}}, subresource="status"),),
        effect=(
            f"Flagger finds {reached} of {reached} failed checks, sends all traffic to the primary, scales the "
            "canary to zero and ends Failed. The spec is untouched, so GitOps sees no drift."
        ),
        when=_next_tick(situation),
        risk=Risk.MEDIUM,
        risk_text="The same pods are not tried again until something in them changes; T retries.",
        undo="retry (T)",
        expects=frozenset({"Failed"}),
    )


def plan_retry(situation: Situation) -> Plan:
    """Try a rolled-back revision again, by a restart annotation on its pods."""
    title = f"Retry {_key(situation)}"
    refusal = _no_target(situation)
    if situation.canary.spec.suspend:
        refusal = "it is paused, and Flagger does nothing while it is; resume it (p) first"
    elif situation.phase == "Failed" and situation.weight == 100:
        refusal = (
            "its promotion failed and the canary serves everything; a retry would send all traffic to the "
            "broken primary (set spec.skipAnalysis true, then trigger a fixed image)"
        )
    elif situation.phase != "Failed":
        refusal = f"it is {situation.phase or 'without status'}: only a failed rollout can be tried again"
    target = situation.target
    if refusal or target is None:
        return Plan(Intent.RETRY, title, refusal=refusal)
    stamp = situation.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    images = ", ".join(image_tag(container.image) for container in target.containers)
    return Plan(
        Intent.RETRY,
        title,
        writes=(_deployment_patch(target, {"template": {"metadata": {"annotations": {RESTART_ANNOTATION: stamp}}}}),),
        effect=f"Flagger sees a new revision and analyses {images} again from weight 0.",
        when=_next_tick(situation),
        risk=Risk.MEDIUM,
        risk_text="What failed before may fail again; its users see it until the threshold is reached.",
        undo="roll back (R)",
        owner=target.owner,
        expects=frozenset({"Progressing", "Waiting"}),
    )


PLANNERS: dict[Intent, Callable[[Situation], Plan]] = {
    Intent.PAUSE: plan_pause,
    Intent.RESUME: plan_resume,
    Intent.PROMOTE: plan_promote,
    Intent.ROLL_BACK: plan_roll_back,
    Intent.RETRY: plan_retry,
    Intent.END_SKIP: plan_end_skip,
}
"""The intents that need no more than the situation; a trigger also needs a container and an image."""


def plan(situation: Situation, intent: Intent) -> Plan:
    """The plan for any intent of :data:`PLANNERS`."""
    return PLANNERS[intent](situation)


def _key(situation: Situation) -> str:
    return f"{situation.canary.namespace}/{situation.canary.name}"


def _no_target(situation: Situation) -> str:
    spec = situation.canary.spec.target
    if situation.target is not None:
        return ""
    if not situation.workloads_known:
        return f"{spec.kind} {situation.canary.namespace}/{spec.name} cannot be read with your rights"
    return f"its target {spec.kind} {situation.canary.namespace}/{spec.name} does not exist"


def _image_refusal(container: Container, image: str) -> str:
    if not image or image != clean(image) or any(letter.isspace() for letter in image):
        return "an image needs a name without spaces"
    if image == container.image:
        return f"container {container.name} runs {image} already: that is no new revision"
    return ""


def _canary_patch(situation: Situation, change: dict[str, Any], *, subresource: str = "") -> Write:
    canary = situation.canary
    return Write(
        group="flagger.app",
        version="v1beta1",
        plural="canaries",
        namespace=canary.namespace,
        name=canary.name,
        content_type=MERGE_PATCH,
        body={"metadata": {"resourceVersion": canary.resource_version}, **change},
        subresource=subresource,
    )


def _deployment_patch(target: Workload, spec: dict[str, Any]) -> Write:
    return Write(
        group="apps",
        version="v1",
        plural="daemonsets" if target.kind == "DaemonSet" else "deployments",
        namespace=target.namespace,
        name=target.name,
        content_type=STRATEGIC_MERGE_PATCH,
        body={"metadata": {"resourceVersion": target.resource_version}, "spec": spec},
    )


def _next_tick(situation: Situation) -> str:
    tick = situation.next_tick
    every = f"within one interval ({situation.interval_s:g} s)"
    if tick is None:
        return f"at the next tick, {every}"
    return f"at the next tick, in {max((tick - situation.now).total_seconds(), 0):.0f} s"


def _traffic_risk(situation: Situation) -> str:
    analysis = situation.canary.spec.analysis
    if situation.canary.spec.skip_analysis:
        return "spec.skipAnalysis is true: the new image is promoted without any check."
    return f"Users reach the new version in growing part; it rolls back after {analysis.threshold} failed checks."

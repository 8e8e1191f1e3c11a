"""Makes the list's rows: a situation and the kept histories in, a row out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from canarytui.domain.history.rollouts import RecordedRollout
from canarytui.domain.marks import SHADOW_MARK
from canarytui.domain.rollout.check_verdicts import shadow_failures
from canarytui.domain.rollout.checks import DURATION_CHECK, SUCCESS_CHECK, Check, CheckVerdict
from canarytui.domain.rollout.explain import Tone, explain
from canarytui.domain.rollout.forecast import promoted_at, rolled_back_at
from canarytui.domain.rollout.progress import steps_reached
from canarytui.domain.rollout.situation import ACTIVE_PHASES, Situation
from canarytui.domain.rollout.state import state_of
from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.spec.steps import step_plan, target_weight
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import SILENT_TICKS
from canarytui.domain.workloads.containers import application_images
from canarytui.session.columns.canary_columns import columns
from canarytui.session.rows import CanaryRow, Measured, Value, image_change


def row_of(
    situation: Situation,
    weights: Sequence[float] = (),
    successes: Sequence[float] = (),
    durations: Sequence[float] = (),
    attempt: RecordedRollout | None = None,
    paused_since: datetime | None = None,
) -> CanaryRow:
    """The line for a canary that could be parsed; `attempt` is its last rollout, if that failed; `paused_since` since
    when it has been paused at least."""
    canary, status = situation.canary, situation.canary.status
    tone = explain(situation).tone
    active = status.phase in ACTIVE_PHASES
    reached = steps_reached(situation)
    checks = {check.name: check for check in situation.checks}
    transition = status.last_transition_time
    namespace, name = clean(canary.namespace, 253), clean(canary.name, 253)
    label = state_of(situation, tone)
    images = application_images(canary, situation.primary, situation.target)
    owner = short_owner(situation.canary_owner)
    title = f"{namespace}/{name}".lower()
    halted = tone is Tone.BAD
    would_fail, _ = shadow_failures(situation)
    values = {column.name: column.value(situation) for column in columns() if column.value is not None}
    return CanaryRow(
        key=(canary.namespace, canary.name),
        namespace=namespace,
        name=name,
        label=label,
        tone=tone,
        phase=clean(status.phase, 30),
        weight=situation.weight,
        weights=tuple(weights),
        success=_measured(checks.get(SUCCESS_CHECK), successes),
        duration=_measured(checks.get(DURATION_CHECK), durations),
        failed=status.failed_checks,
        threshold=canary.spec.analysis.threshold,
        last_weight=attempt.weight if attempt is not None and not situation.weight else None,
        last_failed=attempt.failed or 0 if attempt is not None else 0,
        promotes_at=target_weight(canary.spec.analysis) if not canary.spec.analysis.iterations else 100,
        step=None if reached is None else (reached, step_plan(canary).total),
        next_tick=situation.next_tick if active and not canary.spec.suspend else None,
        interval_s=situation.interval_s,
        ends=rolled_back_at(situation) if halted else promoted_at(situation),
        ends_well=not halted,
        images=images,
        owner=owner,
        transition=transition.strftime("%Y-%m-%dT%H:%M:%SZ") if transition else "",
        plan=_plan_words(canary.spec.analysis),
        mirror=canary.spec.analysis.mirror,
        labels=_labels(canary.raw),
        paused_since=paused_since if canary.spec.suspend else None,
        silent_at=_silent_at(situation) if active and situation.stale is None else None,
        haystack=" ".join((title, label, owner, image_change(images), *_searched(values))).lower(),
        title=title,
        values=values,
        shadow_mark=f"{SHADOW_MARK}{would_fail}" if would_fail else "",
        as_of=situation.stale.since if situation.stale is not None else None,
    )


def short_owner(owner: str) -> str:
    """``Flux Kustomization apps: it will …`` → ``Flux apps``: who writes the object, in a column's width."""
    who = owner.partition(":")[0]
    for long, short in (
        ("Flux Kustomization ", "Flux "),
        ("Flux HelmRelease ", "Flux "),
        ("Argo CD application ", "Argo CD "),
        ("Helm release ", "Helm "),
    ):
        if who.startswith(long):
            return short + who.removeprefix(long)
    return who


def _measured(check: Check | None, trend: Sequence[float]) -> Measured:
    if check is None:
        return Measured(trend=tuple(trend))
    known = check.verdict in (CheckVerdict.PASSES, CheckVerdict.FAILS)
    bound = check.minimum if check.minimum is not None else check.maximum
    fails = check.verdict is CheckVerdict.FAILS
    return Measured(check.value if known else None, bound, fails, tuple(trend), check.minimum, check.maximum)


def _plan_words(analysis: Analysis) -> tuple[str, str, str]:
    step, most = (str(number) if number else "" for number in (analysis.step_weight, analysis.max_weight))
    return step, ",".join(map(str, analysis.step_weights[:20])), most


def _labels(raw: Mapping[str, object]) -> Mapping[str, str]:
    metadata = raw.get("metadata")
    found = metadata.get("labels") if isinstance(metadata, Mapping) else None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, Mapping) else {}


def _silent_at(situation: Situation) -> datetime | None:
    if situation.last_tick is None or situation.silent_ticks >= SILENT_TICKS:
        return None
    return situation.last_tick + timedelta(seconds=SILENT_TICKS * situation.interval_s)


def _searched(values: Mapping[str, Value]) -> list[str]:
    """What a word of the filter also finds: columns that the list can be narrowed by."""
    if not values:
        return []
    filtered = {column.name for column in columns() if column.filter is not None and column.filter.bare}
    return [str(value) for name, value in values.items() if value is not None and name in filtered]

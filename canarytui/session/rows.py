"""A canary as one line of the list: the values its columns show, how urgent the line is, how lines are ordered.

Pure view models, made from a situation and the kept histories; ``cells`` words them and the table widget draws them,
so what the list shows is tested without a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from canarytui.domain.analysis import Analysis
from canarytui.domain.checks import Check, Verdict
from canarytui.domain.containers import application_images, release_change
from canarytui.domain.explain import Tone, explain
from canarytui.domain.forecast import promoted_at, rolled_back_at
from canarytui.domain.plaintext import clean
from canarytui.domain.progress import steps_reached
from canarytui.domain.situation import ACTIVE_PHASES, Situation
from canarytui.domain.state import state_of
from canarytui.domain.steps import step_plan
from canarytui.domain.ticks import SILENT_TICKS

Key = tuple[str, str]

SUCCESS_CHECK = "request-success-rate"
DURATION_CHECK = "request-duration"


@dataclass(frozen=True, slots=True)
class Measured:
    """A check in the list: its value, the bound that it fails beyond, and whether it does."""

    value: float | None = None
    bound: float | None = None
    fails: bool = False
    trend: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CanaryRow:
    """One line. `key` is the object's own; all other text is safe to show. `step` is (k, n); `ends` when the rollout is
    over if it goes on as it does, `ends_well` how; `silent_at` when time alone makes a problem of the line; `haystack`
    and `title` are what a filter looks in."""

    key: Key
    namespace: str
    name: str
    label: str
    tone: Tone
    phase: str = ""
    weight: int | None = None
    weights: tuple[float, ...] = ()
    success: Measured = Measured()
    duration: Measured = Measured()
    failed: int = 0
    threshold: int = 0
    step: tuple[int, int] | None = None
    next_tick: datetime | None = None
    interval_s: float = 0.0
    ends: datetime | None = None
    ends_well: bool = True
    images: tuple[str, str] = ("", "")
    owner: str = ""
    transition: str = ""
    plan: tuple[str, str, str] = ("", "", "")
    """``stepWeight``, ``stepWeights`` and ``maxWeight`` as kubectl's wide columns have them."""
    mirror: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    silent_at: datetime | None = None
    haystack: str = ""
    title: str = ""
    context: str = ""
    """Which of several contexts it is in; "" where there is one."""
    as_of: datetime | None = None
    """The last moment that is known of, while nothing newer is."""

    @property
    def ticking(self) -> bool:
        """Whether the line has a countdown that runs."""
        return self.next_tick is not None and self.as_of is None


def row_of(
    situation: Situation,
    weights: Sequence[float] = (),
    successes: Sequence[float] = (),
    durations: Sequence[float] = (),
) -> CanaryRow:
    """The line for a canary that could be parsed."""
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
        silent_at=_silent_at(situation) if active and situation.stale is None else None,
        haystack=f"{title} {label} {owner} {image_change(images)}".lower(),
        title=title,
        as_of=situation.stale.since if situation.stale is not None else None,
    )


def invalid_row(namespace: str, name: str, problem: str) -> CanaryRow:
    """The line for an object that cannot be understood; it says so instead of vanishing."""
    key = (namespace, name)
    namespace, name = clean(namespace, 253), clean(name, 253) or "(no name)"
    problem = clean(problem, 600)
    title = f"{namespace}/{name}".lower()
    return CanaryRow(
        key=key,
        namespace=namespace,
        name=name,
        label="Invalid",
        tone=Tone.BAD,
        problem=problem,
        haystack=f"{title} invalid {problem.lower()}",
        title=title,
    )


def image_change(images: tuple[str, str]) -> str:
    """``4.0.5→4.0.6`` while they differ, else the one image that serves."""
    return release_change(images, "→")


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
    known = check.verdict in (Verdict.PASSES, Verdict.FAILS)
    bound = check.minimum if check.minimum is not None else check.maximum
    return Measured(check.value if known else None, bound, check.verdict is Verdict.FAILS, tuple(trend))


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


TONE_ORDER = {tone: rank for rank, tone in enumerate(Tone)}


def sort_key(row: CanaryRow, by: str) -> tuple[object, ...]:
    """What a row is ordered by: problems first for "", else a column, what matters most in it first, then names."""
    tail = (row.namespace, row.name)
    match by:
        case "name":
            return (row.name, row.namespace)
        case "namespace":
            return tail
        case "context":
            return (row.context, *tail)
        case "status":
            return (row.label, *tail)
        case "weight":
            return (-(row.weight or 0), *tail)
        case "success":
            return (row.success.value if row.success.value is not None else 101.0, *tail)
        case "duration":
            return (-row.duration.value if row.duration.value is not None else 1.0, *tail)
        case "failed":
            return (-row.failed, *tail)
        case "ends":
            return (row.ends is None, row.ends.timestamp() if row.ends else 0.0, *tail)
        case "image":
            return (image_change(row.images), *tail)
        case "owner":
            return (not row.owner, row.owner, *tail)
        case "transition":
            return (_reversed(row.transition), *tail)
    return (TONE_ORDER[row.tone], *tail)


def _reversed(stamp: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in stamp)


def counts(rows: Iterable[CanaryRow]) -> tuple[int, int, int]:
    """(all, active, failing) for the title bar."""
    total = active = failing = 0
    for row in rows:
        total += 1
        active += row.next_tick is not None
        failing += row.tone is Tone.BAD
    return total, active, failing

"""What a drill must not do, checked before it starts and at every slice; a refusal is a phrase with its reason. Pure.

The limits are the person's own, in ``$XDG_CONFIG_HOME/canarytui/drill-limits.yaml``.
"""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import fields

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_file
from canarytui.domain.sentences import drill_guard as words
from canarytui.domain.text.plain import clean
from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import DrillPlan, Sight
from canarytui.drills.hey_command import UnsafeCommand
from canarytui.drills.library import own_folder, read_yaml
from canarytui.drills.request_whitelist import valid_host
from canarytui.drills.traffic import Traffic
from canarytui.drills.under_analysis import not_analysed
from canarytui.errors import ConfigError


class Limits(Struct, frozen=True):
    """`namespaces` and `hosts` are shell patterns, empty for any. `primary_loss` is how many percentage points the
    share of failing requests of the primary's own users may rise."""

    rate: float = 200.0
    concurrency: int = 50
    duration_s: float = 900.0
    namespaces: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    primary_loss: float = 5.0

    def refusal(self, drill: Drill) -> str:
        """Which limit `drill` exceeds; "" if none."""
        for unit, asked, most in (
            (words.REQUESTS, drill.rate, self.rate),
            (words.WORKERS, drill.concurrency, self.concurrency),
            (words.SECONDS, drill.duration_s, self.duration_s),
        ):
            if asked > most:
                return words.MORE_THAN_ALLOWED.text(asked=asked, unit=unit.text(), most=most, file=limits_path().name)
        return ""


def limits_path() -> Path:
    """Where the person's limits are."""
    return own_folder().parent / "drill-limits.yaml"


def read_limits(path: Path | None = None) -> Limits:
    """The person's limits, or the defaults without a file.

    Raises:
        ConfigError: the file is wrong; names field and remedy.
    """
    path = path or limits_path()
    try:
        given = read_yaml(path)
    except ConfigError as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            return Limits()
        raise
    known = {field.name for field in fields(Limits)}
    if not isinstance(given, Mapping) or set(given) - known:
        raise ConfigError(drill_file.LIMITS_MAP.text(path=path, known=", ".join(sorted(known))))
    values = {str(name): _limit(path, str(name), value) for name, value in given.items()}
    return Limits(**values)  # type: ignore[arg-type]


def _limit(path: Path, name: str, value: object) -> object:
    if name in ("namespaces", "hosts"):
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise ConfigError(drill_file.LIMITS_PATTERNS.text(path=path, name=name))
        return tuple(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ConfigError(drill_file.LIMITS_NUMBER.text(path=path, name=name))
    return int(value) if name == "concurrency" else float(value)


def refusal(plan: DrillPlan, sight: Sight, limits: Limits) -> str:
    """Why `plan` must not start now, as the rest of a sentence; "" if it may."""
    namespace, file = plan.key[0], limits_path().name
    if limits.namespaces and not _matches(namespace, limits.namespaces):
        return words.NAMESPACE.text(namespace=namespace, file=file, patterns=", ".join(limits.namespaces))
    if limits.hosts and not _matches(plan.place.host, limits.hosts):
        return words.HOST.text(host=plan.place.host, file=file, patterns=", ".join(limits.hosts))
    if not valid_host(plan.place.host) or plan.place.host not in plan.target.hosts:
        return words.OTHER_HOST.text(host=clean(plan.place.host, 80) or words.NO_HOST.text())
    try:
        plan.command()
    except UnsafeCommand as error:
        return str(error)
    return limits.refusal(plan.drill) or objection(plan, sight)


def objection(plan: DrillPlan, sight: Sight) -> str:
    """The objection to sending load now, before the first slice and every other; "" if there is none."""
    if sight.trouble:
        return words.NOT_SEEN.text(why=sight.trouble)
    if sight.context != plan.context:
        return words.OTHER_CONTEXT.text(now=clean(sight.context, 80), planned=clean(plan.context, 80))
    situation = sight.situation
    if situation is None or (situation.canary.namespace, situation.canary.name) != plan.key:
        return words.UNREADABLE.text()
    unfit = not_analysed(situation)
    if unfit:
        return unfit
    for other in sight.others:
        if other.key == plan.key or not other.active:
            continue
        if other.key[0] == plan.key[0]:
            return words.SAME_NAMESPACE.text(other="/".join(other.key))
        if plan.place.host in other.hosts:
            return words.SAME_HOST.text(other="/".join(other.key))
    return ""


class OwnLoad(Struct, frozen=True):
    """What the drill sent in the last `window_s` seconds, and how many of those were meant to be 5xx."""

    window_s: float
    sent: float
    failed: float


def primary_failing(sight: Sight, own: OwnLoad) -> float | None:
    """Percentage of other people's requests to the primary that fail, within the traffic's window; None if unknown.

    The drill's own requests reach the primary as well. They are subtracted with a margin, because Prometheus
    extrapolates rates and hey counts at another moment.
    """
    traffic, situation = sight.traffic, sight.situation
    if traffic is None or situation is None or traffic.primary is None or traffic.primary_failed is None:
        return None
    share = 1 - situation.weight / 100
    own_rate, own_failed = own.sent * share / traffic.window_s, own.failed * share / traffic.window_s
    margin = 0.2 * own_failed + 3 * math.sqrt(own.failed) / traffic.window_s
    total = traffic.primary - own_rate
    if total < max(0.5, 0.05 * traffic.primary):
        return None
    return min(100 * max(traffic.primary_failed - own_failed - margin, 0.0) / total, 100.0)


def users_watched(situation: Situation, traffic: Traffic | None) -> bool:
    """Whether :func:`primary_failing` can measure anything: the primary has requests of its own."""
    sight = Sight(situation.now, "", situation, traffic=traffic)
    return primary_failing(sight, OwnLoad(0.0, 0.0, 0.0)) is not None


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)

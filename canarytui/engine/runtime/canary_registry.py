"""Keeps the schedule equal to the canaries that there are, and counts them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from canarytui.cluster.store import ObjectStore
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.meters import Meters
from canarytui.engine.runtime.schedule import TickSchedule
from canarytui.errors import InvalidObject

_CALLER = "controller/scheduler.go"


class RegisteredCanary(Struct, frozen=True):
    """What is known of a canary. `target` is the target's name, "" while the canary is invalid."""

    uid: str
    generation: int
    deleting: bool
    interval_s: float
    target: str


class CanaryRegistry:
    """`floor_s` is the shortest interval; `gone` is called for every canary that is removed.

    `strict`: two canaries with one target are reported in Flagger's words, which do not name them.
    """

    def __init__(
        self,
        canaries: ObjectStore,
        schedule: TickSchedule,
        meters: Meters,
        log: JsonLog,
        floor_s: float,
        gone: Callable[[NamespacedName, RegisteredCanary], None],
        *,
        strict: bool = False,
    ) -> None:
        self._canaries = canaries
        self._schedule = schedule
        self._meters = meters
        self._log = log
        self._floor_s = floor_s
        self._gone = gone
        self._strict = strict
        self._entries: dict[NamespacedName, RegisteredCanary] = {}
        self._duplicates: set[str] = set()

    def begin(self) -> None:
        """Follow all canaries that there are: their first looks are spread, those of later ones come at once."""
        self._follow(sorted(self._all()), at_once=False)

    def changed(self, keys: Iterable[NamespacedName]) -> None:
        """These canaries were added, deleted or changed. Changes of status have no effect here."""
        self._follow(keys, at_once=True)

    def resync(self) -> None:
        """Apply changes that the watch missed."""
        self._follow({*self._all(), *self._entries}, at_once=True)
        targets: dict[str, list[str]] = defaultdict(list)
        for (namespace, name), entry in self._entries.items():
            if entry.target:
                targets[f"{entry.target}.{namespace}"].append(name)
        duplicates = {target for target, names in targets.items() if len(names) > 1}
        for target in sorted(duplicates - self._duplicates):
            names = ", ".join(sorted(targets[target]))
            text = (
                f"More than one canary has the target {target}: {names}. They will undo each other's work: delete one."
            )
            if self._strict:
                text = f"Bad things will happen! Found more than one canary with the same target {target}"
            self._log.line("error", _CALLER, text)
        self._duplicates = duplicates

    def _all(self) -> list[NamespacedName]:
        return [(obj["metadata"]["namespace"], obj["metadata"]["name"]) for obj in self._canaries.objects()]

    def _follow(self, keys: Iterable[NamespacedName], *, at_once: bool) -> None:
        before = self._entries.keys() | set()
        for key in keys:
            obj, known = self._canaries.get(*key), self._entries.get(key)
            if known is not None and (obj is None or obj["metadata"]["uid"] != known.uid):
                del self._entries[key]
                self._schedule.forget(key)
                self._gone(key, known)
                known = None
            if obj is not None:
                self._keep(key, obj, known, at_once)
        if self._entries.keys() != before:
            counts = Counter(namespace for namespace, _ in self._entries)
            self._meters.set_all("flagger_canary_total", "namespace", counts)

    def _keep(self, key: NamespacedName, obj: dict[str, Any], known: RegisteredCanary | None, at_once: bool) -> None:
        metadata = obj["metadata"]
        generation = int(metadata.get("generation") or 0)
        deleting = bool(metadata.get("deletionTimestamp"))
        if known is not None and generation and (known.generation, known.deleting) == (generation, deleting):
            return
        interval_s, target = self._read(obj)
        self._entries[key] = RegisteredCanary(metadata["uid"], generation, deleting, interval_s, target)
        self._schedule.follow(key, interval_s, at_once=at_once)
        if deleting and known is not None and not known.deleting:
            self._schedule.hurry(key)

    def _read(self, obj: dict[str, Any]) -> tuple[float, str]:
        """Interval in seconds and target's name of a canary that may be invalid."""
        try:
            canary = Canary.parse(obj)
        except InvalidObject:
            return self._floor_s, ""
        return max(canary.spec.analysis.interval_s, self._floor_s), canary.target_name

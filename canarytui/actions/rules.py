"""Where a plain y is not enough, and what is not to be done at all: the person's own rules for contexts. Pure.

The ``contexts`` part of the configuration file, by shell patterns of context names; every pattern that matches
counts::

    contexts:
      "*":
        guard: "(prod|live)"         # regular expression for names and labels; "" guards nothing
        guard_labels: [environment]  # namespace labels whose value is looked at
      "prod-*":
        read_only: true              # no action at all
      staging:
        forbid: [trigger, skip to weight, drill]
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from canarytui.domain.actions.registry import intents
from canarytui.domain.plan import Intent
from canarytui.domain.sentences import guarding as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError

SANDBOX_CONTEXT = "canarytui-sandbox"
"""Never guarded."""

DEFAULT_PATTERN = r"(^|[^a-z])(prod|production|prd|live)([^a-z]|$)"
DEFAULT_LABELS = ("environment", "env", "stage", "tier")
"""Last parts of the namespace labels whose value is checked: ``example.com/environment`` is one."""

DRILL = "drill"
"""A rule may forbid it like an intent: fault drills, which are no action on an object."""

COMMANDS = (Intent.SHELL, Intent.PLUGIN)
"""Rules may forbid them as well: commands of the person's own, which have no plan."""

PATTERN_VARIABLE = "CANARYTUI_GUARD"
"""Environment variable with a regular expression that replaces any other; an empty one guards nothing."""


class ContextRule(Struct, frozen=True):
    """For contexts that match the shell pattern `match`: read-only, or some intents or drills forbidden. None leaves a
    guard as it is."""

    match: str
    read_only: bool = False
    forbid: frozenset[Intent] = frozenset()
    guard: str | None = None
    guard_labels: tuple[str, ...] | None = None
    drills: bool = True


class Rules(Struct, frozen=True):
    """What a person has configured about actions; the default allows everything and guards what looks like
    production."""

    contexts: tuple[ContextRule, ...] = ()

    def forbidden(self, context: str, intent: Intent) -> str:
        """Why `intent` is forbidden in `context`; "" if it is not."""
        for rule in self._of(context):
            if rule.read_only:
                return words.READ_ONLY.text(context=clean(context, 80))
            if intent in rule.forbid:
                return words.FORBIDDEN.text(action=intent, context=clean(context, 80))
        return ""

    def drill_forbidden(self, context: str) -> str:
        """Why drills are forbidden in `context`; "" if they are not.

        A drill provokes a rollback: a person who may not roll back by hand may not provoke it either.
        """
        rules = self._of(context)
        if any(not rule.drills and not rule.read_only for rule in rules):
            return words.FORBIDDEN.text(action=DRILL, context=clean(context, 80))
        why = self.forbidden(context, Intent.ROLL_BACK)
        first = next((rule for rule in rules if rule.read_only or Intent.ROLL_BACK in rule.forbid), None)
        return why if first is None or first.read_only else words.A_DRILL_PROVOKES.text(why=why)

    def pattern(self, context: str) -> str:
        """The regular expression for what is guarded."""
        return [DEFAULT_PATTERN, *(rule.guard for rule in self._of(context) if rule.guard is not None)][-1]

    def labels(self, context: str) -> tuple[str, ...]:
        """Last parts of the namespace labels that are checked."""
        found = [rule.guard_labels for rule in self._of(context) if rule.guard_labels is not None]
        return [DEFAULT_LABELS, *found][-1]

    def _of(self, context: str) -> list[ContextRule]:
        return [rule for rule in self.contexts if fnmatchcase(context, rule.match)]


def parse_rules(contexts: Mapping[str, Any]) -> Rules:
    """Read the ``contexts`` part of a configuration.

    Raises:
        ConfigError: a field is unknown or of another type, or names no action: a rule that is not understood must not
            be passed over.
    """
    rules = []
    for match, entry in contexts.items():
        at = f"contexts.{clean(match, 60)}"
        if not isinstance(entry, Mapping):
            raise ConfigError(words.NO_MAPPING.text(field=at))
        unknown = set(entry) - {"read_only", "forbid", "guard", "guard_labels"}
        if unknown:
            name = clean(sorted(map(str, unknown))[0], 40)
            raise ConfigError(words.UNKNOWN_FIELD.text(field=at, name=name))
        read_only, guard, labels = entry.get("read_only", False), entry.get("guard"), entry.get("guard_labels")
        if not isinstance(read_only, bool):
            raise ConfigError(words.NO_TRUTH_VALUE.text(field=at, value=clean(read_only, 40)))
        if guard is not None and not isinstance(guard, str):
            raise ConfigError(words.NO_TEXT.text(field=at))
        named = None if labels is None else tuple(str(label) for label in _listed(labels, f"{at}.guard_labels"))
        intents, drills = _forbid(entry.get("forbid"), f"{at}.forbid")
        rules.append(ContextRule(str(match), read_only, intents, guard, named, drills))
    return Rules(tuple(rules))


def guard_reason(
    context: str,
    namespace: str,
    environment: Mapping[str, str] = os.environ,
    *,
    labels: Mapping[str, object] | None = None,
    rules: Rules | None = None,
) -> str:
    """Why an action here needs the canary's name typed; "" when it does not. `labels` are the namespace's."""
    rules = rules or Rules()
    if context == SANDBOX_CONTEXT:
        return ""
    pattern = environment.get(PATTERN_VARIABLE, rules.pattern(context))
    if not pattern:
        return ""
    looked_at = [("context", context, context), ("namespace", namespace, namespace)]
    for key, value in (labels or {}).items():
        if key.rpartition("/")[2] in rules.labels(context):
            looked_at.append(("namespace label", f"{key}={clean(value, 63)}", str(value)))
    for what, said, name in looked_at:
        try:
            guarded = re.search(pattern, name, re.IGNORECASE)
        except re.error:
            return words.BAD_PATTERN.text(pattern=clean(pattern, 60))
        if guarded:
            if pattern == DEFAULT_PATTERN:
                return words.LIKE_PRODUCTION.text(what=what, name=said)
            return words.GUARDED.text(what=what, name=said, pattern=clean(pattern, 60))
    return ""


def _forbid(value: object, at: str) -> tuple[frozenset[Intent], bool]:
    """(what is forbidden, whether drills are not)."""
    if value == "all":
        return frozenset((*intents(), *COMMANDS)), False
    found, drills = set(), True
    for name in _listed(value, at):
        if name == DRILL:
            drills = False
            continue
        wanted = str(name).replace("rollback", "roll back")
        if wanted not in (*intents(), *COMMANDS):
            known = ", ".join([*intents(), *COMMANDS, DRILL])
            raise ConfigError(words.NO_ACTION.text(field=at, name=clean(name, 40), known=known))
        found.add(Intent(wanted))
    return frozenset(found), drills


def _listed(value: object, at: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ConfigError(words.NO_LIST.text(field=at, value=clean(value, 40)))
    return value

"""Where a plain y is not enough, and what is not to be done at all: the person's own configuration. Pure.

The ``actions`` part of ``$XDG_CONFIG_HOME/canarytui/config.yaml``::

    actions:
      readOnly: false             # nothing at all
      forbid: [promote]           # nowhere
      contexts:
        - match: "prod-*"         # a shell pattern of context names
          readOnly: true
        - match: "staging"
          forbid: [trigger, skip to weight]
      guard:
        pattern: "(prod|live)"    # regular expression; "" guards nothing
        labels: [environment, tier]
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent
from canarytui.errors import ConfigError

SANDBOX_CONTEXT = "canarytui-sandbox"
"""Never guarded."""

DEFAULT_PATTERN = r"(^|[^a-z])(prod|production|prd|live)([^a-z]|$)"
DEFAULT_LABELS = ("environment", "env", "stage", "tier")
"""Last parts of the namespace labels whose value is looked at: ``example.com/environment`` is one."""

PATTERN_VARIABLE = "CANARYTUI_GUARD"
"""Environment variable with a regular expression that replaces any other; empty guards nothing."""

READ_ONLY_VARIABLE = "CANARYTUI_READ_ONLY"


@dataclass(frozen=True, slots=True)
class ContextRule:
    """For contexts that match the shell pattern: no action at all, or not these."""

    match: str
    read_only: bool
    forbid: frozenset[Intent]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a configuration says about actions; the default allows all and guards what looks like production."""

    read_only: bool = False
    forbid: frozenset[Intent] = frozenset()
    contexts: tuple[ContextRule, ...] = ()
    pattern: str = DEFAULT_PATTERN
    labels: tuple[str, ...] = DEFAULT_LABELS

    def forbidden(self, context: str, intent: Intent) -> str:
        """Why `intent` is not to be done in `context`; "" when it may be."""
        if self.read_only:
            return "this console is read-only (--read-only, or readOnly in its configuration)"
        if intent in self.forbid:
            return f"your configuration forbids {intent}"
        for rule in self.contexts:
            if fnmatchcase(context, rule.match):
                if rule.read_only:
                    return f"your configuration makes context {clean(context, 80)} read-only"
                if intent in rule.forbid:
                    return f"your configuration forbids {intent} in context {clean(context, 80)}"
        return ""


def parse_rules(section: object) -> Rules:
    """The ``actions`` part of a configuration.

    Raises:
        ConfigError: a field is of another type, or names no action; a rule that is not understood must not be passed
            over.
    """
    values = _mapping(section, "actions")
    guard = _mapping(values.get("guard"), "actions.guard")
    contexts = []
    for index, entry in enumerate(_listed(values.get("contexts"), "actions.contexts")):
        at = f"actions.contexts[{index}]"
        rule = _mapping(entry, at)
        match = rule.get("match")
        if not isinstance(match, str) or not match:
            raise ConfigError(f"{at}.match is missing: give the context's name, or a pattern such as prod-*.")
        contexts.append(ContextRule(match, _flag(rule, at), _intents(rule.get("forbid"), f"{at}.forbid")))
    pattern = guard.get("pattern", DEFAULT_PATTERN)
    labels = _listed(guard.get("labels", list(DEFAULT_LABELS)), "actions.guard.labels")
    if not isinstance(pattern, str):
        raise ConfigError("actions.guard.pattern must be text: a regular expression.")
    return Rules(
        _flag(values, "actions"),
        _intents(values.get("forbid"), "actions.forbid"),
        tuple(contexts),
        pattern,
        tuple(str(label) for label in labels),
    )


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
    pattern = environment.get(PATTERN_VARIABLE, rules.pattern)
    if not pattern:
        return ""
    looked_at = [("context", context, context), ("namespace", namespace, namespace)]
    for key, value in (labels or {}).items():
        if key.rpartition("/")[2] in rules.labels:
            looked_at.append(("namespace label", f"{key}={clean(value, 63)}", str(value)))
    for what, said, name in looked_at:
        try:
            guarded = re.search(pattern, name, re.IGNORECASE)
        except re.error:
            return f"the guard's pattern {clean(pattern, 60)} is not a regular expression, so everything is guarded"
        if guarded:
            return f"{what} {said} looks like production"
    return ""


def _intents(value: object, at: str) -> frozenset[Intent]:
    if value == "all":
        return frozenset(Intent)
    found = set()
    for name in _listed(value, at):
        try:
            found.add(Intent(str(name).replace("rollback", "roll back")))
        except ValueError:
            known = ", ".join(Intent)
            raise ConfigError(f"{at}: {clean(name, 40)!r} is no action: choose of {known}, or write all.") from None
    return frozenset(found)


def _flag(values: Mapping[str, Any], at: str) -> bool:
    value = values.get("readOnly", False)
    if not isinstance(value, bool):
        raise ConfigError(f"{at}.readOnly must be true or false, not {clean(value, 40)!r}.")
    return value


def _mapping(value: object, at: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ConfigError(f"{at} must be a mapping of names to values, not {clean(value, 40)!r}.")
    return value


def _listed(value: object, at: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ConfigError(f"{at} must be a list, not {clean(value, 40)!r}.")
    return value

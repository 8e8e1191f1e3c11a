"""What an action does to one canary on the command line: its plan, its outcome, its exit code."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from canarytui.domain.actions import ActionRequest
from canarytui.domain.plan import Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.text.public_url import place_url
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError, ConfigError, MissingApi, ReadOnly, UsageError
from canarytui.exit_codes import ExitCode


class Task(Struct):
    """One canary's part: its plan, and what came of it."""

    key: NamespacedName
    request: ActionRequest
    situation: Situation
    plan: Plan
    code: ExitCode = ExitCode.DONE
    said: str = ""
    written: bool = False
    answers: list[str] = field(default_factory=list)

    def as_object(self) -> dict[str, Any]:
        """For ``-o json``."""
        made = self.plan
        return {
            "canary": "/".join(self.key),
            "action": made.intent,
            "title": made.title,
            "writes": [
                {"method": each.method, "path": each.path, "contentType": each.content_type, "body": each.body}
                for each in made.writes
            ],
            "calls": [{"method": each.method, "url": place_url(each.url), "body": each.body} for each in made.calls],
            "effect": made.effect,
            "when": made.when,
            "risk": made.risk,
            "riskText": made.risk_text,
            "owner": made.owner,
            "written": None if self.code is ExitCode.UNKNOWN else self.written,
            "answers": self.answers,
            "error": self.said,
            "exitCode": int(self.code),
        }


def code_of(error: CanarytuiError) -> ExitCode:
    """The exit code of what kept an action from being done."""
    from canarytui.actions.requests import ActionLost, ActionUnknown

    if isinstance(error, ActionUnknown):
        return ExitCode.UNKNOWN
    if isinstance(error, ActionLost):
        return ExitCode.LOST
    if isinstance(error, UsageError | MissingApi | ConfigError):
        return ExitCode.USAGE
    if isinstance(error, ReadOnly):
        return ExitCode.NOT_POSSIBLE
    return ExitCode.UNREACHABLE

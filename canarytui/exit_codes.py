"""Every exit code, with its meaning for each kind of command; ``--help`` is made from it.

A number may mean one thing for ``status`` and another for ``promote``, so each member is a number with its meanings.
The numbers are an interface: scripts and CI depend on them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from enum import Enum

STATUS, ACTION, VIEW, DRILL, LINT, MIGRATE, DOCTOR = "status", "action", "view", "drill", "lint", "migrate", "doctor"
JUDGE = "judge"
"""Commands with exit codes in common: ``status``; the actions (``pause`` …); ``get``, ``describe`` and ``events``;
``drill``; ``lint``; ``migrate``; ``doctor``."""

_WIDTH = 118
_NO_HELP: Mapping[str, str] = {}


class ExitCode(int, Enum):
    """What a command ends with. `meanings` says it for the help, by commands (`STATUS`, `ACTION` …)."""

    meanings: Mapping[str, str]

    def __new__(cls, number: int, meanings: Mapping[str, str]) -> ExitCode:
        made = int.__new__(cls, number)
        made._value_ = (number, *meanings.values())  # several members of one number stay several
        made.meanings = meanings
        return made

    __hash__ = int.__hash__

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self.name}: {int(self)}>"

    def __str__(self) -> str:
        return str(int(self))

    DONE = 0, {
        ACTION: "done; with --wait: and the controller did what was asked for",
        VIEW: "shown",
        DRILL: "the drill came to its end",
        MIGRATE: "printed",
    }  # fmt: skip
    NOTHING_FOUND = 0, {LINT: "no finding of that severity", DOCTOR: "no finding of that severity"}
    PROMOTED = 0, {STATUS: "promoted (or ready, where there is nothing to roll out)"}
    NOT_WORSE = 0, {JUDGE: "not worse than the primary, or both fail"}
    WORSE = 1, {JUDGE: "surely worse than the primary"}
    FAILED = 1, {
        STATUS: "failed: rolled back, or (with --revision-of-now) replaced by another revision before it was promoted",
    }  # fmt: skip
    OTHERWISE = 1, {ACTION: "with --wait: the controller did something else"}
    ERROR = (
        1,
        {
            VIEW: "no answer from the cluster",
            MIGRATE: "something cannot move, or no answer from the cluster",
        },
    )
    NOT_AS_EXPECTED = 1, {DRILL: "refused or aborted (run: something was not as expected)"}
    FOUND = 1, {
        LINT: "a finding of the severity of --fail-on or worse",
        DOCTOR: "a finding of the severity of --fail-on or worse, or no access to the canaries",
    }  # fmt: skip
    USAGE = 2, {
        STATUS: "usage, no such context or kubeconfig, no such canary, or it was deleted meanwhile",
        ACTION: "usage, no such context, kubeconfig or canary, or the audit log cannot be written: nothing was done",
        VIEW: "usage, or no such context, kubeconfig or canary",
        DRILL: "usage, no such context or kubeconfig, or a file that is wrong",
        DOCTOR: "usage, or no such context, kubeconfig or canary",
        LINT: "usage, or a file that cannot be read",
        MIGRATE: "usage, or no such context, kubeconfig, file or object",
        JUDGE: "usage, or no such context, kubeconfig or canary",
    }  # fmt: skip
    TIMED_OUT = 3, {STATUS: "--timeout is over, and nothing is decided"}
    NO_ANSWER = 3, {ACTION: "with --wait: no answer from the controller"}
    UNREACHABLE = 4, {
        STATUS: "the API server cannot be asked: unreachable (with --timeout: for so long), refuses, or was silent at"
        " its end",
        JUDGE: "the API server cannot be asked",
        ACTION: "the API server or the load tester cannot be reached, refused, or did not answer: it was not done",
        DOCTOR: "the API server cannot be reached",
    }  # fmt: skip
    UNDECIDED = 5, {
        STATUS: "nothing is decided yet (only without --watch), or it cannot be told whether the status is about this"
        " revision, or whether this one was promoted before another one replaced it",
    }  # fmt: skip
    NO_VERDICT = 5, {JUDGE: "no verdict: too few requests, or nothing to compare"}
    NOT_POSSIBLE = 5, {
        ACTION: "not possible: the phase, your permissions, or your configuration (read_only, forbid)",
    }  # fmt: skip
    LOST = 6, {ACTION: "somebody else changed the object first: nothing was written"}
    NOT_CONFIRMED = 7, {ACTION: "not confirmed: nothing was written"}
    UNKNOWN = 8, {
        ACTION: "the answer was lost, and whether it was done cannot be told: the message says what to look at",
    }  # fmt: skip
    CRASHED = 70, _NO_HELP
    """An unexpected error: EX_SOFTWARE of sysexits.h."""
    HUNG_UP = 129, _NO_HELP
    """The terminal hung up: 128 + SIGHUP."""
    INTERRUPTED = 130, {STATUS: "interrupted", JUDGE: "interrupted", ACTION: "interrupted", DRILL: "ended by a signal"}
    NO_READER = 141, _NO_HELP
    """The reader of the output has gone: 128 + SIGPIPE."""


def help_lines(commands: str) -> str:
    """The exit codes of `commands` for their ``--help``, one to a line."""
    lines = ["exit codes:"]
    for code in ExitCode:
        if commands in code.meanings:
            lines += textwrap.wrap(
                code.meanings[commands], _WIDTH, initial_indent=f"  {int(code):<5}", subsequent_indent=" " * 7
            )
    return "\n".join(lines)


def help_sentence(commands: str) -> str:
    """The same as one sentence: ``Exit codes: 0 shown, 1 no answer from the cluster, …``."""
    said = (f"{int(code)} {code.meanings[commands]}" for code in ExitCode if commands in code.meanings)
    return f"Exit codes: {', '.join(said)}."

"""What the environment says about pager and editor, as argument lists. No shell reads them."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping

from canarytui.domain.sentences import programs as words
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError, UsageError

_EDITORS = ("KUBE_EDITOR", "VISUAL", "EDITOR")
_PAGERS = ("PAGER",)
_USUAL_PAGERS = ("less", "more")


def pager(environment: Mapping[str, str] = os.environ) -> list[str]:
    """``$PAGER``, else less or more. Raises UsageError: its quotes do not match."""
    return _argv(_PAGERS, environment) or [next(filter(shutil.which, _USUAL_PAGERS), "more")]


def editor(environment: Mapping[str, str] = os.environ) -> list[str]:
    """``$KUBE_EDITOR``, ``$VISUAL`` or ``$EDITOR``, else vi. Raises UsageError: its quotes do not match."""
    return _argv(_EDITORS, environment) or ["vi"]


def not_started(program: str, error: OSError, remedy: str) -> CanarytuiError:
    """The error for a program that cannot be started."""
    why = clean(error.strerror or error, 120)
    return CanarytuiError(words.NOT_STARTED.text(program=clean(program, 120), why=why, remedy=remedy))


def set_variable(variable: str) -> str:
    """The remedy for a pager or an editor."""
    return words.SET_VARIABLE.text(variable=variable)


def _argv(variables: tuple[str, ...], environment: Mapping[str, str]) -> list[str]:
    for variable in variables:
        value = environment.get(variable, "")
        try:
            argv = shlex.split(value)
        except ValueError as error:
            why = clean(error, 80).lower()
            raise UsageError(words.BAD_VARIABLE.text(variable=variable, value=clean(value, 120), why=why)) from error
        if argv:
            return argv
    return []

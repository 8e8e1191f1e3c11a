"""Where a plain y is not enough: contexts and namespaces that look like production.

Pure; a configuration can name more words. The sandbox is never guarded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from canarytui.console.wording import SANDBOX_CONTEXT

DEFAULT_PATTERN = r"(^|[^a-z])(prod|production|prd|live)([^a-z]|$)"
PATTERN_VARIABLE = "CANARYTUI_GUARD"
"""Environment variable with a regular expression that replaces the default one; empty guards nothing."""


def guard_reason(context: str, namespace: str, environment: Mapping[str, str] = os.environ) -> str:
    """Why an action here needs the canary's name typed; "" when it does not."""
    if context == SANDBOX_CONTEXT:
        return ""
    pattern = environment.get(PATTERN_VARIABLE, DEFAULT_PATTERN)
    if not pattern:
        return ""
    for what, name in (("context", context), ("namespace", namespace)):
        try:
            guarded = re.search(pattern, name, re.IGNORECASE)
        except re.error:
            return f"{PATTERN_VARIABLE} is not a regular expression, so everything is guarded"
        if guarded:
            return f"{what} {name} looks like production"
    return ""

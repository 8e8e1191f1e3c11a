"""The summary of an incident, from the console: to the terminal's clipboard and to a file that only its owner reads."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import private_folder, replace_file
from canarytui.console.link_opening import links_of_canary
from canarytui.console.model import ConsoleModel
from canarytui.domain.rollout.explain import explain
from canarytui.domain.sentences import incident as words
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError, ConfigError

if TYPE_CHECKING:
    from datetime import datetime

_AUDIT_READ = 5000


async def summary_of(model: ConsoleModel, key: NamespacedName) -> str:
    """The Markdown about a canary of the current context; "" when it is not known."""
    from canarytui.backtest.shadow import seen_shadow_counts
    from canarytui.report.incident_summary import incident_summary

    situation, connection = model.state.situation(key), model.connection
    if situation is None:
        return ""
    try:
        audit = await connection.executor.entries(_AUDIT_READ)
    except CanarytuiError:  # a log that cannot be read must not keep an incident from being reported
        audit = []
    return incident_summary(
        situation,
        explain(situation.at(model.local_now())).sentence,
        model.state.timeline.oldest_first(*key),
        audit,
        context=connection.context,
        server=connection.server,
        zone=model.zone,
        links=links_of_canary(model, key),
        shadows=seen_shadow_counts(
            situation.canary,
            model.state.timeline.oldest_first(*key),
            lambda check: model.state.readings.points(key, check),
            interval_s=situation.interval_s,
            now=model.state.now(),
        ),
    )


async def save_summary(text: str, key: NamespacedName, now: datetime, folder: Path | None = None) -> Path:
    """Write it to ``summaries`` in the state folder; its path.

    Raises:
        ConfigError: it cannot be written.
    """
    folder = folder or state_folder() / "summaries"
    name = re.sub(r"[^a-z0-9.-]", "_", "-".join(key).lower())[:200]
    path = folder / f"{now:%Y%m%d-%H%M%S}-{name}.md"

    def write() -> None:
        private_folder(folder)
        replace_file(path, text.encode("utf-8", "replace"), 0o600)

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        raise ConfigError(words.NOT_WRITTEN.text(folder=folder, why=error.strerror)) from error
    return path

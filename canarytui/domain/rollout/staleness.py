"""Facts that may be out of date: since when, and why."""

from __future__ import annotations

from datetime import datetime, tzinfo

from msgspec import Struct

from canarytui.domain.sentences import stale as words
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import short_duration


class Stale(Struct, frozen=True):
    """`since` is the last known moment, `clock` the present one; `reason` is a few words (``Unauthorized``, ``no
    answer``), "" if unknown. `context` is named when several are open."""

    since: datetime
    clock: datetime
    reason: str = ""
    context: str = ""

    def words(self, zone: tzinfo | None = None, *, age: bool = True) -> str:
        """``STALE since 14:30:12 (42 s): Unauthorized``; the time in `zone`, or in that of `since` if None. Without
        `age` for text that is drawn only once."""
        since = self.since if zone is None else self.since.astimezone(zone)
        old = f" ({short_duration((self.clock - self.since).total_seconds())})" if age else ""
        where = f" {clean(self.context, 120)}" if self.context else ""
        why = f": {clean(self.reason, 80)}" if self.reason else ""
        return words.STALE.text(context=where, since=since, age=old, why=why)

    def sentence(self, known: str, zone: tzinfo | None = None) -> str:
        """What was `known` last, with its time: ``as of 14:30:12 (STALE for 42 s): cart …``."""
        since = self.since if zone is None else self.since.astimezone(zone)
        age = short_duration((self.clock - self.since).total_seconds())
        return words.AS_OF.text(since=since, age=age, known=known)

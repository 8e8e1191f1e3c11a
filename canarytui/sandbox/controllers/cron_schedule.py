"""Cron schedules: five fields, names, ranges, steps, and the ``@hourly`` family. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DAYS = {name: number for number, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_SEARCH_LIMIT = timedelta(days=366 * 5)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The minutes at which a CronJob is due."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """Raises: ValueError when `text` is no schedule."""
        fields = _ALIASES.get(text.strip(), text).split()
        if len(fields) != 5:
            raise ValueError(f"expected exactly 5 fields, found {len(fields)}: {text}")
        minutes, hours, days, months, weekdays = fields
        return cls(
            minutes=_field(minutes, 0, 59, {}),
            hours=_field(hours, 0, 23, {}),
            days=_field(days, 1, 31, {}),
            months=_field(months, 1, 12, _MONTHS),
            weekdays=frozenset(day % 7 for day in _field(weekdays, 0, 7, _DAYS)),
            any_day=days.startswith(("*", "?")),
            any_weekday=weekdays.startswith(("*", "?")),
        )

    def next_after(self, moment: datetime) -> datetime | None:
        """The first due minute after `moment`, in its time zone; None when there is none for years."""
        candidate = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        limit = candidate + _SEARCH_LIMIT
        while candidate < limit:
            if candidate.month not in self.months or not self._on_day(candidate):
                candidate = candidate.replace(hour=0, minute=0) + timedelta(days=1)
            elif candidate.hour not in self.hours:
                candidate = candidate.replace(minute=0) + timedelta(hours=1)
            elif candidate.minute not in self.minutes:
                candidate += timedelta(minutes=1)
            else:
                return candidate
        return None

    def _on_day(self, moment: datetime) -> bool:
        day = moment.day in self.days
        weekday = (moment.weekday() + 1) % 7 in self.weekdays
        # With both fields restricted cron means either; with one, that one.
        return day and weekday if self.any_day or self.any_weekday else day or weekday


def _field(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step_text = part.partition("/")
        step = int(step_text) if step_text else 1
        if step < 1:
            raise ValueError(f"step must be positive: {part}")
        if span in ("*", "?"):
            first, last = low, high
        else:
            first_text, dash, last_text = span.partition("-")
            first = _number(first_text, names)
            last = _number(last_text, names) if dash else (high if step_text else first)
        if not low <= first <= last <= high:
            raise ValueError(f"out of range {low}-{high}: {part}")
        values.update(range(first, last + 1, step))
    return frozenset(values)


def _number(text: str, names: dict[str, int]) -> int:
    return names[text.lower()] if text.lower() in names else int(text)

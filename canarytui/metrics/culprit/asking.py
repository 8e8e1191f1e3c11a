"""Queries about a query, each asked once, and no more of them than are allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from canarytui.errors import CanarytuiError
from canarytui.metrics.culprit.query_parts import LabelMatcher, Selector, seconds
from canarytui.metrics.providers.prometheus_vector import Sample

Ask = Callable[[str], Awaitable[Sequence[Sample]]]
"""Evaluates an instant query. Raises PrometheusError where the server refuses it, and another CanarytuiError where
there is no answer."""


PAST_S = 3600.0
"""How far back series are looked for that are gone now."""
LATELY_S = 600.0
"""The window in which scrapes are counted."""


class AskedEnough(CanarytuiError):
    """More queries than one check is worth."""


class Questions:
    """What one search asks. `most` bounds its queries."""

    def __init__(self, ask: Ask, most: int) -> None:
        self._ask = ask
        self._most = most
        self._answers: dict[str, Sequence[Sample]] = {}

    @property
    def asked(self) -> int:
        """Queries so far."""
        return len(self._answers)

    async def vector(self, query: str) -> Sequence[Sample]:
        """The answer to `query`, from the server or from before."""
        if query not in self._answers:
            if len(self._answers) >= self._most:
                raise AskedEnough("")
            self._answers[query] = ()
            self._answers[query] = await self._ask(query)
        return self._answers[query]

    async def number(self, query: str) -> float | None:
        """The one value of `query`; None without one."""
        found = await self.vector(query)
        return found[0].value if found else None

    async def values(self, selector: Selector, label: str) -> list[str]:
        """The values that series of `selector` have of `label`, "" among them where a series has none."""
        found = await self.vector(f"count by ({label}) ({selector.instant})")
        return sorted({str(sample.labels.get(label) or "") for sample in found})

    async def any_labels(self, selector: Selector) -> dict[str, str]:
        """All labels of one of the series."""
        found = await self.vector(f"topk(1, {selector.instant})")
        return {name: str(value) for name, value in found[0].labels.items()} if found else {}

    async def metrics_like(self, prefix: str) -> list[str]:
        """Names of the metrics that begin with `prefix`."""
        found = await self.vector(f'count by (__name__) ({{__name__=~"{prefix}.+"}})')
        return [str(sample.labels.get("__name__") or "") for sample in found]

    async def past_labels(self, selector: Selector) -> dict[str, str] | None:
        """The labels of one of the series of the last hour; None where there was none."""
        found = await self.vector(f"topk(1, last_over_time({selector.over(PAST_S)}))")
        return {name: str(value) for name, value in found[0].labels.items()} if found else None

    async def past_age_s(self, selector: Selector) -> float | None:
        """Seconds since the last sample of the last hour."""
        return await self.number(f"time() - max(max_over_time(timestamp({selector.series})[{seconds(PAST_S)}:30s]))")

    async def age_s(self, selector: Selector) -> float | None:
        """Seconds since the last sample of series that exist."""
        return await self.number(f"time() - max(timestamp({selector.instant}))")

    async def first_age_s(self, selector: Selector) -> float:
        """Seconds since the first sample that an instant query of the last minutes (:data:`LATELY_S`) sees."""
        window = f"{seconds(LATELY_S)}:10s"
        return (
            await self.number(f"time() - min(min_over_time(timestamp({selector.series})[{window}]{selector.offset}))")
            or 0.0
        )

    async def samples(self, selector: Selector, range_s: float) -> float:
        """The most samples that one of the series has in a range."""
        return await self.number(f"max(count_over_time({selector.over(range_s)}))") or 0.0


def fits(matcher: LabelMatcher, value: str) -> bool:
    """Whether a series with this value of the label is selected; regular expressions are Go's."""
    import re2

    if matcher.operator in ("=", "!="):
        return (matcher.value == value) != matcher.negative
    try:
        return (re2.fullmatch(matcher.value, value) is not None) != matcher.negative
    except re2.error:
        return False

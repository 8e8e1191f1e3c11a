"""Queries about a query, each asked once, and no more of them than are allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from canarytui.errors import CanarytuiError
from canarytui.metrics.culprit.query_parts import LabelMatcher, Selector
from canarytui.metrics.providers.prometheus_vector import Sample

Ask = Callable[[str], Awaitable[Sequence[Sample]]]
"""Evaluates an instant query. Raises PrometheusError where the server refuses it, and another CanarytuiError where
there is no answer."""


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


def fits(matcher: LabelMatcher, value: str) -> bool:
    """Whether a series with this value of the label is selected; regular expressions are Go's."""
    import re2

    if matcher.operator in ("=", "!="):
        return (matcher.value == value) != matcher.negative
    try:
        return (re2.fullmatch(matcher.value, value) is not None) != matcher.negative
    except re2.error:
        return False

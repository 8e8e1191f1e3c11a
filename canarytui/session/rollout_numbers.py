"""What is measured of one canary while somebody looks at it: requests of both sides over time, totals, resources.

Data and no IO: :mod:`canarytui.session.rollout_numbers_watch` fills it from a cluster, fixtures and tests by hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, field

from canarytui.domain.rollout.request_numbers import RequestNumbers, RequestTotals, Side, SideNumbers
from canarytui.domain.rollout.rollout_span import RolloutSpan
from canarytui.domain.rollout.share_segments import ShareSegments
from canarytui.domain.rollout.step_cost import GrowthPoint

POINTS_MOST = 720
"""Two hours at an interval of 10 s."""


class SidePoint(Struct, frozen=True):
    """One side at one moment; None for what was not measured."""

    requests_per_s: float
    success_percent: float | None
    p50_ms: float | None
    p90_ms: float | None
    p99_ms: float | None

    @classmethod
    def of(cls, numbers: SideNumbers) -> SidePoint:
        p50, p90, p99 = (numbers.quantile_ms(each) for each in (0.5, 0.9, 0.99))
        return cls(numbers.rate.total, numbers.rate.success_percent, p50, p90, p99)


class NumbersPoint(Struct, frozen=True):
    """Both sides at one moment."""

    at: datetime
    sides: dict[Side, SidePoint]
    share_percent: float | None

    @classmethod
    def of(cls, at: datetime, numbers: RequestNumbers) -> NumbersPoint:
        sides = {Side.CANARY: SidePoint.of(numbers.canary)}
        if numbers.primary is not None:
            sides[Side.PRIMARY] = SidePoint.of(numbers.primary)
        return cls(at, sides, numbers.share_percent)


class PodUsage(Struct, frozen=True):
    """What the pods of one side use together: CPU in cores, memory in bytes."""

    pods: int
    cpu_cores: float
    memory_bytes: float


class BurnHistory(Struct, frozen=True):
    """Requests of both sides over the last hours, asked at `asked`; `held_since`: when the server's data begin."""

    asked: float
    held_since: float
    points: tuple[GrowthPoint, ...]


class RolloutNumbers(Struct):
    """`revision` rises with every change.

    Attributes:
        window: the time over which rates and response times are taken (``1m``).
        latest: the last answer; None before the first.
        problem: why there is nothing newer, "" when there is.
        span: the rollout that `totals` are of; None where its begin is not known.
        growth: the requests of `span` over time, up to the end of its last step that has ended.
        burn: the requests of some hours, for burn rates; None until asked.
        shares: who got how many requests at which weight, since this session looks.
        untold: why the primary has no numbers of its own, "" when it has.
        usage_problem: why there is no `usage`.
    """

    window: str = ""
    latest: RequestNumbers | None = None
    points: deque[NumbersPoint] = field(default_factory=lambda: deque(maxlen=POINTS_MOST))
    problem: str = ""
    span: RolloutSpan | None = None
    totals: RequestTotals | None = None
    shares: ShareSegments = field(default_factory=ShareSegments)
    growth: tuple[GrowthPoint, ...] = ()
    burn: BurnHistory | None = None
    untold: str = ""
    usage: dict[Side, PodUsage] = field(default_factory=dict)
    usage_problem: str = ""
    revision: int = 0

    @property
    def awaits_scrape(self) -> bool:
        """Whether the analysis was restarted so recently that what the counters have may be the predecessor's."""
        return self.span is not None and self.span.restarted and self.latest is not None and self.totals is None

    def add(self, at: datetime, numbers: RequestNumbers) -> None:
        """The latest answer."""
        self.latest, self.problem = numbers, ""
        self.points.append(NumbersPoint.of(at, numbers))
        self.revision += 1

    def put_past(self, points: Iterable[NumbersPoint]) -> None:
        """What was before all that is known."""
        first = self.points[0].at if self.points else None
        known = list(self.points)
        self.points.clear()
        self.points.extend([each for each in points if first is None or each.at < first])
        self.points.extend(known)
        self.revision += 1

    def fail(self, problem: str) -> None:
        """There is nothing newer; what is known stays."""
        if problem != self.problem:
            self.problem = problem
            self.revision += 1

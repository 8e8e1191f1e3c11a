"""A drill: which requests break a canary on purpose, how many and for how long. ``drill_file`` reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from canarytui.domain.sentences import drill_file as words


class Effect(Struct, frozen=True):
    """What a stream's answers should be: a `status` (0: any), an answer after `delay_s` seconds, or mere load."""

    status: int = 0
    delay_s: float = 0.0

    @property
    def fails(self) -> bool:
        """Whether the built-in success rate counts such answers as failed: it does for 5xx only."""
        return self.status >= 500

    def phrase(self) -> str:
        """``HTTP 500``, ``answers after 1 s``, ``load``."""
        if self.delay_s:
            return words.ANSWERS_AFTER.text(seconds=self.delay_s)
        return f"HTTP {self.status}" if self.status else "load"


class Stream(Struct, frozen=True):
    """Requests of one kind; `share` is their percentage of the drill's rate."""

    path: str
    effect: Effect
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    share: float = 100.0


class Drill(Struct, frozen=True):
    """`rate` is requests a second and `concurrency` workers, of all streams together."""

    name: str
    title: str
    description: str
    streams: tuple[Stream, ...]
    rate: float
    concurrency: int
    duration_s: float
    parameters: Mapping[str, int] = field(default_factory=dict)
    source: str = ""

    @property
    def failing_share(self) -> float:
        """Share (0 to 1) of the requests that the success rate will count as failed."""
        return sum(stream.share for stream in self.streams if stream.effect.fails) / 100

    def phrase(self) -> str:
        """``60 % HTTP 500, 40 % answers after 1 s``."""
        if len(self.streams) == 1:
            return self.streams[0].effect.phrase()
        return ", ".join(f"{stream.share:g} % {stream.effect.phrase()}" for stream in self.streams)

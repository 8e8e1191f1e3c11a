"""A drill: which requests break a canary on purpose, how many and for how long. Read strictly from YAML.

The library's files and a person's own are of one form, told in `docs/drills.md`; every mistake is one sentence with the
file, the field and the remedy. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from canarytui.domain.durations import parse_duration
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import drill_file as words
from canarytui.drills.wire import METHODS, bad_header, bad_path
from canarytui.errors import ConfigError

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_PARAMETER = re.compile(r"\{([a-z]+)\}")
_FIELDS = ("name", "title", "description", "streams", "rate", "concurrency", "duration", "parameters")
_STREAM_FIELDS = ("path", "method", "headers", "share", "provokes")
_MOST_STREAMS = 8
_MOST_WHOLE = 100_000


@dataclass(frozen=True, slots=True)
class Effect:
    """What a stream's answers are meant to be: a `status` (0: any), after `delay_s` seconds, or mere load."""

    status: int = 0
    delay_s: float = 0.0

    @property
    def fails(self) -> bool:
        """Whether the built-in success rate counts such answers as failed: it looks at 5xx only."""
        return self.status >= 500

    def phrase(self) -> str:
        """``HTTP 500``, ``answers after 1 s``, ``load``."""
        if self.delay_s:
            return words.ANSWERS_AFTER.text(seconds=self.delay_s)
        return f"HTTP {self.status}" if self.status else "load"


@dataclass(frozen=True, slots=True)
class Stream:
    """Requests of one kind; `share` is percent of the drill's rate."""

    path: str
    effect: Effect
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    share: float = 100.0


@dataclass(frozen=True, slots=True)
class Drill:
    """`rate` is requests a second of all streams together, `concurrency` workers of all together."""

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
        """Part (0 to 1) of the requests that the success rate will count as failed."""
        return sum(stream.share for stream in self.streams if stream.effect.fails) / 100

    def phrase(self) -> str:
        """``60 % HTTP 500, 40 % answers after 1 s``."""
        if len(self.streams) == 1:
            return self.streams[0].effect.phrase()
        return ", ".join(f"{stream.share:g} % {stream.effect.phrase()}" for stream in self.streams)


def parse_drill(obj: object, source: str, values: Mapping[str, int] | None = None) -> Drill:
    """Read a drill; `values` replace defaults of its parameters.

    Raises:
        ConfigError: one sentence with `source`, the field and what to write instead.
    """
    return _Reader(source).drill(obj, values or {})


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source

    def wrong(self, at: str, why: str) -> ConfigError:
        return ConfigError(words.WRONG.text(source=clean(self._source, 200), at=at, rule=why))

    def drill(self, obj: object, values: Mapping[str, int]) -> Drill:
        fields = self._mapping("the file", obj, _FIELDS)
        name = self._text("name", fields.get("name"), 40)
        if not _NAME.fullmatch(name):
            raise self.wrong("name", words.NAME.text())
        parameters = self._parameters(fields.get("parameters"), values)
        streams = self._streams(fields.get("streams"), parameters)
        concurrency = self._number("concurrency", fields.get("concurrency"), parameters)
        if concurrency % 1 or concurrency < len(streams):
            raise self.wrong("concurrency", words.WORKERS.text(least=len(streams)))
        return Drill(
            name=name,
            title=self._text("title", fields.get("title"), 80),
            description=self._text("description", fields.get("description"), 600),
            streams=streams,
            rate=self._number("rate", fields.get("rate"), parameters),
            concurrency=int(concurrency),
            duration_s=self._seconds("duration", fields.get("duration"), parameters),
            parameters=parameters,
            source=self._source,
        )

    def _parameters(self, given: object, values: Mapping[str, int]) -> dict[str, int]:
        defaults = {} if given is None else self._mapping("parameters", given, None)
        found: dict[str, int] = {}
        for key, value in defaults.items():
            at = f"parameters.{clean(key, 40)}"
            if not re.fullmatch(r"[a-z]{1,20}", str(key)):
                raise self.wrong(at, words.PARAMETER_NAME.text())
            found[str(key)] = self._whole(at, value)
        for key, value in values.items():
            if key not in found:
                known = ", ".join(found) or "none"
                raise self.wrong("parameters", words.NO_PARAMETER.text(name=clean(key, 40), known=known))
            found[key] = self._whole(f"parameters.{key}", value)
        return found

    def _whole(self, at: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_WHOLE:
            raise self.wrong(at, words.WHOLE_NUMBER.text(most=_MOST_WHOLE))
        return value

    def _streams(self, given: object, parameters: Mapping[str, int]) -> tuple[Stream, ...]:
        if not isinstance(given, list) or not 1 <= len(given) <= _MOST_STREAMS:
            raise self.wrong("streams", words.STREAMS.text(most=_MOST_STREAMS))
        alone = len(given) == 1
        streams = tuple(self._stream(f"streams[{i}]", item, parameters, alone) for i, item in enumerate(given))
        total = sum(stream.share for stream in streams)
        if abs(total - 100) > 0.01:
            raise self.wrong("streams", words.SHARES.text(total=total))
        return streams

    def _stream(self, at: str, given: object, parameters: Mapping[str, int], alone: bool) -> Stream:
        fields = self._mapping(at, given, _STREAM_FIELDS)
        path = self._filled(f"{at}.path", self._text(f"{at}.path", fields.get("path"), 500), parameters)
        why = bad_path(path)
        if why:
            raise self.wrong(f"{at}.path", why)
        method = fields.get("method", "GET")
        if method not in METHODS:
            raise self.wrong(f"{at}.method", words.ONE_OF.text(known=", ".join(METHODS)))
        share = self._number(f"{at}.share", fields.get("share", 100 if alone else None), parameters)
        return Stream(path, self._effect(f"{at}.provokes", fields.get("provokes"), parameters), method,
                      self._headers(f"{at}.headers", fields.get("headers")), share)  # fmt: skip

    def _headers(self, at: str, given: object) -> tuple[tuple[str, str], ...]:
        pairs = []
        for name, value in ({} if given is None else self._mapping(at, given, None)).items():
            why = bad_header(name, value)
            if why:
                raise self.wrong(f"{at}.{clean(name, 40)}", why)
            pairs.append((str(name), str(value)))
        return tuple(pairs)

    def _effect(self, at: str, given: object, parameters: Mapping[str, int]) -> Effect:
        fields = self._mapping(at, given, ("status", "delay", "load"))
        if len(fields) != 1:
            raise self.wrong(at, words.EFFECT.text())
        if "status" in fields:
            status = self._number(f"{at}.status", fields["status"], parameters)
            if status % 1 or not 200 <= status <= 599:
                raise self.wrong(f"{at}.status", words.STATUS.text())
            return Effect(status=int(status))
        if "delay" in fields:
            return Effect(delay_s=self._seconds(f"{at}.delay", fields["delay"], parameters))
        if fields["load"] is not True:
            raise self.wrong(f"{at}.load", words.TRUE.text())
        return Effect()

    def _mapping(self, at: str, given: object, known: tuple[str, ...] | None) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            raise self.wrong(at, words.MAP_WITH.text(known=", ".join(known)) if known else words.MAP_OF_NAMES.text())
        for key in given:
            if known is not None and key not in known:
                at_key = clean(key, 40) if at == "the file" else f"{at}.{clean(key, 40)}"
                raise self.wrong(at_key, words.UNKNOWN_FIELD.text(known=", ".join(known)))
        return given

    def _text(self, at: str, given: object, most: int) -> str:
        if not isinstance(given, str) or not given.strip():
            raise self.wrong(at, words.TEXT.text())
        if len(given) > most:
            raise self.wrong(at, words.TEXT_AT_MOST.text(most=most))
        # A path is checked letter by letter where it is used; cleaning would hide what is wrong with it.
        return given if at.endswith("path") else clean(given, most)

    def _filled(self, at: str, text: str, parameters: Mapping[str, int]) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] not in parameters:
                raise self.wrong(at, words.UNDEFINED_PARAMETER.text(name=match[1]))
            return str(parameters[match[1]])

        return _PARAMETER.sub(value, text)

    def _number(self, at: str, given: object, parameters: Mapping[str, int]) -> float:
        if isinstance(given, str) and _PARAMETER.fullmatch(given):
            given = int(self._filled(at, given, parameters))
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= 1_000_000:
            raise self.wrong(at, words.ABOVE_ZERO.text())
        return float(given)

    def _seconds(self, at: str, given: object, parameters: Mapping[str, int]) -> float:
        text = self._filled(at, given, parameters) if isinstance(given, str) else ""
        try:
            seconds = parse_duration(text)
        except ValueError:
            seconds = 0.0
        if seconds <= 0:
            raise self.wrong(at, words.DURATION.text())
        return seconds

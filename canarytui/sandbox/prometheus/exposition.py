"""Prometheus' text exposition format, read. Pure.

prometheus_client's parser is not used for what other programs send: it renames counters that do not end in ``_total``
(Envoy's), which Prometheus does not, and its time grows with the square of a line's labels, so that one answer of the
size that a scrape may have would hold up everything for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Labels = tuple[tuple[str, str], ...]
"""Sorted (name, value) pairs; the metric's name is the label ``__name__``."""

_LINE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(?P<labels>.*)\})?\s*(?P<rest>[^{}]+)")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')
_ESCAPE = re.compile(r'\\([\\n"])')


class ExpositionError(ValueError):
    """A line that is no sample; the text says which."""


def parse(text: str) -> Iterator[tuple[Labels, float, float | None]]:
    """(labels, value, own timestamp in seconds or None) of each sample.

    Raises:
        ExpositionError: a line that is neither a sample nor a comment.
    """
    for number, line in enumerate(text.split("\n"), 1):  # other line breaks may stand in a label's value
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ExpositionError(f"line {number}: {line[:80]!r} is no sample")
        value, _, stamp = match["rest"].strip().partition(" ")
        try:
            yield _labels(match["name"], match["labels"] or ""), float(value), _seconds(stamp)
        except ValueError as error:
            raise ExpositionError(f"line {number}: {error}") from error


def make_labels(values: dict[str, str]) -> Labels:
    """Labels from a mapping; empty values are no labels."""
    return tuple(sorted((name, value) for name, value in values.items() if value != ""))


def _labels(name: str, text: str) -> Labels:
    values = {"__name__": name}
    position = 0
    while position < len(text):
        match = _LABEL.match(text, position)
        if match is None:
            if text[position:].strip():
                raise ExpositionError(f"{text[position:][:40]!r} is no label")
            break
        values[match[1]] = _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], match[2])
        position = match.end()
    return make_labels(values)


def _seconds(stamp: str) -> float | None:
    return int(stamp) / 1000 if stamp.strip() else None

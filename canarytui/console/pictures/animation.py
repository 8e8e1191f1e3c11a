"""Pictures one after another in one SVG: each line is there once for all frames that show it, and CSS does the rest."""

from __future__ import annotations

import html
from collections.abc import Sequence

from msgspec import Struct

from canarytui.console.pictures.picture import Picture, StyleNames, head, placed


class AnimationFrame(Struct, frozen=True):
    """A picture, how long it is shown, and what is said above it."""

    picture: Picture
    seconds: float
    caption: str


Spans = tuple[tuple[float, float], ...]
"""Parts of the whole, in percent."""


def animated(frames: Sequence[AnimationFrame], names: StyleNames, *, still_at: int) -> str:
    """An SVG that repeats `frames`; viewers that do not move pictures show frame `still_at`."""
    total = sum(frame.seconds for frame in frames)
    ends = [sum(frame.seconds for frame in frames[: n + 1]) / total * 100 for n in range(len(frames))]
    starts = [0.0, *ends[:-1]]
    shown: dict[tuple[int, str], list[int]] = {}
    for number, frame in enumerate(frames):
        for line, content in enumerate(frame.picture.lines):
            if content:
                shown.setdefault((line, content), []).append(number)
        shown.setdefault((-1, _caption(frame.caption)), []).append(number)
    rules: dict[Spans, str] = {}
    body = []
    for (line, content), numbers in sorted(shown.items()):
        classes = ""
        if len(numbers) < len(frames):
            name = rules.setdefault(_joined([(starts[n], ends[n]) for n in numbers]), f"k{len(rules)}")
            classes = f"k {name}" if still_at in numbers else f"k h {name}"
        body.append(placed(content, line, classes))
    first = frames[0].picture
    css = f"{names.css}.c{{fill:#a0a0a0}}.h{{visibility:hidden}}.k{{animation:{total:g}s step-end infinite}}"
    css += "".join(f".{name}{{animation-name:{name}}}{_keyframes(name, spans)}" for spans, name in rules.items())
    css += "@media(prefers-reduced-motion:reduce){.k{animation:none}}"
    return f"{head(first.columns, len(first.lines), first.background, css)}{''.join(body)}</g></svg>\n"


def _caption(said: str) -> str:
    return f'<text class="c" x="76" y="13">{html.escape(said, quote=False)}</text>'


def _joined(spans: list[tuple[float, float]]) -> Spans:
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _keyframes(name: str, spans: Spans) -> str:
    states = {0.0: "hidden"}
    for start, end in spans:
        states[start] = "visible"
        states[end] = "hidden"
    stops = "".join(f"{at:.4g}%{{visibility:{state}}}" for at, state in sorted(states.items()) if at < 100)
    return f"@keyframes {name}{{{stops}}}"

"""Objects as a broken controller, a careless script or an enemy would write them."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Iterator
from typing import Any

from canarytui.console.demo_fixture import canary_object, deployment_object

PHASES = (
    "", "Initializing", "Initialized", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising",
    "Succeeded", "Failed", "Terminating", "Odd",
)  # fmt: skip
ESCAPES = "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b5mC1\x08\x7f\r\n\tend"
MARKUP = "[bold red]x[/] [link=http://e]y[/link] [@click=app.quit]z[/]"
BIDI = "a\u202ecba\u2066x\u2069\u200f\u061c"
WIDE = "漢字かな交じり文🚀👩‍👩‍👧‍👦🇪🇺" * 6
ZERO_WIDTH = "z\u200b\u200d\u0301\u0336\ufeff" * 40
LONG = "m" * 1_000_000
SURROGATE = "lone \ud800 surrogate"
TEXTS = (ESCAPES, MARKUP, BIDI, WIDE, ZERO_WIDTH, SURROGATE, "", " ", "\u2028\u2029", "NaN", "10s", "-5", "1e999")
VALUES: tuple[Any, ...] = (
    *TEXTS, None, True, False, 0, -1, 101, 2**70, -(2**70), 0.5, math.nan, math.inf, -math.inf, [], {}, [[]], [None],
    {"a": {"b": []}}, [1, "x", None, {}], {"": ""}, ["\x1b[31m"], {"\x1b[31m": "\x1b[31m"},
)  # fmt: skip


def canaries(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Canaries with one to six fields spoilt each; names stay distinct."""
    chance = random.Random(seed)
    for number in range(count):
        name = f"c{number}" + (chance.choice(TEXTS) if chance.random() < 0.2 else "")
        namespace = chance.choice(("test", "shop", WIDE[:40], ESCAPES, MARKUP))
        phase = chance.choice(PHASES)
        made = canary_object(
            namespace, name, phase, weight=chance.choice((0, 20, 50, 100)), failed=chance.randrange(12)
        )
        yield _spoilt(made, chance, spare=("name", "namespace"))


def workloads(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """The targets and primaries of the canaries' names, spoilt likewise."""
    chance = random.Random(seed)
    for number in range(count):
        name = f"c{number}" + chance.choice(("", "-primary"))
        yield _spoilt(
            deployment_object("test", name, chance.choice(("a/b:1", *TEXTS)), 2, 1), chance, ("name", "namespace")
        )


def events(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Events about them; one of a thousand is a megabyte long."""
    chance = random.Random(seed)
    sayings = ("Advance c1.test canary weight 10", "Halt c1.test advancement success rate 1% < 99%", *TEXTS)
    for number in range(count):
        said = LONG if number % 1000 == 0 else chance.choice(sayings)
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": "test", "name": f"e{number}", "uid": f"u{number}", "resourceVersion": "1"},
            "involvedObject": {"kind": "Canary", "namespace": "test", "name": f"c{number}"},
            "type": chance.choice(("Normal", "Warning")),
            "reason": "Synced",
            "message": said,
            "lastTimestamp": "2026-11-23T14:30:00Z",
            "count": 1,
        }
        yield _spoilt(event, chance, ("name", "namespace"))


def _spoilt(obj: dict[str, Any], chance: random.Random, spare: tuple[str, ...]) -> dict[str, Any]:
    spoilt = copy.deepcopy(obj)
    for _ in range(chance.choice((1, 1, 1, 2, 6))):
        _spoil_one(spoilt, chance, spare)
    return spoilt


def _spoil_one(obj: dict[str, Any], chance: random.Random, spare: tuple[str, ...]) -> None:
    places = [(holder, key) for holder, key in _places(obj) if not (isinstance(holder, dict) and key in spare)]
    if not places:
        return
    holder, key = chance.choice(places)
    if isinstance(holder, dict) and chance.random() < 0.3 and key != "metadata":
        del holder[key]
    elif key != "metadata":
        holder[key] = copy.deepcopy(chance.choice(VALUES))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)

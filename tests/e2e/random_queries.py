"""Random PromQL about the samples of ``test_prometheus_equal``, most of it valid: for comparisons with the real server.

``topk`` and ``bottomk`` are left out, which choose among equals as it comes.
"""

from __future__ import annotations

import random

ELEMENTWISE = (
    "abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "sgn", "deg", "rad", "sin", "cos", "tan", "asin",
    "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "day_of_month", "day_of_week", "day_of_year",
    "days_in_month", "hour", "minute", "month", "year", "sort", "sort_desc", "timestamp", "absent", "scalar",
    "histogram_count", "histogram_sum",
)  # fmt: skip
OF_RANGES = (
    "avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "stddev_over_time",
    "stdvar_over_time", "last_over_time", "present_over_time", "absent_over_time", "changes", "resets", "deriv",
    "delta", "idelta", "increase", "irate", "rate",
)  # fmt: skip
_BUCKET = "traefik_service_request_duration_seconds_bucket"
_NUMBERS = ("0", "1", "-1", "0.5", "2", "NaN", "Inf", "-Inf", "1e30", "3.7", "-0.5", "0x1F")
_SELECTORS = (
    "temperature", "limit", 'temperature{room="north"}', '{room=~"n.*"}', '{__name__=~"lim.*|temp.*"}', "nothing",
    'temperature{room!~"(?i)NORTH"}', 'nothing{a="b",c=~"d"}', 'nothing{a="b",a!="c"}',
    _BUCKET + '{code=~"[[:digit:]]+"}',
    _BUCKET + r'{code=~"\\d\\Q00\\E"}', 'temperature{room=~"a.*+"}', "{}",
)  # fmt: skip
_MOMENTS = (" offset 2m", " offset -1m", " @ 1700000400", " @ start()", " @ end()", " @ end() offset 30s")
_SETS = ("and", "or", "unless")
_OPERATORS = (
    "+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=", "== bool", "< bool", *_SETS,
)  # fmt: skip
_MATCHINGS = ("", " on(room)", " ignoring(unit)", " on()", " ignoring(room)", " ignoring(unit,__name__)")
_GROUPS = ("", " group_left()", " group_right()", " group_left(unit)", " group_right(unit)", " group_left(nope)")
_GROUPINGS = ("", " by (room)", " without (room)", " by (le, code)", " by ()", " without ()", " by (__name__)")


class RandomQueries:
    """Makes expressions nested at most `depth` deep."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def query(self, depth: int) -> str:
        """An instant vector."""
        pick = self._random.choice
        if depth <= 0:
            return self._selector()
        kinds = (
            lambda: f"{pick(ELEMENTWISE)}({self.query(depth - 1)})",
            lambda: f"{pick(OF_RANGES)}({self._range(depth)})",
            lambda: self._aggregation(depth),
            lambda: self._binary(depth),
            lambda: f"-{self.query(depth - 1)}",
            lambda: f"vector({self._number(depth - 1)})",
            lambda: f"{pick(('clamp_min', 'clamp_max', 'round'))}({self.query(depth - 1)}, {self._number(depth - 1)})",
            lambda: f"clamp({self.query(depth - 1)}, {self._number(0)}, {self._number(0)})",
            lambda: f"histogram_quantile({self._number(depth - 1)}, {self.query(depth - 1)})",
            lambda: f"quantile_over_time({self._number(depth - 1)}, {self._range(depth)})",
            lambda: f"holt_winters({self._range(depth)}, {pick(('0.5', '1', 'NaN'))}, {pick(('0.5', '0'))})",
            lambda: self._replacement(depth),
        )
        return self._random.choices(kinds, weights=(4, 5, 6, 6, 1, 1, 2, 1, 2, 1, 1, 2))[0]()

    def _selector(self) -> str:
        pick = self._random.choice
        return pick(_SELECTORS) + (pick(_MOMENTS) if self._random.random() < 0.15 else "")

    def _range(self, depth: int) -> str:
        pick = self._random.choice
        if self._random.random() < 0.25:
            return f"({self.query(depth - 1)})" + pick(("[5m:30s]", "[2m:]", "[100s:7s]", "[1m:20s] offset 1m"))
        selector = pick(("temperature", "limit", '{room=~"n.*"}', f'{_BUCKET}{{code="500"}}', "nothing"))
        return selector + pick(("[1m]", "[33s]", "[5m]", "[4s]", "[2m] offset 1m", "[1m] @ 1700000760"))

    def _number(self, depth: int) -> str:
        pick = self._random.choice
        if depth <= 0 or self._random.random() < 0.7:
            return pick(_NUMBERS)
        kinds = (
            lambda: "time()",
            lambda: "pi()",
            lambda: f"scalar({self.query(depth - 1)})",
            lambda: f"({self._number(depth - 1)} {pick(_OPERATORS)} {self._number(depth - 1)})",
        )
        return pick(kinds)()

    def _aggregation(self, depth: int) -> str:
        pick = self._random.choice
        grouping, inner = pick(_GROUPINGS), self.query(depth - 1)
        kind = self._random.random()
        if kind < 0.1:
            return f"quantile{grouping} ({self._number(0)}, {inner})"
        if kind < 0.2:
            return f'count_values{grouping} ("{pick(("v", "room", "a b"))}", {inner})'
        operator = pick(("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"))
        return f"{operator}{grouping} ({inner})"

    def _binary(self, depth: int) -> str:
        pick = self._random.choice
        operator = pick(_OPERATORS)
        if operator not in _SETS and self._random.random() < 0.4:
            sides = [self.query(depth - 1), self._number(depth - 1)]
            self._random.shuffle(sides)
            return f"({sides[0]} {operator} {sides[1]})"
        matching = pick(_MATCHINGS)
        group = pick(_GROUPS) if matching and operator not in _SETS else ""
        return f"({self.query(depth - 1)} {operator}{matching}{group} {self.query(depth - 1)})"

    def _replacement(self, depth: int) -> str:
        pick = self._random.choice
        if self._random.random() < 0.3:
            return f'label_join({self.query(depth - 1)}, "both", "-", "room", "unit")'
        target, source = pick(("room", "x", "a b")), pick(("room", "le", "nope"))
        template = pick(("$1-x", "${1}x", "$a", "$$", "", "$1x", "${a}$"))
        pattern = pick(("(.*)", "(?P<a>n)orth", "(", "n.*", "", "(?i)(SOUTH)", r"(\\pL+)\\z"))
        return f'label_replace({self.query(depth - 1)}, "{target}", "{template}", "{source}", "{pattern}")'

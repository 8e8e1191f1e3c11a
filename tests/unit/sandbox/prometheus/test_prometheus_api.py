"""Whatever is asked, the embedded Prometheus answers with a value or with Prometheus' error object."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from typing import Any

import promql_parser
import pytest
from aiohttp.test_utils import TestClient, TestServer

from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.evaluate import ParseError, parse
from canarytui.sandbox.prometheus.evaluate.evaluator import EVALUATED
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage

START_S, EVERY_S, COUNT = 1_700_000_000, 5, 60
END_S = START_S + EVERY_S * (COUNT - 1)
Client = Any


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    storage = SeriesStorage(retention_s=1e12)
    for index in range(COUNT):
        at_s = float(START_S + index * EVERY_S)
        for room, value in (("north", 20.0 + index % 7), ("south", float("inf")), ("", float("nan"))):
            storage.append(make_labels({"__name__": "temperature", "room": room, "code": "200"}), at_s, value)
        for le in ("0.1", "1", "+Inf"):
            storage.append(make_labels({"__name__": "took_bucket", "le": le, "method": "Get"}), at_s, float(index))
    async with TestClient(TestServer(PrometheusApi(storage).make_app())) as made:
        yield made


async def ask(client: Client, path: str = "query", **parameters: object) -> tuple[int, Any]:
    answer = await client.get(f"/api/v1/{path}", params={"time": str(END_S), **parameters})
    body = json.loads(await answer.text())
    assert answer.content_type == "application/json"
    if answer.status == 200:
        assert body["status"] == "success"
    else:
        assert answer.status in (400, 422), (parameters, answer.status)
        assert (body["status"], body["errorType"]) == ("error", "bad_data" if answer.status == 400 else "execution")
        assert body["error"]
    return answer.status, body


WORDS = (
    "temperature", "took_bucket", "nothing", '{room=~"n.*"}', '{room!~`\\pL+`}', '{code=~"(2|3)[[:digit:]]{2}"}',
    "[1m]", "[5m:10s]", "[0s]", "[9999999y]", "[100y:1ms]", " offset 1m", " offset -300y", " @ 0", " @ -1e12",
    " @ NaN", " @ end()",
    "(", ")", "{", "}", "[", "]", ",", "+", "-", "*", "/", "%", "^", " atan2 ", " and ", " or ", " unless ", "==", "!=",
    "> bool ", " on (room) ", " ignoring(le) ", " group_left (code) ", " group_right () ", " by (le) ", " without () ",
    "sum", "avg", "topk(1, ", "quantile(0.5, ", "count_values(\"v\", ", "stddev", "limitk(1, ", "limit_ratio(0.5, ",
    "0", "1", "-0", "1e400", "0x1f", "Inf", "NaN", "'a'", '"\\xff"', '"\\ud800"', "\x00", "é", "#", "\n", "fill(0)",
    *(f"{name}(" for name in sorted(EVALUATED)), "info(", "step(", "histogram_quantiles(", "max_of(",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
async def test_random_words_get_a_value_or_an_error_object(client: Client, seed: int) -> None:
    chosen = random.Random(seed)
    statuses = set()
    for _ in range(400):
        query = "".join(chosen.choice(WORDS) for _ in range(chosen.randint(1, 9)))
        query += ")" * max(0, query.count("(") - query.count(")"))
        statuses.add((await ask(client, query=query))[0])
    assert {200, 400} <= statuses


ARGUMENTS = {
    "Vector": ("temperature", "took_bucket", "nothing", "-temperature", "vector(NaN)"),
    "Scalar": ("0", "-1", "0.5", "NaN", "Inf", "1e300"),
    "Matrix": ("temperature[1m]", "took_bucket[4s]", "nothing[1m]", "(temperature / 0)[1m:7s]"),
    "String": ('"room"', '"a b"', '"$1"', '"("', '""'),
}


async def test_every_function_that_is_read_is_evaluated_or_refused(client: Client) -> None:
    chosen = random.Random(7)
    refused = set()
    for name in FUNCTIONS:
        for _ in range(12):
            kinds = chosen.choices(list(ARGUMENTS), k=chosen.randint(0, 5))
            query = f"{name}({', '.join(chosen.choice(ARGUMENTS[kind]) for kind in kinds)})"
            try:
                promql_parser.parse(query.replace("holt_winters", "double_exponential_smoothing"))
            except ValueError:
                continue
            status, body = await ask(client, query=query)
            if name not in EVALUATED:
                assert status == 400
                assert body["error"].endswith(f'parse error: function "{name}" is not enabled')
                refused.add(name)
    assert refused <= {"end", "histogram_quantiles", "info", "max_of", "min_of", "range", "start", "step",
                       "start_timestamp"}  # fmt: skip


FUNCTIONS = (
    *sorted(EVALUATED), "end", "histogram_quantiles", "info", "max_of", "min_of", "range", "start", "step",
    "start_timestamp",
)  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["(" * 50_000 + "1" + ")" * 50_000, "-" * 50_000 + "1", "+".join(["1"] * 50_000), "abs(" * 5_000, "a[" * 5_000,
     "sum(temperature[1d:1s]) or count_over_time(count_over_time(temperature[1d:1s])[1d:1s])"],
    ids=["parentheses", "signs", "operators", "calls", "brackets", "nested subqueries"],
)  # fmt: skip
async def test_a_query_beyond_all_measure_does_not_end_the_server(client: Client, query: str) -> None:
    answer = await client.post("/api/v1/query", data={"query": query, "time": str(END_S)})
    assert answer.status in (400, 422)
    assert (await answer.json())["status"] == "error"
    assert (await ask(client, query="vector(1)"))[0] == 200


@pytest.mark.parametrize(
    "moment", ["NaN", "Inf", "1e300", "-1e300", "x", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
async def test_moments_out_of_range_are_refused_or_answered(client: Client, moment: str) -> None:
    await ask(client, query="temperature", time=moment)
    await ask(client, "query_range", query="temperature", start=moment, end=str(END_S), step="1")
    await ask(client, "query_range", query="temperature", start="0", end="10", step=moment)
    await ask(client, "series", **{"match[]": 'temperature{room=~"("}'})


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ('sum(took_bucket{method=~"(?i)get",le="1"})', "59"),
        ('count(temperature{code!~"(2|3)[[:digit:]]{2}"})', None),
        ('count(temperature{room=~"(?s).*orth"})', "1"),
        (r'count(temperature{room=~"\\p{L}+"})', "2"),
        (r'count(temperature{room=~"n.*\\z"})', "1"),
        (r'count(temperature{room=~"\\Qnorth\\E"})', "1"),
        (r'count(temperature{code=~"\\d\\d\\d"})', "3"),
        ('count(temperature{room=~"[[:alpha:]]+"})', "2"),
    ],
)
async def test_label_patterns_are_read_as_go_reads_them(client: Client, query: str, value: str | None) -> None:
    status, body = await ask(client, query=query)
    assert status == 200
    assert [item["value"][1] for item in body["data"]["result"]] == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("n.*+", "invalid nested repetition operator: `*+`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?P<a>x)(?P<a>y)", "duplicate capture group name: `a`"),
        ("(a", "missing closing ): `^(?:(a)$`"),
    ],
)
async def test_patterns_that_go_refuses_are_refused_in_its_words(client: Client, pattern: str, words: str) -> None:
    status, body = await ask(client, query=f'temperature\n  {{code="200", room=~"{pattern}"}}')
    assert status == 400
    assert body["error"] == f'invalid parameter "query": 2:16: parse error: error parsing regexp: {words}'


# Of Prometheus 3, by its documentation (querying/functions); the real one here is Prometheus 2.
@pytest.mark.parametrize(
    ("query", "values"),
    [
        ('mad_over_time(temperature{room="north"}[1m])', [2.0]),
        ('first_over_time(temperature{room="north"}[20s])', [26.0]),
        ('ts_of_first_over_time(temperature{room="north"}[20s])', [END_S - 20]),
        ('ts_of_last_over_time(temperature{room="north"}[20s])', [END_S]),
        ('ts_of_max_over_time(temperature{room="north"}[1m])', [END_S - 20]),
        ('ts_of_min_over_time(temperature{room="north"}[1m])', [END_S - 15]),
        ('sort_by_label(took_bucket, "le")', [59.0, 59.0, 59.0]),
        ("double_exponential_smoothing(took_bucket{le=\"1\"}[20s], 0.5, 0.5)", [59.0]),
        ("histogram_avg(took_bucket)", []),
    ],
)  # fmt: skip
async def test_functions_of_prometheus_3(client: Client, query: str, values: list[float]) -> None:
    status, body = await ask(client, query=query)
    assert status == 200
    assert [float(item["value"][1]) for item in body["data"]["result"]] == values


async def test_sorting_by_label_counts_numbers_by_size(client: Client) -> None:
    joined = 'label_replace(vector(1), "n", "a10", "", "") or label_replace(vector(2), "n", "a9", "", "")'
    for name, wanted in (("sort_by_label", ["a9", "a10"]), ("sort_by_label_desc", ["a10", "a9"])):
        _, body = await ask(client, query=f'{name}({joined}, "n")')
        assert [item["metric"]["n"] for item in body["data"]["result"]] == wanted


def test_alternatives_and_fill_values_that_no_prometheus_reads_are_refused() -> None:
    for query, words in (
        ('a{b="c" or d="e"}', 'unexpected identifier "or" in label matching, expected "," or "}"'),
        ("a + fill(0) b", "binop fill modifiers are experimental and not enabled"),
        ("limitk(1, a)", "limitk() is experimental and must be enabled"),
    ):
        with pytest.raises(ParseError, match="parse error") as refused:
            parse(query)
        assert words in str(refused.value)

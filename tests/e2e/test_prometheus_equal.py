"""The embedded evaluator against the real Prometheus: the same samples, the same queries, the same answers."""

from __future__ import annotations

import asyncio
import json
import math
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from random_queries import ELEMENTWISE, OF_RANGES, RandomQueries

from canarytui.metrics.builtin_queries import Subject, observer_for
from canarytui.metrics.providers.prometheus_batching import can_join, joined, separated
from canarytui.metrics.providers.prometheus_vector import Sample as Answered
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.sandbox.prometheus.evaluate import Evaluator, QueryError, parse
from canarytui.sandbox.prometheus.evaluate.values import Range, VectorSample
from canarytui.sandbox.prometheus.exposition import Labels, make_labels
from canarytui.sandbox.prometheus.numbers import number_text
from canarytui.sandbox.prometheus.storage import SeriesStorage
from canarytui.sandbox.servers import address_of, bind

pytestmark = pytest.mark.e2e

START_S = 1_700_000_000
EVERY_S = 5
COUNT = 240
END_S = START_S + EVERY_S * (COUNT - 1)
SERVICE = "test-podinfo-canary-80@kubernetescrd"
BUCKETS = ("0.1", "0.3", "1.2", "5.0", "+Inf")
FAMILY = "traefik_service_request_duration_seconds"


def series() -> Iterator[tuple[Labels, list[tuple[float, float]]]]:
    """Traefik's counters with a reset in the middle, a gauge with gaps, and a second service."""
    times = [START_S + EVERY_S * index for index in range(COUNT)]
    for service, speed in ((SERVICE, 3.0), ("test-podinfo-primary-80@kubernetescrd", 11.0)):
        for code, share in (("200", 0.9), ("404", 0.07), ("500", 0.03)):
            for rank, bucket in enumerate(BUCKETS, 1):
                values = []
                for index, at_s in enumerate(times):
                    since = index - 150 if index >= 150 else index
                    values.append((float(at_s), float(math.floor(since * speed * share * rank / len(BUCKETS)))))
                yield make_labels({"__name__": f"{FAMILY}_bucket", "service": service, "code": code, "le": bucket,
                                   "method": "GET", "protocol": "http"}), values  # fmt: skip
    wave = [(float(at), 20 + 7 * math.sin(index / 9)) for index, at in enumerate(times) if index % 17]
    yield make_labels({"__name__": "temperature", "room": "north"}), wave
    yield make_labels({"__name__": "temperature", "room": "south"}), [(at, value - 30) for at, value in wave]
    yield make_labels({"__name__": "limit", "room": "north", "unit": "C"}), [(float(at), 22.0) for at in times]


CANARY = observer_for("traefik")
ABOUT = Subject("test", "podinfo", "podinfo", "podinfo", "podinfo", "1m")
BUCKET = f'{FAMILY}_bucket{{service="{SERVICE}"}}'
INF = f'{FAMILY}_bucket{{le="+Inf"}}'
QUERIES = (
    CANARY.success_rate(ABOUT),
    CANARY.duration(ABOUT),
    f'100 - sum(rate({FAMILY}_bucket{{service="{SERVICE}",code!="404",le="+Inf"}}[1m])) / '
    f'sum(rate({FAMILY}_bucket{{service="{SERVICE}",le="+Inf"}}[1m])) * 100',
    *(f"{name}({INF}[{window}])" for name in ("rate", "increase", "irate", "resets", "changes")
      for window in ("1m", "7m", "17s")),
    *(f"{name}(temperature[3m])" for name in (
        "delta", "idelta", "deriv", "avg_over_time", "min_over_time", "max_over_time", "sum_over_time",
        "count_over_time", "last_over_time", "present_over_time", "stddev_over_time", "stdvar_over_time")),
    "quantile_over_time(0.3, temperature[5m])", "predict_linear(temperature[5m], 60)",
    *(f"{name} by (code) (rate({INF}[2m]))" for name in (
        "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")),
    f"sum without (le, code) ({BUCKET})", f"topk(2, rate({INF}[1m]))", f"bottomk by (service) (1, rate({INF}[1m]))",
    "quantile(0.5, temperature)", 'count_values("v", limit)', "count(up) or vector(0)",
    *(f"histogram_quantile({q}, sum by (le) (rate({BUCKET}[2m])))" for q in ("0", "0.5", "0.9", "0.99", "1", "2")),
    f"histogram_quantile(0.9, rate({FAMILY}_bucket[5m]))",
    "temperature > 22", "temperature > bool 22", "22 < temperature", "temperature != limit",
    "temperature - on(room) limit", "temperature * on(room) group_left(unit) limit",
    "limit / on(room) group_right(unit) temperature", "temperature and on(room) limit",
    "temperature unless on(room) limit", 'temperature{room="south"} or limit', "temperature % 7", "temperature ^ 2",
    "-temperature", "2 ^ 3 ^ 2 - 1", "1 / 0", "0 / 0", "temperature / 0", "time() - timestamp(temperature)",
    "abs(temperature)", "ceil(temperature)", "floor(temperature)", "round(temperature, 0.5)", "sgn(temperature)",
    "exp(temperature)", "ln(temperature)", "log2(temperature)", "log10(temperature)", "sqrt(temperature)",
    "clamp(temperature, 0, 21)", "clamp_min(temperature, 3)", "clamp_max(temperature, 3)",
    "scalar(limit)", "scalar(temperature)", "vector(1)", "absent(nothing{a=\"b\"})", "absent(limit)",
    'label_replace(limit, "floor", "$1-x", "room", "(n.*)")', 'label_join(limit, "both", "/", "room", "unit")',
    "sort(temperature)", "sort_desc(temperature)", "temperature offset 2m", "temperature[1m] offset 1m",
    f"max_over_time(rate({BUCKET}[1m])[5m:30s])", "sum_over_time(temperature[2m:20s])",
    'temperature{room=~"no.*"}', 'temperature{room!~"no.*"}', 'temperature{room!="north"}', "nothing",
    f"temperature @ {START_S + 300}",
    # As the engine joins many canaries' queries into one.
    joined([CANARY.success_rate(ABOUT), "nothing", "sort_desc(temperature)", "limit", CANARY.duration(ABOUT)]),
    'label_replace(limit, "mark", "7", "", "")', 'label_replace(limit, "room", "", "", "")',
)  # fmt: skip

EVERY_FUNCTION = (
    *(f"{name}(temperature)" for name in ELEMENTWISE), *(f"{name}(temperature[1m])" for name in OF_RANGES),
    *(f"{name}()" for name in ("hour", "minute", "month", "year", "day_of_week", "days_in_month", "pi", "time")),
    "year(vector(-62135596801))", "day_of_week(vector(1e11))", "month(vector(NaN))", "year(vector(Inf))",
    "holt_winters(temperature[5m], 0.3, 0.7)", "predict_linear(temperature[2m], 60)", "deriv(limit[2m])",
    "quantile_over_time(0.9, temperature[2m])", "quantile_over_time(-1, limit[2m])",
    "quantile_over_time(NaN, limit[2m])",
    f"histogram_quantile(0, {BUCKET})", f"histogram_quantile(1, {BUCKET})", f"histogram_quantile(2, {BUCKET})",
    f"histogram_quantile(NaN, {BUCKET})", f'histogram_quantile(0.5, {FAMILY}_bucket{{le!="+Inf"}})',
    "histogram_quantile(0.5, temperature)", f"histogram_fraction(0, 1, {BUCKET})",
    'count_values("v", limit)', 'count_values without (room) ("room", temperature)', "bottomk(1, temperature)",
    "topk by (room) (1, temperature)", "topk(0, temperature)", "quantile(-1, temperature)", "stddev(temperature / 0)",
    "round(temperature, 0)", "clamp(temperature, NaN, 3)", "clamp(temperature, 5, 3)", "clamp_min(temperature, NaN)",
    "sinh(vector(710.9))", "sinh(vector(-710.9))",
    "2 ^ -1", "0 ^ -1", "(-2) ^ 0.5", "(-2) ^ 1025", "-2 ^ 2", "5 % 0", "5 % -3", "-Inf % 2", "1 atan2 -1",
    "NaN == bool NaN",
    "temperature atan2 limit", "temperature != NaN", "22 < temperature", "limit - on(room) group_right temperature",
    "limit > on(room) group_right temperature", "temperature * on(room) group_left(unit) limit",
    "temperature and on(room) limit", "temperature or on(room) limit", "temperature offset -1m",
    "sum_over_time(temperature[1m] @ end())", "rate(temperature[1m] offset -30s)", "temperature @ start()",
    'absent(nothing{a="b",a!="c",d="e",f=~"g"})', 'absent_over_time(nothing{a="b"}[1m])', "absent(sum(nothing))",
    'label_replace(limit, "x", "${a}-$1y-$$-$", "unit", "(?P<a>[[:alpha:]])")',
    'label_replace(limit, "x", "$1", "nope", "")',
    r'label_replace(temperature, "room", "$1", "room", "(\\pL)\\Qorth\\E\\z")',
    'temperature{room=~"(?i)NORTH"}', r'temperature{room=~"(?s)\\w+\\z"}', 'count(limit{unit!~"[[:digit:]]"})',
    r'temperature{room=~"\\Qnorth\\E"}', "temperature{room=~'nor(th)?'}", r"temperature{room=~`\pL+`} # comment",
)  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus over blocks made of the samples; its address."""
    program, tool = shutil.which("prometheus"), shutil.which("promtool")
    assert program, "prometheus is not on PATH: `apt-get install prometheus` (see .ci/run)"
    assert tool, "promtool is not on PATH: it comes with the prometheus package"
    folder = tmp_path_factory.mktemp("prometheus")
    lines = []
    for labels, points in series():
        values = dict(labels)
        name = values.pop("__name__")
        inside = ",".join(f'{key}="{value}"' for key, value in values.items())
        lines += [f"{name}{{{inside}}} {value!r} {at:.0f}" for at, value in points]
    text = folder / "samples.txt"
    text.write_text("\n".join([*lines, "# EOF", ""]))
    subprocess.run([tool, "tsdb", "create-blocks-from", "openmetrics", str(text), str(folder / "data")],
                   check=True, capture_output=True)  # fmt: skip
    config = folder / "prometheus.yml"
    config.write_text("scrape_configs: []\n")
    with bind(0) as sock:
        address = address_of(sock)
    command = [program, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
               f"--web.listen-address={address}", "--storage.tsdb.retention.time=100y"]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://{address}/-/ready", timeout=2).read()
                break
            except OSError:
                assert time.monotonic() < deadline, "the real Prometheus did not become ready"
                time.sleep(0.05)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def storage() -> SeriesStorage:
    kept = SeriesStorage(retention_s=1e12)
    for labels, points in series():
        for at_s, value in points:
            kept.append(labels, at_s, value)
    return kept


def ask(address: str, path: str, **parameters: object) -> Any:
    url = f"{address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    return json.load(urllib.request.urlopen(url, timeout=10))["data"]


def as_table(result: Any) -> dict[tuple[tuple[str, str], ...], list[float]]:
    if isinstance(result, list) and result and not isinstance(result[0], dict):
        return {(): [float(result[1])]}
    table = {}
    for item in result:
        pairs = item["values"] if "values" in item else [item["value"]]
        table[tuple(sorted(item["metric"].items()))] = [float(value) for _, value in pairs]
    return table


def of_value(value: Any) -> dict[tuple[tuple[str, str], ...], list[float]]:
    if isinstance(value, float):
        return {(): [value]}
    if value and isinstance(value[0], Range):
        return {each.labels: [v for _, v in each.points] for each in value}
    return {each.labels: [each.value] for each in value if isinstance(each, VectorSample)}


def assert_equal(query: str, ours: dict[Any, list[float]], theirs: dict[Any, list[float]]) -> None:
    assert ours.keys() == theirs.keys(), query
    for labels, values in theirs.items():
        assert len(ours[labels]) == len(values), (query, labels)
        for mine, yours in zip(ours[labels], values, strict=True):
            same = mine == yours or (math.isnan(mine) and math.isnan(yours))
            assert same or math.isclose(mine, yours, rel_tol=1e-9, abs_tol=1e-12), (query, labels, mine, yours)


@pytest.mark.parametrize("query", [*QUERIES, *EVERY_FUNCTION])
def test_instant_query_answers_as_the_real_prometheus(query: str, real: str, storage: SeriesStorage) -> None:
    for at_s in (START_S + 301.5, START_S + 765, END_S, END_S + 200):
        theirs = as_table(ask(real, "query", query=query, time=at_s)["result"])
        ours = of_value(Evaluator(storage, at_s).evaluate(parse(query)))
        assert_equal(f"{query} at +{at_s - START_S}", ours, theirs)


def last_of(result: Any) -> float:
    """What a check makes of a vector: its last element, NaN for none."""
    return float(result[-1]["value"][1]) if result else math.nan


def test_queries_that_are_joined_get_the_answers_that_each_gets_alone(real: str) -> None:
    """The real server keeps the order of each vector, so that the last element stays the last."""
    queries = [query for query in QUERIES if can_join(query)]
    assert len(queries) > 60
    for at_s in (START_S + 301.5, END_S):
        alone = [last_of(ask(real, "query", query=query, time=at_s)["result"]) for query in queries]
        for start in range(0, len(queries), 8):
            part = queries[start : start + 8]
            found = ask(real, "query", query=joined(part), time=at_s)["result"]
            answers = separated([Answered(item["metric"], float(item["value"][1])) for item in found], len(part))
            for query, answer, wanted in zip(part, answers, alone[start:], strict=False):
                assert getattr(answer, "value", math.nan) == pytest.approx(wanted, nan_ok=True), query


def test_range_query_answers_as_the_real_prometheus(real: str, storage: SeriesStorage) -> None:
    async def ours(query: str, **parameters: object) -> Any:
        from aiohttp.test_utils import TestClient, TestServer

        async with TestClient(TestServer(PrometheusApi(storage).make_app())) as client:
            answer = await client.get("/api/v1/query_range", params={"query": query, **parameters})
            return (await answer.json())["data"]["result"]

    for query in (CANARY.success_rate(ABOUT), CANARY.duration(ABOUT), "temperature", "vector(3)"):
        parameters = {"start": START_S, "end": END_S + 400, "step": 13}
        theirs = as_table(ask(real, "query_range", query=query, **parameters)["result"])
        assert_equal(query, as_table(asyncio.run(ours(query, **parameters))), theirs)


REFUSED = (
    'temperature{room=~"a.*+"}', 'temperature{room=~"a{1001}"}', 'temperature{room=~"(a"}', 'temperature{room!~"a)"}',
    r'temperature{room=~"\\C"}', 'temperature{room=~"(?=a)"}', "\n  limit{room=~'['}", "vanished(temperature)",
    'limit + fresh(1)', 'temperature{room="north" or room="south"}', '{room=~".*"}', "{}", "1 > 2", "1 and 2",
    "rate(temperature)", 'abs("x")', "label_replace(limit)", 'topk(limit, limit)', '-"a"', '"a" == "b"',
    'limit{__name__="b"}', "limit[0s]", "temperature[5m:0s]", "rate(1[5m:])", "limit + on(room) 1",
    "info(limit)", 'label_replace(limit, "a b", "", "room", ".*")',
    'label_replace(limit, "a", "", "room", "(")',
    'label_join(limit, "a b", ",", "room")', 'label_join(limit, "a", ",", "r m")', 'count_values("a b", limit)',
    "topk(NaN, limit)", "topk(1e30, limit)", "holt_winters(limit[1m], 2, 0.5)", "holt_winters(limit[1m], 0.5, 0)",
    "temperature + on() limit", "limit + on() group_left temperature + on() group_right limit",
    "temperature[1000y]",
)  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
def test_refusals_have_the_status_and_the_words_of_the_real_prometheus(
    query: str, real: str, storage: SeriesStorage
) -> None:
    status, theirs = answer_of(real, query, END_S)
    ours_status, ours = asyncio.run(ours_of(storage, [(query, END_S)]))[0]
    assert (ours_status, ours["status"], ours["errorType"]) == (status, "error", theirs["errorType"])
    if query.startswith("info"):
        assert ours["error"].endswith('parse error: function "info" is not enabled')  # Prometheus 3's words
    else:
        assert words(ours["error"]) == words(theirs["error"])


def words(error: str) -> str:
    """An error without its place, which ours knows only sometimes, and without the pair of series that it shows."""
    return re.sub(r"operation: \[.*\];", "", re.sub(r'": \d+:\d+: parse', '": parse', error))


@pytest.mark.parametrize("seed", range(4))
def test_random_queries_get_the_statuses_and_values_of_the_real_prometheus(
    seed: int, real: str, storage: SeriesStorage
) -> None:
    queries = RandomQueries(seed)
    moments = (START_S + 301.5, START_S + 765, END_S, END_S + 200)
    asked = [(queries.query(1 + index % 3), moments[index % len(moments)]) for index in range(150)]
    for (query, at_s), (status, ours) in zip(asked, asyncio.run(ours_of(storage, asked)), strict=True):
        their_status, theirs = answer_of(real, query, at_s)
        assert status == their_status, (query, ours, theirs)
        if status == 200:
            assert ours["data"]["resultType"] == theirs["data"]["resultType"]
            assert_equal(f"{query} at {at_s}", as_table(ours["data"]["result"]), as_table(theirs["data"]["result"]))


def answer_of(address: str, query: str, at_s: float) -> tuple[int, Any]:
    url = f"{address}/api/v1/query?{urllib.parse.urlencode({'query': query, 'time': at_s})}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


async def ours_of(storage: SeriesStorage, asked: list[tuple[str, float]]) -> list[tuple[int, Any]]:
    from aiohttp.test_utils import TestClient, TestServer

    async with TestClient(TestServer(PrometheusApi(storage).make_app())) as client:
        found = []
        for query, at_s in asked:
            answer = await client.get("/api/v1/query", params={"query": query, "time": at_s})
            found.append((answer.status, json.loads(await answer.text())))
        return found


def test_a_query_that_does_not_parse_is_refused_by_both(real: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(real, "query", query="sum(")
    assert refused.value.code == 400
    with pytest.raises(QueryError, match="parse error"):
        parse("sum(")


def test_numbers_are_written_as_the_real_prometheus_writes_them(real: str) -> None:
    for text in ("1e30", "0.1", "123456789.125", "1e-7", "3", "-0.5", "1e20", "+Inf", "NaN"):
        value = ask(real, "query", query=f"vector({text})")["result"][0]["value"][1]
        assert number_text(float(text)) == value


def test_embedded_server_runs_as_a_process_with_the_real_ones_flags(tmp_path: Path) -> None:
    config = tmp_path / "prometheus.yml"
    with bind(0) as sock:
        address = address_of(sock)
    config.write_text(
        f"global: {{scrape_interval: 200ms}}\nscrape_configs:\n- job_name: self\n  static_configs:\n"
        f"  - targets: ['{address}']\n"
    )
    command = [sys.executable, "-m", "canarytui.sandbox.prometheus", f"--config.file={config}",
               f"--web.listen-address={address}"]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 30
        found: Any = []
        while not found:
            assert time.monotonic() < deadline, "up was not scraped in time"
            time.sleep(0.05)
            try:
                found = ask(f"http://{address}", "query", query="up")["result"]
            except OSError:
                continue
        assert found[0]["metric"] == {"__name__": "up", "instance": address, "job": "self"}
        taken = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert taken.returncode == 1
        assert "cannot be listened on" in taken.stderr
    finally:
        process.terminate()
        assert process.wait(20) == 0

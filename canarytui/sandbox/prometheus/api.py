"""The Prometheus HTTP API over a storage."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from canarytui.sandbox.constants import version
from canarytui.sandbox.cross_site import browsers_errand
from canarytui.sandbox.prometheus.evaluate import Evaluator, ParseError, QueryError, matchers_of, parse
from canarytui.sandbox.prometheus.evaluate.values import Range, Value, VectorSample
from canarytui.sandbox.prometheus.exposition import Labels
from canarytui.sandbox.prometheus.numbers import number_text
from canarytui.sandbox.prometheus.scrape import Scraper
from canarytui.sandbox.prometheus.storage import SeriesStorage, StoredSeries
from canarytui.sandbox.whole_number import whole_number

_POINTS_MOST = 11_000
_SECONDS_MOST = 9_223_372_036_854
"""Times are counted in milliseconds of 64 bits."""

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
Handler = Callable[[Mapping[str, list[str]], web.Request], Any]


class BadParameter(Exception):
    """An invalid parameter."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f'invalid parameter "{name}": {why}')


@web.middleware
async def _no_foreign_pages(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    refusal = browsers_errand(request.method, request.headers)
    return web.Response(status=403, text=f"{refusal}\n") if refusal else await handler(request)


class PrometheusApi:
    """Handlers; each takes parameters from the query string or a form."""

    def __init__(self, storage: SeriesStorage, scraper: Scraper | None = None) -> None:
        self._storage = storage
        self._scraper = scraper

    def make_app(self) -> web.Application:
        """The application."""
        app = web.Application(middlewares=[_no_foreign_pages])
        for path, handler in (
            ("query", self._query),
            ("query_range", self._query_range),
            ("series", self._series),
            ("labels", self._labels),
            ("label/{name}/values", self._label_values),
            ("targets", self._targets),
            ("status/buildinfo", self._build_info),
        ):
            for method in ("GET", "POST"):
                app.router.add_route(method, f"/api/v1/{path}", _answering(handler))
        app.router.add_get("/-/ready", _text("Prometheus Server is Ready.\n"))
        app.router.add_get("/-/healthy", _text("Prometheus Server is Healthy.\n"))
        return app

    def _query(self, parameters: Mapping[str, list[str]], request: web.Request) -> Any:
        at_s = _time(parameters, "time", time.time())
        tree = _parsed(parameters)
        value = Evaluator(self._storage, at_s).evaluate(tree)
        return _result(value, at_s)

    def _query_range(self, parameters: Mapping[str, list[str]], request: web.Request) -> Any:
        start_s, end_s = _time(parameters, "start"), _time(parameters, "end")
        step_s = _duration(parameters, "step")
        if end_s < start_s:
            raise BadParameter("end", "end timestamp must not be before start time")
        if step_s <= 0:
            raise BadParameter("step", "zero or negative query resolution step widths are not accepted. "
                               "Try a positive integer")  # fmt: skip
        if (end_s - start_s) / step_s > _POINTS_MOST:
            raise QueryError("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
                             "resolution (?step=XX)")  # fmt: skip
        tree = _parsed(parameters)
        found: dict[Labels, list[list[Any]]] = {}
        for index in range(int((end_s - start_s) / step_s + 1e-9) + 1):
            at_s = start_s + index * step_s
            value = Evaluator(self._storage, at_s, start_s=start_s, end_s=end_s).evaluate(tree)
            if isinstance(value, float):
                value = [VectorSample((), value)]
            if isinstance(value, str) or any(isinstance(each, Range) for each in value):
                raise BadParameter("query", 'invalid expression type "range vector" for range query, must be Scalar '
                                   "or instant Vector")  # fmt: skip
            for sample in value:
                if isinstance(sample, VectorSample):
                    found.setdefault(sample.labels, []).append([_stamp(at_s), number_text(sample.value)])
        result = [{"metric": dict(labels), "values": values} for labels, values in sorted(found.items())]
        return {"resultType": "matrix", "result": result}

    def _series(self, parameters: Mapping[str, list[str]], request: web.Request) -> Any:
        if not parameters.get("match[]"):
            raise QueryError("no match[] parameter provided")
        return [dict(labels) for labels in sorted({series.labels for series in self._matching(parameters)})]

    def _labels(self, parameters: Mapping[str, list[str]], request: web.Request) -> Any:
        return sorted({name for series in self._matching(parameters) for name, _ in series.labels})

    def _label_values(self, parameters: Mapping[str, list[str]], request: web.Request) -> Any:
        name = request.match_info["name"]
        return sorted({value for series in self._matching(parameters) for key, value in series.labels if key == name})

    def _targets(self, parameters: Mapping[str, list[str]], request: web.Request) -> Any:
        health = self._scraper.health if self._scraper is not None else {}
        active = [
            {
                "labels": dict(target.labels),
                "scrapeUrl": target.url,
                "health": "down" if problem else "up",
                "lastError": problem,
            }
            for target, problem in health.items()
        ]
        return {"activeTargets": active, "droppedTargets": []}

    def _build_info(self, parameters: Mapping[str, list[str]], request: web.Request) -> Any:
        return {
            "version": "2.42.0",
            "revision": f"canarytui-{version()}",
            "branch": "HEAD",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        }

    def _matching(self, parameters: Mapping[str, list[str]]) -> list[StoredSeries]:
        selectors = parameters.get("match[]") or []
        if not selectors:
            return list(self._storage)
        found: dict[Labels, StoredSeries] = {}
        for text in selectors:
            try:
                tree = parse(text)
            except ParseError as error:
                raise BadParameter("match[]", str(error)) from error
            if type(tree).__name__ != "VectorSelector":
                raise BadParameter("match[]", f"{text} is no series selector")
            found |= {series.labels: series for series in self._storage.select(matchers_of(tree))}
        return list(found.values())


def _answering(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        form = await request.post() if request.method == "POST" else {}
        parameters: dict[str, list[str]] = {}
        for source in (request.query, form):
            for key, value in source.items():
                parameters.setdefault(key, []).append(str(value))
        try:
            data = handler(parameters, request)
        except BadParameter as error:
            return _error(400, "bad_data", str(error))
        except QueryError as error:
            return _error(422, "execution", str(error))
        return _json(200, {"status": "success", "data": data})

    return answer


def _json(status: int, body: Any) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")


def _error(status: int, kind: str, text: str) -> web.Response:
    return _json(status, {"status": "error", "errorType": kind, "error": text})


def _text(text: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text)

    return answer


def _parsed(parameters: Mapping[str, list[str]]) -> Any:
    try:
        return parse((parameters.get("query") or [""])[0])
    except ParseError as error:
        raise BadParameter("query", str(error)) from error


def _time(parameters: Mapping[str, list[str]], name: str, default: float | None = None) -> float:
    text = (parameters.get(name) or [""])[0]
    if not text and default is not None:
        return default
    with contextlib.suppress(ValueError):
        return _bounded(float(text))
    try:
        return _bounded(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    except (ValueError, OverflowError) as error:
        raise BadParameter(name, f'cannot parse "{text}" to a valid timestamp') from error


def _bounded(seconds: float) -> float:
    if not abs(seconds) < _SECONDS_MOST:
        raise ValueError(seconds)
    return seconds


def _duration(parameters: Mapping[str, list[str]], name: str) -> float:
    text = (parameters.get(name) or [""])[0]
    with contextlib.suppress(ValueError):
        return _bounded(float(text))
    for unit in ("ms", "s", "m", "h", "d"):
        number = whole_number(text.removesuffix(unit)) if text.endswith(unit) else None
        if number is not None:
            return number * _UNITS_S[unit]
    raise BadParameter(name, f'cannot parse "{text}" to a valid duration')


def _result(value: Value, at_s: float) -> Any:
    if isinstance(value, float):
        return {"resultType": "scalar", "result": [_stamp(at_s), number_text(value)]}
    if isinstance(value, str):
        return {"resultType": "string", "result": [_stamp(at_s), value]}
    if any(isinstance(each, Range) for each in value):
        ranges = [each for each in value if isinstance(each, Range)]
        result: list[Any] = [
            {"metric": dict(r.labels), "values": [[_stamp(t), number_text(v)] for t, v in r.points]} for r in ranges
        ]
        return {"resultType": "matrix", "result": result}
    samples = [each for each in value if isinstance(each, VectorSample)]
    result = [{"metric": dict(s.labels), "value": [_stamp(at_s), number_text(s.value)]} for s in samples]
    return {"resultType": "vector", "result": result}


def _stamp(seconds: float) -> float | int:
    rounded = round(seconds, 3)
    return int(rounded) if rounded.is_integer() else rounded

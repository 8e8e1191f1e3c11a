"""Long pasts of a Prometheus, for backtests: range queries by prometheus-api-client.

That library is synchronous and knows neither the kubeconfig's credentials nor limits. It works in a thread, on a
session whose requests are all sent by :func:`canarytui.cluster.service_http.fetch` on the event loop: bounded, and
through the API server's service proxy where the address is a cluster name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from canarytui.cluster.api_status import status_words
from canarytui.cluster.service_http import fetch
from canarytui.domain.sentences import prometheus as words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.public_url import public_url, without_secrets
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import QueryFailed, QueryHistory
from canarytui.metrics.providers.prometheus import (
    RANGE_BYTES_MOST,
    RANGE_VALUES_MOST,
    PrometheusProvider,
    points_by_time,
)
from canarytui.metrics.providers.prometheus_vector import fold

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import BaseAdapter

_Fetched = Coroutine[Any, Any, tuple[int, bytes]]

POINTS_MOST = 2_000
"""For each series in one request; a longer past takes several."""
TIMEOUT_S = 30.0
_SHOWN_CHARS_MOST = 300


class PrometheusHistoryProvider(PrometheusProvider):
    """As :class:`PrometheusProvider`, for as long a past as the server keeps."""

    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """The value at every step; where several series have one, that of the last."""
        points: dict[float, float] = {}
        span = timedelta(seconds=step_s * (POINTS_MOST - 1))
        loop = asyncio.get_running_loop()
        while start <= end:
            until = min(start + span, end)
            found = await asyncio.to_thread(self._asked, loop, fold(text), start, until, step_s)
            if isinstance(found, QueryFailed):
                return found
            points |= found
            start += span + timedelta(seconds=step_s)
        return QueryHistory(tuple(sorted(points.items())))

    def _asked(
        self, loop: asyncio.AbstractEventLoop, query: str, start: datetime, end: datetime, step_s: float
    ) -> dict[float, float] | QueryFailed:
        from prometheus_api_client import PrometheusApiClientException, PrometheusConnect
        from requests import RequestException, Session

        address = self.spec.address.partition("?")[0].rstrip("/")
        session = Session()
        session.trust_env = False  # proxies and netrc are not for it: it sends nothing itself
        client = PrometheusConnect(address, session=session, timeout=TIMEOUT_S)
        session.mount(address, _adapter(loop, self._fetched))  # in place of the one that the client has just mounted
        try:
            series = client.custom_query_range(query, start, end, step=f"{max(step_s, 0.001):g}")
            return points_by_time(series)
        except (PrometheusApiClientException, RequestException, CanarytuiError) as error:
            said = self._hidden(str(error))
            return QueryFailed(without_secrets(said)[:_SHOWN_CHARS_MOST])
        except (ValueError, KeyError, TypeError):
            return QueryFailed(words.NO_PROMETHEUS.text(server=public_url(address)))
        finally:
            session.close()

    def _fetched(self, method: str, url: str) -> _Fetched:
        return fetch(
            self.cluster,
            method,
            url,
            headers=self.headers,
            timeout_s=TIMEOUT_S,
            verify_tls=self.spec.verify_tls,
            most=RANGE_BYTES_MOST,
        )


def _adapter(loop: asyncio.AbstractEventLoop, fetched: Callable[[str, str], _Fetched]) -> BaseAdapter:
    """What a session of requests sends by, in another thread than `loop`'s."""
    from requests import ConnectionError as NoConnection
    from requests import Response
    from requests.adapters import BaseAdapter

    class LoopAdapter(BaseAdapter):  # type: ignore[misc]  # requests has no types here
        def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
            work = asyncio.run_coroutine_threadsafe(fetched(str(request.method), str(request.url)), loop)
            try:
                status, body = work.result()
                if status >= 400 and (refusal := status_words(status, body)):
                    raise NoConnection(refusal, request=request)
                if status == 200:
                    parse_json(body, values_most=RANGE_VALUES_MOST)  # the client's own parser has no limits
            except CanarytuiError as error:
                raise NoConnection(str(error), request=request) from error
            response = Response()
            response.status_code, response.url, response.request = status, str(request.url), request
            response._content = body
            response.encoding = "utf-8"
            return response

        def close(self) -> None:
            """Connections are the cluster's."""

    return LoopAdapter()

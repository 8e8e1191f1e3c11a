"""The webhook by which Flagger asks whether a canary is worse than its primary.

200 lets the rollout go on, 409 fails the hook because the canary is surely worse, 503 because there is no verdict and
the hook says ``without-verdict: fail``. The body is the sentence, which Flagger puts into its Event.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from canarytui.domain.rollout.rollout_comparison import ComparedRollout
from canarytui.domain.sentences import command_judge as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.statistics.verdict_kind import VerdictKind
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName, as_mapping, as_text
from canarytui.errors import CanarytuiError
from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch
from canarytui.session.state import ClusterState

WITHOUT_VERDICT = "without-verdict"
"""The hook's metadata: ``pass`` or ``fail``."""
_BODY_MOST = 64 * 1024
_FRESH_S = 5.0
_AT_ONCE = 4


class JudgeWebhook:
    """Answers webhooks; each canary is measured at most every 5 s, and at most four at once."""

    def __init__(
        self,
        cluster_state: ClusterState,
        watch_of: Callable[[NamespacedName], RolloutNumbersWatch],
        *,
        passes_without: bool,
    ) -> None:
        self._cluster_state = cluster_state
        self._watch_of = watch_of
        self._passes_without = passes_without
        self._watches: dict[NamespacedName, RolloutNumbersWatch] = {}
        self._measured: dict[NamespacedName, tuple[float, ComparedRollout]] = {}
        self._locks: dict[NamespacedName, asyncio.Lock] = {}
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def answer(self, request: web.Request) -> web.Response:
        """One call of Flagger's."""
        payload = await _payload(request)
        name, namespace = (as_text(payload.get(field)) for field in ("name", "namespace"))
        if not name or not namespace:
            return web.Response(status=400, text=words.NO_PAYLOAD.text())
        key = (namespace, name)
        if not isinstance(self._cluster_state.canary(key), Canary):
            self._forget(key)
            return web.Response(status=404, text=words.NO_CANARY.text(canary=clean("/".join(key), 200)))
        metadata = as_mapping(payload.get("metadata"))
        wanted = as_text(metadata.get(WITHOUT_VERDICT))
        passes = wanted != "fail" if wanted else self._passes_without
        compared = await self._compared(key)
        if compared is None or compared.verdict is None:
            why = compared.why_none if compared is not None else words.NO_CANARY.text(canary=clean("/".join(key), 200))
            said = words.PASSED_WITHOUT if passes else words.FAILED_WITHOUT
            return web.Response(status=200 if passes else 503, text=said.text(why=why))
        worse = compared.verdict.kind is VerdictKind.WORSE
        return web.Response(status=409 if worse else 200, text=compared.phrase.text)

    async def _compared(self, key: NamespacedName) -> ComparedRollout | None:
        clock = asyncio.get_running_loop().time
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self._measured.get(key)
            if known is not None and clock() - known[0] < _FRESH_S:
                return known[1]
            watch = self._watches.setdefault(key, self._watch_of(key))
            try:
                async with self._free:
                    found = await watch.compare_once()
            except CanarytuiError:
                found = None
            if found is not None:
                self._measured[key] = (clock(), found)
            return found

    def _forget(self, key: NamespacedName) -> None:
        for kept in (self._watches, self._measured, self._locks):
            kept.pop(key, None)


async def serve_webhook(
    cluster_state: ClusterState,
    watch_of: Callable[[NamespacedName], RolloutNumbersWatch],
    host: str,
    port: int,
    *,
    passes_without: bool,
) -> web.AppRunner:
    """Listen; clean the runner up at the end. Raises CanarytuiError when the address cannot be had."""
    webhook = JudgeWebhook(cluster_state, watch_of, passes_without=passes_without)
    app = web.Application(client_max_size=_BODY_MOST)
    app.router.add_post("/{path:.*}", webhook.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise CanarytuiError(words.CANNOT_LISTEN.text(address=f"{host}:{port}", why=error.strerror or error)) from error
    return runner


async def _payload(request: web.Request) -> Mapping[str, Any]:
    try:
        return as_mapping(json.loads(await request.read()))
    except (ValueError, RecursionError):
        return {}

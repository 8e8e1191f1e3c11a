"""Follows the controller's log into the timeline: it has what Events lose, in the controller's own words.

The log is found by the controller's Deployment or by ``--flagger-logs NAMESPACE/SELECTOR``. It is followed across
restarts of its pods and lost connections; repeated lines are recognised by their time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from canarytui.background import in_background
from canarytui.cluster.client import Cluster
from canarytui.cluster.pod_logs import log_lines
from canarytui.domain.sentences import reading as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.errors import ApiStatusError, CanarytuiError
from canarytui.session.controller_discovery import controller_container
from canarytui.session.controller_pods import controller_pods, selected_pods
from canarytui.session.state import ClusterState

TAIL = 5000
"""Lines of the past that are read at first."""
_LOOK_EVERY_S = 30.0
_AGAIN_S = 2.0
_PODS = 4

Place = tuple[str, str, str]
"""(namespace, pod, container)."""


class ControllerLog:
    """`chosen` is the person's ``NAMESPACE/SELECTOR``, "" for the controller's Deployment."""

    def __init__(self, cluster: Cluster, cluster_state: ClusterState, chosen: str = "") -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._chosen = chosen
        self._streams: dict[Place, asyncio.Task[None]] = {}
        self._last: dict[Place, datetime] = {}
        self.trouble = ""
        """Why it cannot be followed, in a sentence; "" while it can."""

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                try:
                    self._follow(await self._places())
                except CanarytuiError as error:
                    self.trouble = _sentence(error)
                await asyncio.sleep(_LOOK_EVERY_S if self._streams or self.trouble else _AGAIN_S)
        finally:
            self._follow([])

    def _follow(self, places: Iterable[Place]) -> None:
        wanted = set(places)
        for place in self._streams.keys() - wanted:
            self._streams.pop(place).cancel()
            self._last.pop(place, None)
        for place in wanted - self._streams.keys():
            self._streams[place] = in_background(self._stream(place))

    async def _places(self) -> list[Place]:
        namespace, selector = self._chosen.partition("/")[::2]
        if selector:
            pods = await selected_pods(self._cluster, namespace, selector)
            missing = words.NO_POD_MATCHES.text(selector=clean(selector, 120))
        else:
            engine = self._cluster_state.engine
            if engine is None:
                return []
            namespace = engine.namespace
            pods = await controller_pods(self._cluster, namespace, engine.name)
            missing = words.NO_CONTROLLER_PODS.text(name=clean(f"{namespace}/{engine.name}", 120))
        self.trouble = "" if pods else missing
        return [place for pod in pods for place in _containers(namespace, pod)][:_PODS]

    async def _stream(self, place: Place) -> None:
        namespace, pod, container = place
        while True:
            try:
                last = self._last.get(place)
                async for at, text in log_lines(self._cluster, namespace, pod, container, tail=TAIL, after=last):
                    if at is not None:
                        self._last[place] = at
                    self._cluster_state.log_line(text)
                    self.trouble = ""
            except CanarytuiError as error:
                self.trouble = _sentence(error)
            await asyncio.sleep(_AGAIN_S)


def _containers(namespace: str, pod: Mapping[str, Any]) -> list[Place]:
    name = str(as_mapping(pod.get("metadata")).get("name") or "")
    container = controller_container(pod)
    return [(namespace, name, container)] if name and container else []


def _sentence(error: CanarytuiError) -> str:
    if isinstance(error, ApiStatusError) and error.code == 401:
        return words.UNAUTHORIZED.text(what=words.CONTROLLERS_LOG.text())
    if isinstance(error, ApiStatusError) and error.code == 403:
        return words.FORBIDDEN_CONTROLLER_LOG.text()
    return clean(str(error), 200)

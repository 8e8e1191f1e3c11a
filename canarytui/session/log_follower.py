"""Follows the logs that are on the screen: of the canary's pods, the primary's, or the controller's about a canary.

One stream for each container, a few at most; all end when others are wanted, or none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from canarytui.background import in_background
from canarytui.cluster.client import Cluster
from canarytui.cluster.pod_logs import log_lines
from canarytui.domain.sentences import reading as words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.errors import ApiStatusError, CanarytuiError
from canarytui.session.canary_detail import CanaryDetail, name_of
from canarytui.session.controller_pods import controller_pods
from canarytui.session.state import ClusterState

CANARY, PRIMARY, CONTROLLER = "canary", "primary", "controller"
BOTH = "both"
"""The pods of canary and primary, merged by time."""

STREAMS = 12
"""Containers that are followed at the same time."""

_PARTS = {CANARY: "target", PRIMARY: "primary"}
_LOOK_EVERY_S = 1.0
_AGAIN_S = 2.0
_REFUSED_S = 30.0
_TAIL = 300
_CONTROLLER_TAIL = 2000
"""A controller's log is about all canaries: of many lines a few are kept."""

Source = tuple[str, str, str]
"""(namespace, pod, container)."""


async def follow_logs(cluster: Cluster, cluster_state: ClusterState, canary_detail: CanaryDetail) -> None:
    """Keep the canary detail's log buffer as its `logs_of` wishes, until cancelled."""
    streams: dict[Source, asyncio.Task[None]] = {}
    try:
        while True:
            asked = canary_detail.logs_of, canary_detail.logs_before
            whose, before = asked
            wanted = await _sources(cluster, cluster_state, canary_detail, whose)
            if asked != (canary_detail.logs_of, canary_detail.logs_before):
                continue  # other logs were requested meanwhile
            for source in streams.keys() - wanted:
                streams.pop(source).cancel()
            canary_detail.logs.follow(title(pod, container) for _, pod, container in wanted)
            about = f"{canary_detail.key[1]}.{canary_detail.key[0]}" if whose == CONTROLLER else ""
            for source in wanted:
                if source not in streams:
                    streams[source] = in_background(_stream(cluster, canary_detail, source, about, before))
            canary_detail.wished.clear()
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):  # unlike 3.11's wait_for it never swallows a cancellation
                    await canary_detail.wished.wait()
            except TimeoutError:
                continue
            for stream in streams.values():
                stream.cancel()
            streams.clear()
    finally:
        for stream in streams.values():
            stream.cancel()
        await asyncio.gather(*streams.values(), return_exceptions=True)


async def _sources(
    cluster: Cluster, cluster_state: ClusterState, canary_detail: CanaryDetail, whose: str
) -> list[Source]:
    parts = tuple(_PARTS) if whose == BOTH else (whose,)
    if whose == BOTH or whose in _PARTS:
        found = {
            side: _containers(canary_detail.key[0], canary_detail.objects("Pod", _PARTS[side]))[: STREAMS // len(parts)]
            for side in parts
        }
        canary_detail.logs.sides = {
            title(pod, container): side for side, sources in found.items() for _, pod, container in sources
        }
        return [source for sources in found.values() for source in sources]
    engine = cluster_state.engine
    if whose != CONTROLLER or engine is None:
        return []
    try:
        return _containers(engine.namespace, await controller_pods(cluster, engine.namespace, engine.name))
    except CanarytuiError as error:
        canary_detail.logs.follow([CONTROLLER])
        canary_detail.logs.trouble(CONTROLLER, _sentence(f"{engine.title} in namespace {engine.namespace}", error))
        return []


def _containers(namespace: str, pods: Iterable[Mapping[str, Any]]) -> list[Source]:
    """The containers of pods that are not going, the youngest pods first, as many as are followed."""
    found: list[Source] = []
    for pod in sorted(pods, key=_created, reverse=True):
        if as_mapping(pod.get("metadata")).get("deletionTimestamp"):
            continue
        containers = as_mapping(pod.get("spec")).get("containers")
        for container in containers if isinstance(containers, list) else ():
            name = str(as_mapping(container).get("name") or "")
            if name and name_of(pod):
                found.append((namespace, name_of(pod), name))
    return found[:STREAMS]


async def _stream(cluster: Cluster, canary_detail: CanaryDetail, source: Source, about: str, before: bool) -> None:
    """Follow one container for ever, or with `before` read its previous instance's log once; its troubles are
    sentences in the log buffer."""
    namespace, pod, container = source
    source_title, logs = title(pod, container), canary_detail.logs
    well = partial(logs.trouble, source_title, "")
    last: datetime | None = None
    while True:
        pause_s = _AGAIN_S
        try:
            tail = _CONTROLLER_TAIL if about else _TAIL
            async for at, text in log_lines(
                cluster, namespace, pod, container, tail=tail, after=last, before=before, opened=well
            ):
                last = at or last
                shown = controller_text(text, about) if about else text
                if shown:
                    logs.add(source_title, at, shown)
            if before:
                return
        except CanarytuiError as error:
            logs.trouble(source_title, _sentence(source_title, error))
            if isinstance(error, ApiStatusError) and (error.code in (401, 403) or before):
                pause_s = _REFUSED_S
        await asyncio.sleep(pause_s)


def title(pod: str, container: str) -> str:
    """The name of a source of lines, clean."""
    return clean(f"{pod}/{container}", 320)


def controller_text(text: str, about: str) -> str:
    """What a line of the controller's log says about the canary ``name.namespace``; "" when it is about others."""
    try:
        entry = parse_json(text)
    except ValueError:
        return text if about in text else ""
    if not isinstance(entry, Mapping):
        return ""
    message = str(entry.get("msg") or "")
    if entry.get("canary") != about and about not in message:
        return ""
    level = str(entry.get("level") or "info").lower()
    return message if level == "info" else f"{level}: {message}"


def _sentence(what: str, error: CanarytuiError) -> str:
    if isinstance(error, ApiStatusError) and error.code in (401, 403):
        refused = words.UNAUTHORIZED if error.code == 401 else words.FORBIDDEN_LOG
        return refused.text(what=clean(what, 120))
    return f"{clean(what, 120)}: {clean(str(error), 200)}"


def _created(pod: Mapping[str, Any]) -> tuple[str, str]:
    return str(as_mapping(pod.get("metadata")).get("creationTimestamp") or ""), name_of(pod)

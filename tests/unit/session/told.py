"""Recorded rollouts of genuine Flagger, fed to a console's world as the API server and the log would bring them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from canarytui.cluster.resources import CANARIES, EVENTS, Resource
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.traffic.ingresses import INGRESSES
from canarytui.domain.traffic.istio import VIRTUAL_SERVICES
from canarytui.domain.traffic.traefik import TRAEFIK_SERVICES
from canarytui.session.state import ClusterState

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.jsonl"))
_ROUTERS = {"TraefikService": TRAEFIK_SERVICES, "VirtualService": VIRTUAL_SERVICES, "Ingress": INGRESSES}
SAYS = "controller/events.go"


class Story:
    """A recording's facts, and a cluster state that is told them."""

    def __init__(self, path: Path) -> None:
        self.head, *self.facts = [json.loads(line) for line in path.read_text().splitlines()]
        metadata = self.head["canary"]["metadata"]
        self.namespace, self.name = metadata["namespace"], metadata["name"]
        self.begin = self._begin()
        self.now = self.begin
        self.cluster_state = ClusterState(now=lambda: self.now)
        self._version = 0

    def _begin(self) -> datetime:
        """When the recording began: the statuses bear their times, cut to the second."""
        stamps = [(fact["t"], (fact["status"] or {}).get("lastTransitionTime")) for fact in self.of("status")]
        return max(datetime.fromisoformat(stamp) - timedelta(seconds=t) for t, stamp in stamps if stamp)

    def of(self, kind: str) -> Iterator[dict[str, Any]]:
        return (fact for fact in self.facts if fact["kind"] == kind)

    def says(self) -> list[str]:
        """The texts that Flagger told people, as its log has them."""
        return [fact["message"] for fact in self.of("log") if fact["caller"] == SAYS]

    async def tell(self, kinds: Iterable[str], facts: Iterable[dict[str, Any]] | None = None) -> None:
        """Bring what happened to the cluster state, of these kinds."""
        wanted = set(kinds)
        for fact in self.facts if facts is None else facts:
            self.now = self.begin + timedelta(seconds=fact["t"])
            if fact["kind"] in wanted:
                getattr(self, f"_{fact['kind']}")(fact)
                await asyncio.sleep(0)

    def restart(self) -> None:
        """Another console, which knows nothing yet."""
        self.cluster_state = ClusterState(now=lambda: self.now)

    def entries(self) -> list[TimelineEntry]:
        """Oldest first."""
        return list(self.cluster_state.timeline.entries(self.namespace, self.name))[::-1]

    def relisted(self) -> None:
        """Take in complete lists, as after a watch that was cut."""
        for store in self.cluster_state.stores.values():
            store.replace(list(store.objects()))

    def _status(self, fact: dict[str, Any]) -> None:
        obj = {**self.head["canary"], "status": fact["status"], "metadata": self._metadata(self.name)}
        if fact["type"] == "DELETED":
            self.cluster_state.stores[CANARIES].remove(obj)
        else:
            self.cluster_state.stores[CANARIES].put(obj)

    def _object(self, fact: dict[str, Any]) -> None:
        resource = _ROUTERS.get(fact["object"])
        if resource is None or not isinstance(fact["spec"], dict):
            return
        metadata = self._metadata(fact["name"])
        metadata["annotations"] = fact["spec"].get("annotations") or {}
        self._put(resource, {"metadata": metadata, "spec": fact["spec"]}, fact["type"])

    def _put(self, resource: Resource, obj: dict[str, Any], how: str) -> None:
        if how == "DELETED":
            self.cluster_state.stores[resource].remove(obj)
        else:
            self.cluster_state.stores[resource].put(obj)

    def _event(self, fact: dict[str, Any]) -> None:
        name = f"{self.name}.{hash(fact['message'].partition(':')[0]) & 0xFFFF:x}"
        self.cluster_state.stores[EVENTS].put(
            {
                "metadata": {**self._metadata(name), "uid": name},
                "involvedObject": {"kind": "Canary", "namespace": self.namespace, "name": self.name},
                "type": fact["type"],
                "message": fact["message"],
                "count": fact["count"],
                "lastTimestamp": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )

    def _log(self, fact: dict[str, Any]) -> None:
        line = {
            "level": fact["level"],
            "ts": self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "caller": f"{fact['caller']}:45",
            "msg": fact["message"],
            "canary": f"{self.name}.{self.namespace}",
        }
        self.cluster_state.log_line(json.dumps(line))

    def _metadata(self, name: str) -> dict[str, Any]:
        self._version += 1
        return {"namespace": self.namespace, "name": name, "uid": name, "resourceVersion": str(self._version)}

"""Whether genuine Flagger controls our canaries: two controllers would fight over their traffic.

Three signs: a Deployment that runs Flagger and whose namespaces overlap ours, a Lease that a Flagger holds, and Events
about canaries that another process has just written (Flagger may run outside the cluster). Ours are recognised by
image and command, by the Lease's name, and by the Events' ``reportingInstance``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from canarytui.cluster import resources, writes
from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import Resource
from canarytui.domain.values import KubernetesObject
from canarytui.engine.runtime.recorder import COMPONENT, INSTANCE_PREFIX

FLAGGER_LEASE = "flagger-leader-election"
EVENT_S = 60.0
"""An Event younger than this was written by a running process."""
_PAGE = 500
_IMAGE = re.compile(r"(^|/)flagger(:|@|$)")
_COMMAND = re.compile(r"(^|/)flagger$")


def flagger_deployment(deployments: Iterable[KubernetesObject], namespace: str) -> str:
    """The sentence about the first Flagger among `deployments` that watches `namespace` ("" is all), or ""."""
    for deployment, scope in _flaggers(deployments):
        if overlap(scope, namespace):
            meta = deployment["metadata"]
            where, name = meta["namespace"], meta["name"]
            return (
                f"Flagger (Deployment {where}/{name}) controls the canaries of {_named(scope)}, and two controllers on "
                f"the same canaries fight over their traffic: scale it to 0 with `kubectl -n {where} scale "
                f"deployment/{name} --replicas=0`, or share the namespaces out by -namespace of both; "
                "-beside-flagger runs anyway."
            )
    return ""


def flagger_lease(
    leases: Iterable[KubernetesObject], deployments: Iterable[KubernetesObject], namespace: str, now: datetime
) -> str:
    """The sentence about a Lease that a Flagger holds now, or "". A holder that is a pod of one of `deployments`, or
    whose election is in the only namespace that it watches, is known not to overlap."""
    apart = [(each["metadata"], scope) for each, scope in _flaggers(deployments) if not overlap(scope, namespace)]
    for lease in leases:
        spec, meta = lease.get("spec") or {}, lease["metadata"]
        holder = str(spec.get("holderIdentity") or "")
        renewed = _time(spec.get("renewTime"))
        if meta["name"] != FLAGGER_LEASE or not holder or renewed is None:
            continue
        age_s = (now - renewed).total_seconds()
        if age_s > float(spec.get("leaseDurationSeconds") or 0):
            continue
        if any(holder.startswith(f"{own['name']}-") or scope == meta["namespace"] for own, scope in apart):
            continue
        return (
            f"A Flagger named {holder} holds the Lease {meta['namespace']}/{FLAGGER_LEASE} and renewed it {age_s:.0f} "
            "s ago. Two controllers on the same canaries fight over their traffic: stop it, wait until the Lease "
            "has run out, or share the namespaces out by -namespace of both; -beside-flagger runs anyway."
        )
    return ""


def flagger_events(events: Iterable[KubernetesObject], now: datetime) -> str:
    """The sentence about Events that a Flagger has just written about our canaries, or ""."""
    for event in events:
        component = event.get("reportingComponent") or (event.get("source") or {}).get("component")
        about = event.get("involvedObject") or {}
        last = _time(event.get("lastTimestamp") or (event.get("metadata") or {}).get("creationTimestamp"))
        if component != COMPONENT or about.get("kind") != "Canary" or last is None:
            continue
        age_s = (now - last).total_seconds()
        if str(event.get("reportingInstance") or "").startswith(INSTANCE_PREFIX) or age_s > EVENT_S:
            continue
        return (
            f"A Flagger wrote an Event about canary {about.get('name')}.{about.get('namespace')} {max(0.0, age_s):.0f} "
            "s ago, so it runs somewhere, and two controllers on the same canaries fight over their traffic: stop it, "
            f"wait {EVENT_S:.0f} s and start again, or share the namespaces out by -namespace of both; -beside-flagger "
            "runs anyway."
        )
    return ""


def overlap(one: str, other: str) -> bool:
    """Whether two ``-namespace`` flags have namespaces in common; "" is all."""
    return not one or not other or one == other


async def find_conflict(cluster: Cluster, namespace: str) -> str:
    """Why we must not run here beside a Flagger, in a sentence; "" if we may.

    If we may not read the whole cluster, our own namespaces are checked.

    Raises:
        ApiStatusError, ClusterUnreachable: the cluster cannot be asked.
    """
    now = datetime.now(UTC)
    deployments = await _visible(cluster, resources.DEPLOYMENTS, namespace, {})
    found = flagger_deployment(deployments, namespace)
    if found:
        return found
    leases = await _visible(cluster, resources.LEASES, namespace, {"fieldSelector": f"metadata.name={FLAGGER_LEASE}"})
    found = flagger_lease(leases, deployments, namespace, now)
    if found:
        return found
    if not await _may_list(cluster, resources.EVENTS, namespace):
        return ""
    events = await _list(cluster, resources.EVENTS, namespace, {"fieldSelector": "involvedObject.kind=Canary"})
    return flagger_events(events, now)


async def _visible(
    cluster: Cluster, resource: Resource, namespace: str, query: dict[str, str]
) -> list[KubernetesObject]:
    """All objects that we may list: the cluster's, else those of our namespaces."""
    for places in ([""], dict.fromkeys(each for each in (namespace, cluster.namespace) if each)):
        allowed = [place for place in places if await _may_list(cluster, resource, place)]
        if allowed:
            return [item for place in allowed for item in await _list(cluster, resource, place, query)]
    return []


async def _list(cluster: Cluster, resource: Resource, namespace: str, query: dict[str, str]) -> list[KubernetesObject]:
    found: list[KubernetesObject] = []
    asked = {**query, "limit": str(_PAGE)}
    while True:
        page = await cluster.request("GET", resource.path(namespace or None), query=asked, timeout_s=30.0)
        found += page.get("items") or []
        following = (page.get("metadata") or {}).get("continue")
        if not following:
            return found
        asked["continue"] = following


async def _may_list(cluster: Cluster, resource: Resource, namespace: str) -> bool:
    """Asked first, so that the API server's log shows no refusals of ours."""
    asked = {"verb": "list", "group": resource.group, "resource": resource.plural, "namespace": namespace}
    kind = resources.SELF_SUBJECT_ACCESS_REVIEWS
    review = {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {},
        "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
    }
    return bool(((await writes.create(cluster, kind, review)).get("status") or {}).get("allowed"))


def _flaggers(deployments: Iterable[KubernetesObject]) -> Iterator[tuple[KubernetesObject, str]]:
    """Deployments that run Flagger, each with the namespace that it watches ("" is all)."""
    for deployment in deployments:
        spec = deployment.get("spec") or {}
        if spec.get("replicas", 1) == 0:
            continue
        for container in ((spec.get("template") or {}).get("spec") or {}).get("containers") or ():
            command = [str(part) for part in container.get("command") or ()]
            if _IMAGE.search(str(container.get("image") or "")) or (command and _COMMAND.search(command[0])):
                yield deployment, _flag([*command, *(container.get("args") or ())], "namespace")
                break


def _flag(arguments: list[Any], name: str) -> str:
    """The value of a Go flag: ``-name=value``, ``--name=value`` or two arguments."""
    for position, argument in enumerate(arguments):
        flag, given, value = str(argument).partition("=")
        if flag in (f"-{name}", f"--{name}"):
            return value if given else str((arguments[position + 1 : position + 2] or [""])[0])
    return ""


def _named(scope: str) -> str:
    return f"namespace {scope}" if scope else "all namespaces"


def _time(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)

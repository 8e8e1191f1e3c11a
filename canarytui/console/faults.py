"""The fault key's plan: HTTP 500s at the canary's own host, sent by hey from the cluster's load tester.

Pure. Host, address and load tester come from the canary's IngressRoute and its load-test webhook, never
from free text, and every part is checked against a strict form before it becomes part of a command.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from canarytui.domain.canary import Canary
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import Situation

DURATION = "1m"
CONCURRENCY = 5
RATE = 5
"""Requests a second of each of the concurrent workers, as ``hey -q`` counts."""

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_HOST_RULE = re.compile(r"Host\(\s*[`'\"]([^`'\"]+)[`'\"]")


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What is run and by whom; with `refusal` set, nothing is."""

    namespace: str
    name: str
    host: str = ""
    command: str = ""
    tester_url: str = ""
    refusal: str = ""

    def payload(self) -> bytes:
        """The load tester's request: the command runs in the background and is bounded by its own ``-z``."""
        return json.dumps(
            {
                "name": self.name,
                "namespace": self.namespace,
                "phase": "Progressing",
                "metadata": {"type": "cmd", "cmd": self.command, "logCmdOutput": "true"},
            }
        ).encode()


def plan_fault(situation: Situation, routes: Iterable[Mapping[str, Any]]) -> FaultPlan:
    """A burst of 500s for one minute; `routes` are the IngressRoutes of the canary's namespace."""
    canary = situation.canary
    plan = FaultPlan(canary.namespace, canary.name)
    if canary.spec.suspend or situation.phase not in ("Progressing", "WaitingPromotion"):
        return _refused(
            plan, f"it is {situation.phase or 'without status'}: a fault shows something only while it is analysed"
        )
    tester = tester_url(canary)
    if not tester:
        return _refused(plan, "none of its webhooks runs hey in a load tester, so there is nobody to send requests")
    host = route_host(canary.apex_name, routes) or command_host(canary)
    if not host:
        return _refused(plan, "no host is known: neither an IngressRoute nor its load-test webhook names one")
    command = f"hey -z {DURATION} -c {CONCURRENCY} -q {RATE} http://{host}/status/500"
    return FaultPlan(canary.namespace, canary.name, host, command, tester)


def _refused(plan: FaultPlan, why: str) -> FaultPlan:
    return FaultPlan(plan.namespace, plan.name, refusal=why)


def tester_url(canary: Canary) -> str:
    """Address of the load tester that the canary's own rollout webhook uses; "" without one."""
    for hook in canary.spec.analysis.webhooks:
        if hook.type in ("", "rollout") and _hey_words(hook.metadata):
            parts = urlsplit(hook.url)
            if parts.scheme in ("http", "https") and parts.hostname:
                return f"{parts.scheme}://{parts.netloc}/"
    return ""


def route_host(apex: str, routes: Iterable[Mapping[str, Any]]) -> str:
    """The host of the IngressRoute rule that leads to the canary's router object."""
    for route in routes:
        spec = route.get("spec")
        rules = spec.get("routes") if isinstance(spec, Mapping) else None
        for rule in rules if isinstance(rules, list) else ():
            if not isinstance(rule, Mapping):
                continue
            services = rule.get("services")
            leads_here = any(
                isinstance(service, Mapping) and service.get("name") == apex
                for service in (services if isinstance(services, list) else ())
            )
            found = _HOST_RULE.search(str(rule.get("match"))) if leads_here else None
            if found and valid_host(found.group(1)):
                return found.group(1)
    return ""


def command_host(canary: Canary) -> str:
    """The host that the canary's own load test sends to (``hey -host``, or its URL's)."""
    for hook in canary.spec.analysis.webhooks:
        words = _hey_words(hook.metadata)
        for position, word in enumerate(words[:-1]):
            if word == "-host" and valid_host(words[position + 1]):
                return words[position + 1]
        if words:
            host = urlsplit(words[-1]).hostname or ""
            if valid_host(host):
                return host
    return ""


def valid_host(host: str) -> bool:
    """Whether `host` is a plain lower-case DNS name: nothing that a shell or a URL could read otherwise."""
    return host == clean(host) and _HOST.fullmatch(host) is not None


def _hey_words(metadata: Mapping[str, Any]) -> list[str]:
    try:
        words = shlex.split(str(metadata.get("cmd") or ""))
    except ValueError:
        return []
    return words if words[:1] == ["hey"] else []

"""Which controller reconciles the canaries here: Flagger or ours, its version, and where it looks for metrics.

Read from deployments' images and arguments, the only place where that is written down. Pure; the session
brings the deployments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from canarytui.domain.plaintext import clean
from canarytui.domain.workload import Workload, image_tag

_FLAGGER = re.compile(r"(^|/)flagger(:|@|$)")
_OURS = re.compile(r"(^|/)canarytui/controller(:|@|$)")
NAMESPACES = (
    "flagger-system", "canarytui-system", "traefik", "istio-system", "flux-system", "ingress-nginx", "linkerd",
    "flagger",
)  # fmt: skip
"""Where Flagger's documentation and ours install a controller: looked at one by one when we may not list them all."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A controller's deployment. `metrics_server` and `mesh_provider` are its flags of these names, "" when not
    given."""

    is_flagger: bool
    version: str
    namespace: str
    name: str
    running: bool
    metrics_server: str = ""
    mesh_provider: str = ""

    @property
    def title(self) -> str:
        return f"{'Flagger' if self.is_flagger else 'canarytui'} {self.version}".rstrip()


def find_engine(deployments: Iterable[Mapping[str, Any]]) -> Engine | None:
    """The controller among `deployments`; a running one before one that is scaled to zero."""
    found = [engine for engine in map(_engine, filter(_perhaps, deployments)) if engine is not None]
    return max(found, key=lambda engine: (engine.running, engine.is_flagger), default=None)


def _perhaps(deployment: Mapping[str, Any]) -> bool:
    """Whether an image of a controller may be in it: a glance, because a cluster has thousands of others."""
    try:
        containers = deployment["spec"]["template"]["spec"]["containers"]
        images = [str(container["image"]) for container in containers]
    except (KeyError, TypeError):
        return True
    return any(_FLAGGER.search(image) or _OURS.search(image) for image in images)


def _engine(deployment: Mapping[str, Any]) -> Engine | None:
    workload = Workload.parse(deployment)
    for index, container in enumerate(workload.containers):
        is_flagger = bool(_FLAGGER.search(container.image))
        if is_flagger or _OURS.search(container.image):
            arguments = _arguments(deployment, index)
            return Engine(
                is_flagger=is_flagger,
                version=clean(image_tag(container.image), 30),
                namespace=workload.namespace,
                name=workload.name,
                running=workload.desired > 0,
                metrics_server=_flag(arguments, "metrics-server"),
                mesh_provider=_flag(arguments, "mesh-provider"),
            )
    return None


def _arguments(deployment: Mapping[str, Any], index: int) -> list[str]:
    try:
        container = deployment["spec"]["template"]["spec"]["containers"][index]
        listed = [*(container.get("command") or []), *(container.get("args") or [])]
    except (KeyError, IndexError, TypeError, AttributeError):
        return []
    return [argument for argument in listed if isinstance(argument, str)]


def _flag(arguments: list[str], name: str) -> str:
    """The value of a Go-style flag: ``-name=value``, ``--name=value`` or two arguments."""
    for position, argument in enumerate(arguments):
        flag, given, value = argument.partition("=")
        if flag.lstrip("-") == name and flag.startswith("-"):
            if given:
                return value
            return arguments[position + 1] if position + 1 < len(arguments) else ""
    return ""

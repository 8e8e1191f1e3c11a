"""Which controller reconciles the canaries here: Flagger or ours, its version, and where it looks for metrics.

Read from deployments' images and arguments, the only place where that is written down. Pure; the session
brings the deployments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import FLAGGER_DEFAULT, OWN_DEFAULT
from canarytui.domain.workloads.workload import WorkloadStatus, image_tag

_FLAGGER = re.compile(r"(^|/)flagger(:|@|$)")
_OURS = re.compile(r"(^|/)canarytui/controller(:|@|$)")
_REFERENCE = re.compile(r"\$\(([-._a-zA-Z0-9]+)\)")
_OWN_NAMESPACES = ("flagger-system", "canarytui-system")
_GENERAL_NAMESPACES = ("flux-system", "flagger")


class DetectedController(Struct, frozen=True):
    """A controller's deployment. `metrics_server` is its flag of that name, "" when not given; `mesh_provider` too, its
    own default when not given, "" when it cannot be told (the flag's value comes from a ConfigMap or Secret). `watches`
    is the one namespace that it looks after, "" for all; `elects` whether its replicas elect a leader; `strict` whether
    it does what Flagger does and no more."""

    is_flagger: bool
    version: str
    namespace: str
    name: str
    running: bool
    metrics_server: str = ""
    mesh_provider: str = ""
    watches: str = ""
    elects: bool = False
    strict: bool = False

    @property
    def deviates(self) -> bool:
        """Whether it differs from Flagger as docs/deviations.md says, and obeys ``canarytui.io/`` annotations."""
        return not self.is_flagger and not self.strict

    @property
    def title(self) -> str:
        return f"{self.kind} {self.version}".rstrip()

    @property
    def kind(self) -> str:
        """Whose controller it is."""
        return "Flagger" if self.is_flagger else "canarytui"


def usual_namespaces() -> tuple[str, ...]:
    """Where Flagger's documentation and ours install a controller: looked at one by one when we may not list them
    all."""
    beside = (namespace for provider in registry.providers() for namespace in provider.namespaces)
    return (*_OWN_NAMESPACES, *beside, *_GENERAL_NAMESPACES)


def find_engine(deployments: Iterable[Mapping[str, Any]]) -> DetectedController | None:
    """The controller among `deployments`; a running one before one that is scaled to zero."""
    return max(find_engines(deployments), key=lambda engine: (engine.running, engine.is_flagger), default=None)


def find_engines(deployments: Iterable[Mapping[str, Any]]) -> list[DetectedController]:
    """Every controller among `deployments`."""
    return [engine for engine in map(_engine, filter(_perhaps, deployments)) if engine is not None]


def controller_container(pod: Mapping[str, Any]) -> str:
    """The name of the container in a pod that runs a controller, whatever stands beside it; the first where no image is
    known as a controller's (a rebuilt one), "" where there is none."""
    spec = pod.get("spec")
    listed = spec.get("containers") if isinstance(spec, Mapping) else None
    containers = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    images = ((each, str(each.get("image") or "")) for each in containers)
    ours = [each for each, image in images if _FLAGGER.search(image) or _OURS.search(image)]
    return str(next(iter([*ours, *containers]), {}).get("name") or "")


def _perhaps(deployment: Mapping[str, Any]) -> bool:
    """Whether an image of a controller may be in it: a glance, because a cluster has thousands of others."""
    try:
        containers = deployment["spec"]["template"]["spec"]["containers"]
        images = [str(container["image"]) for container in containers]
    except (KeyError, TypeError):
        return True
    return any(_FLAGGER.search(image) or _OURS.search(image) for image in images)


def _engine(deployment: Mapping[str, Any]) -> DetectedController | None:
    workload = WorkloadStatus.parse(deployment)
    for index, container in enumerate(workload.containers):
        is_flagger = bool(_FLAGGER.search(container.image))
        if is_flagger or _OURS.search(container.image):
            arguments = _arguments(deployment, index)
            return DetectedController(
                is_flagger=is_flagger,
                version=clean(image_tag(container.image), 30),
                namespace=workload.namespace,
                name=workload.name,
                running=workload.desired > 0,
                metrics_server=_flag(arguments, "metrics-server"),
                mesh_provider=_mesh_provider(arguments, is_flagger=is_flagger),
                watches=clean(_flag(arguments, "namespace"), 63),
                elects=_is_set(arguments, "enable-leader-election"),
                strict=_is_set(arguments, "strict-flagger"),
            )
    return None


def _mesh_provider(arguments: list[str], *, is_flagger: bool) -> str:
    given = _flag(arguments, "mesh-provider")
    if _REFERENCE.search(given):
        return ""
    return clean(given, 40) or (FLAGGER_DEFAULT if is_flagger else OWN_DEFAULT)


def _arguments(deployment: Mapping[str, Any], index: int) -> list[str]:
    """Command and arguments, with the variables that the container itself defines filled in as a kubelet does."""
    try:
        container = deployment["spec"]["template"]["spec"]["containers"][index]
        listed = [*(container.get("command") or []), *(container.get("args") or [])]
        variables = {each["name"]: each["value"] for each in container.get("env") or [] if "value" in each}
    except (KeyError, IndexError, TypeError, AttributeError):
        return []

    def value(match: re.Match[str]) -> str:
        return str(variables.get(match[1], match[0]))

    return [_REFERENCE.sub(value, argument) for argument in listed if isinstance(argument, str)]


def _flag(arguments: list[str], name: str) -> str:
    """The value of a Go-style flag: ``-name=value``, ``--name=value`` or two arguments."""
    for position, argument in enumerate(arguments):
        flag, given, value = argument.partition("=")
        if flag.lstrip("-") == name and flag.startswith("-"):
            if given:
                return value
            return arguments[position + 1] if position + 1 < len(arguments) else ""
    return ""


def _is_set(arguments: list[str], name: str) -> bool:
    """Whether a Go-style switch is on: ``-name``, ``-name=true``."""
    return any(
        flag.startswith("-") and flag.lstrip("-") == name and value in ("", "true", "True", "1")
        for flag, _, value in (argument.partition("=") for argument in arguments)
    )

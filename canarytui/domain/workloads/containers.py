"""Which container of a pod is the application: the one that a new image is meant for and that names the release.

A pod often has others beside it: proxies, log shippers. Which one comes first in the manifest says nothing. Init
containers are never the application, those that run on as sidecars (``restartPolicy: Always``) included.
"""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.workload import Container, WorkloadStatus, image_tag

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""The pod annotation with the default container of ``kubectl logs`` and ``kubectl exec``."""

_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


def application_container(canary: Canary, workload: WorkloadStatus | None) -> Container | None:
    """The only container; of several, the pod template's default container, else the one that declares
    ``service.targetPort``. None if that is not exactly one."""
    if workload is None or not workload.containers:
        return None
    if len(workload.containers) == 1:
        return workload.containers[0]
    named = _default_name(workload)
    found = [each for each in workload.containers if each.name == named]
    if not found:
        port = canary.spec.service.target_port
        found = [each for each in workload.containers if any(port in declared for declared in each.ports)]
    return found[0] if len(found) == 1 else None


def containers_for(canary: Canary, workload: WorkloadStatus, image: str = "") -> tuple[Container, ...]:
    """The containers that a new `image` may be for: exactly one if that is certain, else those to choose from.

    A whole image goes to the container that runs its repository; a tag ("" too) to the application.
    """
    application = application_container(canary, workload)
    if is_reference(image) and len(workload.containers) > 1:
        same = tuple(each for each in workload.containers if repository(each.image) == repository(image))
        if len(same) > 1 and application in same:
            return (application,) if application is not None else same
        return same or workload.containers
    return (application,) if application is not None else workload.containers


def is_reference(text: str) -> bool:
    """Whether `text` is a whole image reference, not only a tag."""
    return any(mark in text for mark in "/@:")


def repository(image: str) -> str:
    """An image's registry and path, without tag and digest; short names of Docker Hub are expanded."""
    path = image.partition("@")[0]
    head, slash, last = path.rpartition("/")
    path = f"{head}{slash}{last.partition(':')[0]}"
    first, slash, rest = path.partition("/")
    if not slash:
        return f"docker.io/library/{path}"
    if first in _DOCKER_HUB:
        return f"docker.io/{rest}" if "/" in rest else f"docker.io/library/{rest}"
    return path if "." in first or ":" in first or first == "localhost" else f"docker.io/{path}"


def application_images(
    canary: Canary, primary: WorkloadStatus | None, target: WorkloadStatus | None
) -> tuple[str, str]:
    """The images of (primary, target) that identify their releases; "" where a side is absent.

    If the application is unknown: the only container that differs, else all images of a side, joined by commas.
    """
    names = {each.name for side in (primary, target) if (each := application_container(canary, side)) is not None}
    if len(names) != 1:
        names = _differing(primary, target)
    return _images(primary, names), _images(target, names)


def release(images: str) -> str:
    """The tags of an :func:`application_images` side: ``4.0.6``, or ``v1.30.1+4.0.6`` of two containers."""
    return "+".join(image_tag(image) for image in images.split(", ") if image)


def release_change(images: tuple[str, str], arrow: str) -> str:
    """``4.0.5→4.0.6`` while they differ, else the release they share."""
    old, new = (release(side) for side in images)
    return joined_releases(old, new, arrow)


def joined_releases(old: str, new: str, arrow: str = "→") -> str:
    """``4.0.5→4.0.6``; one of them where the other is "" or the same."""
    return f"{old}{arrow}{new}" if old and new and old != new else old or new


def _differing(primary: WorkloadStatus | None, target: WorkloadStatus | None) -> set[str]:
    """The container whose image differs between the two; empty unless there is exactly one."""
    if primary is None or target is None:
        return set()
    before = {each.name: each.image for each in primary.containers}
    found = {each.name for each in target.containers if before.get(each.name, each.image) != each.image}
    return found if len(found) == 1 else set()


def _images(workload: WorkloadStatus | None, names: set[str]) -> str:
    listed = workload.containers if workload is not None else ()
    chosen = [each.image for each in listed if each.name in names] or [each.image for each in listed]
    return ", ".join(chosen)


def _default_name(workload: WorkloadStatus) -> str:
    metadata = workload.template.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return str(annotations.get(DEFAULT_CONTAINER) or "") if isinstance(annotations, Mapping) else ""

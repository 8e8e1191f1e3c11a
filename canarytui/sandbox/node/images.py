"""What an image name means on the sandbox's node: which server answers for it, or why it cannot be pulled.

The sandbox carries its images inside itself, so nothing is ever downloaded; but a name that a registry
would refuse must be refused here as well, or a rollout of a mistyped tag could not be rehearsed. Called by
the kubelet.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

from canarytui.domain import image_reference
from canarytui.sandbox.constants import (
    IMAGE_CONTROLLER,
    IMAGE_LOADTESTER,
    IMAGE_PODINFO,
    IMAGE_PROMETHEUS,
    IMAGE_TRAEFIK,
)

_VERSION = re.compile(r"v?\d+(\.\d+)*([-+].*)?")


class ImageKind(Enum):
    """Which server stands for a container."""

    PODINFO = "podinfo"
    GATEWAY = "gateway"
    PROMETHEUS = "prometheus"
    LOADTESTER = "loadtester"
    CONTROLLER = "controller"
    GENERIC = "generic"


_KINDS = {
    IMAGE_PODINFO: ImageKind.PODINFO,
    IMAGE_TRAEFIK: ImageKind.GATEWAY,
    IMAGE_PROMETHEUS: ImageKind.PROMETHEUS,
    IMAGE_LOADTESTER.removeprefix("ghcr.io/"): ImageKind.LOADTESTER,
    IMAGE_CONTROLLER: ImageKind.CONTROLLER,
}


@dataclass(frozen=True, slots=True)
class Image:
    """A parsed image reference; `name` is canonical, such as ``docker.io/stefanprodan/podinfo:6.0.0``."""

    registry: str
    repository: str
    tag: str
    digest: str
    kind: ImageKind

    @property
    def name(self) -> str:
        tail = f"@{self.digest}" if self.digest else f":{self.tag}"
        return f"{self.registry}/{self.repository}{tail}"

    @property
    def image_id(self) -> str:
        """As a runtime reports it, repository at digest; stable for equal names."""
        digest = self.digest or "sha256:" + hashlib.sha256(self.name.encode()).hexdigest()
        return f"{self.registry}/{self.repository}@{digest}"


def parse_image(reference: str) -> Image | None:
    """Parse as a container runtime does (default registry, ``library/``, ``latest``), or None."""
    try:
        parsed = image_reference.parse(reference)
    except image_reference.BadReference:
        return None
    registry, repository = parsed.domain or "docker.io", parsed.path
    if registry == "docker.io" and "/" not in repository:
        repository = f"library/{repository}"
    return Image(registry, repository, parsed.tag or "latest", parsed.digest, _kind(repository))


def pull_problem(image: Image) -> str | None:
    """The runtime's error for an image that no registry has; None when it can be had."""
    name = image.name
    if image.registry.split(":")[0].endswith(".invalid"):
        cause = (
            f'failed to do request: Head "https://{image.registry}/v2/{image.repository}/manifests/'
            f'{image.tag}": dial tcp: lookup {image.registry}: no such host'
        )
        return (
            f'rpc error: code = Unknown desc = failed to pull and unpack image "{name}": '
            f'failed to resolve reference "{name}": {cause}'
        )
    if image.kind is ImageKind.PODINFO and not image.digest and not _is_version(image.tag):
        return (
            f'rpc error: code = NotFound desc = failed to pull and unpack image "{name}": '
            f'failed to resolve reference "{name}": {name}: not found'
        )
    return None


def _is_version(tag: str) -> bool:
    return tag == "latest" or _VERSION.fullmatch(tag) is not None


def _kind(repository: str) -> ImageKind:
    bare = repository.removeprefix("library/")
    for known, kind in _KINDS.items():
        if bare == known or bare.endswith(f"/{known}"):
            return kind
    return ImageKind.GENERIC

"""What an image name means on the sandbox's node: which server answers for it, or why it cannot be pulled.

The sandbox's images are built in, so nothing is ever downloaded. A name that a registry would refuse is refused
here as well, so that a rollout of a mistyped tag fails as it would elsewhere. Called by the kubelet.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from enum import Enum

from msgspec import Struct

from canarytui.sandbox.constants import (
    IMAGE_CONTROLLER,
    IMAGE_INGRESS_NGINX,
    IMAGE_LOADTESTER,
    IMAGE_PODINFO,
    IMAGE_PROMETHEUS,
    IMAGE_TRAEFIK,
)

_HOST_PART = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REGISTRY = rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[(?P<v6>[a-fA-F0-9:]+)\])(?::(?P<port>[0-9]{{1,5}}))?"
_HAS_REGISTRY = "localhost/|[^/]*[A-Z.:][^/]*/"
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?={_HAS_REGISTRY})(?P<registry>{_REGISTRY})/|(?!{_HAS_REGISTRY}))"
    rf"(?P<path>{_PATH_PART}(?:/{_PATH_PART})*)"
    r"(?::(?P<tag>[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[a-fA-F0-9]{32,}))?"
)
"""The distribution project's grammar: a dot, a colon or a capital letter makes the first part a registry."""

_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_NAME_MOST = 255
_PORTS_MOST = 65535
_VERSION = re.compile(r"v?\d+(\.\d+)*([-+].*)?")


class ImageKind(Enum):
    """Which server a container's image starts."""

    PODINFO = "podinfo"
    GATEWAY = "gateway"
    INGRESS_NGINX = "ingress-nginx"
    PROMETHEUS = "prometheus"
    LOADTESTER = "loadtester"
    CONTROLLER = "controller"
    GENERIC = "generic"


_KINDS = {
    IMAGE_PODINFO: ImageKind.PODINFO,
    IMAGE_TRAEFIK: ImageKind.GATEWAY,
    IMAGE_INGRESS_NGINX: ImageKind.INGRESS_NGINX,
    IMAGE_PROMETHEUS: ImageKind.PROMETHEUS,
    IMAGE_LOADTESTER.removeprefix("ghcr.io/"): ImageKind.LOADTESTER,
    IMAGE_CONTROLLER: ImageKind.CONTROLLER,
}


class Image(Struct, frozen=True):
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
    parsed = _REFERENCE.fullmatch(reference)
    if parsed is None or int(parsed["port"] or 0) > _PORTS_MOST or not _is_address(parsed["v6"] or "::"):
        return None
    registry, repository, digest = parsed["registry"] or "", parsed["path"], parsed["digest"] or ""
    algorithm, _, encoded = digest.partition(":")
    if len(encoded) != _DIGEST_LENGTHS.get(algorithm, len(encoded)):
        return None
    if len(f"{registry}/{repository}" if registry else repository) > _NAME_MOST:
        return None
    registry = registry or "docker.io"
    if registry == "docker.io" and "/" not in repository:
        repository = f"library/{repository}"
    return Image(registry, repository, parsed["tag"] or "latest", digest, _kind(repository))


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


def _is_address(v6: str) -> bool:
    try:
        return ipaddress.ip_address(v6).version == 6
    except ValueError:
        return False


def _is_version(tag: str) -> bool:
    return tag == "latest" or _VERSION.fullmatch(tag) is not None


def _kind(repository: str) -> ImageKind:
    bare = repository.removeprefix("library/")
    for known, kind in _KINDS.items():
        if bare == known or bare.endswith(f"/{known}"):
            return kind
    return ImageKind.GENERIC

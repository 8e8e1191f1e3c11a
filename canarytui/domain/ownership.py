"""Who else writes an object: a GitOps tool or Helm, told by the labels and annotations they leave.

Shown with every action, because such an owner takes a change back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.plaintext import clean

_SIGNS = (
    ("kustomize.toolkit.fluxcd.io/name", "Flux Kustomization {}", True),
    ("helm.toolkit.fluxcd.io/name", "Flux HelmRelease {}", True),
    ("argocd.argoproj.io/tracking-id", "Argo CD application {}", True),
    ("argocd.argoproj.io/instance", "Argo CD application {}", True),
    ("meta.helm.sh/release-name", "Helm release {}", False),
)


def owner_of(metadata: object) -> str:
    """``Flux Kustomization apps: it will revert this change`` and the like; "" when nobody is known."""
    if not isinstance(metadata, Mapping):
        return ""
    marks: dict[str, Any] = {}
    for part in ("labels", "annotations"):
        found = metadata.get(part)
        if isinstance(found, Mapping):
            marks.update(found)
    for key, wording, reverts in _SIGNS:
        if key in marks:
            name = clean(str(marks[key]).partition(":")[0], 100)
            what = "it will revert this change" if reverts else "its next upgrade reverts this change"
            return f"{wording.format(name)}: {what}"
    return ""

"""Who else manages an object: a GitOps tool or Helm, recognised by its labels and annotations.

Shown with every action, because such an owner reverts changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.domain.sentences import ownership as words
from canarytui.domain.text.plain import clean

_SIGNS = (
    ("kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace", "Flux Kustomization", words.FLUX),
    ("helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace", "Flux HelmRelease", words.FLUX),
    ("argocd.argoproj.io/tracking-id", "", "Argo CD application", words.ARGO_CD),
    ("argocd.argoproj.io/instance", "", "Argo CD application", words.ARGO_CD),
    ("meta.helm.sh/release-name", "meta.helm.sh/release-namespace", "Helm release", words.HELM),
)


def owner_of(metadata: object) -> str:
    """``Flux Kustomization flux-system/apps: it will revert this change …``; "" if unmanaged."""
    if not isinstance(metadata, Mapping):
        return ""
    marks: dict[str, Any] = {}
    for part in ("labels", "annotations"):
        found = metadata.get(part)
        if isinstance(found, Mapping):
            marks.update(found)
    for key, space_key, tool, what in _SIGNS:
        if key in marks:
            name = clean(str(marks[key]).partition(":")[0], 100)
            space = clean(marks.get(space_key), 63) if space_key else ""
            full = f"{space}/{name}" if space else name
            return what.text(tool=tool, name=full, kind=tool.rpartition(" ")[2])
    return ""

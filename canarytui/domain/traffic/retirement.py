"""What a canary's provider drives may be maintained by nobody any more: it works, and is labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.sentences import providers as words
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import provider_of

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary


def retired_words(canary: Canary, mesh_provider: str) -> str:
    """That upstream has retired what the canary's provider drives; "" where it has not, or where that is not known.

    `mesh_provider` is the controller's flag.
    """
    record = registry.like(provider_of(canary, mesh_provider))
    if record is None or record.upstream.alive:
        return ""
    return words.RETIRED.text(title=record.title, evidence=record.upstream.evidence)

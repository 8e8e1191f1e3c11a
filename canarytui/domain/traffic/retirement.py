"""What a canary's provider drives may be maintained by nobody any more: it works, and is labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canarytui.domain.sentences import providers as words
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import provider_of

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary
    from canarytui.domain.traffic.provider import TrafficProvider


def retired_words(canary: Canary, mesh_provider: str) -> str:
    """That upstream has retired what the canary's provider drives; "" where it has not, or where that is not known.

    `mesh_provider` is the controller's flag.
    """
    record = retired_provider(canary, mesh_provider)
    return "" if record is None else words.RETIRED.text(title=record.title, evidence=record.upstream.evidence)


def retired_provider(canary: Canary, mesh_provider: str) -> TrafficProvider | None:
    """The canary's provider if upstream has retired what it drives; None where it has not, or where that is not
    known."""
    record = registry.like(provider_of(canary, mesh_provider))
    return None if record is None or record.upstream.alive else record

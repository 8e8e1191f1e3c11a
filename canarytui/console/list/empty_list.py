"""What an empty list says: why it is empty, what to do next, and where there are canaries."""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.console.list.status_text import Emptiness, empty_text
from canarytui.console.model import ConsoleModel


class EmptyList:
    """Namespaces that are not watched are asked about once."""

    def __init__(self) -> None:
        self._elsewhere: Mapping[str, int] = {}
        self._asked = False

    def explain(self, model: ConsoleModel) -> Emptiness:
        """The text for a list without rows."""
        listing, connection = model.listing, model.contexts.current.connection
        narrowed = bool(listing.namespace)
        counts = listing.namespace_counts() if narrowed else self._elsewhere
        return empty_text(
            model.place(everywhere=True),
            " ".join(filter(None, (listing.filter, listing.kept.name))),
            elsewhere={name: count for name, count in counts.items() if name != listing.namespace},
            narrowed=narrowed,
            no_controller=model.state.engine is None and model.state.engine_sought,
            context=connection.context if connection is not None else "",
        )

    def looks_now(self, model: ConsoleModel) -> bool:
        """Whether to look for canaries in other namespaces now: once, and when it can be done."""
        if self._asked or model.contexts.current.connection is None or not model.state.canaries.synced:
            return False
        self._asked = True
        return True

    async def look_elsewhere(self, model: ConsoleModel) -> None:
        """Count the canaries of namespaces that are not watched."""
        self._elsewhere = await model.connection.canaries_elsewhere()

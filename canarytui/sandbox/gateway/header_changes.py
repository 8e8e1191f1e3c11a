"""Changes of headers as the Gateway API has them: some are set, some are added, some are removed. Pure."""

from __future__ import annotations

from msgspec import Struct
from multidict import CIMultiDict


class HeaderChanges(Struct, frozen=True):
    """`removed` has names; the others have pairs of name and value."""

    replaced: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()

    def apply_to(self, headers: CIMultiDict[str]) -> None:
        """Change `headers` in place."""
        for name, value in self.replaced:
            headers[name] = value
        for name, value in self.added:
            headers.add(name, value)
        for name in self.removed:
            headers.popall(name, None)

"""A check whose values are missing, as far as the search needs to know it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

Twins = Sequence[tuple[str, str]]
"""Texts in matchers that name the canary, each with what names the primary instead."""


class Suspect(Struct, frozen=True):
    """A check: its rendered query, its upper threshold, and what its matchers call canary and primary.

    `interval_used`: the query as written has a variable for the check's interval.
    """

    query: str
    maximum: float | None = None
    interval_used: bool = True
    twins: Twins = ()

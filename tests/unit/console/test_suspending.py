"""What a suspended console would leave alone: it objects once, and obeys when it is asked again."""

from __future__ import annotations

from canarytui.cluster.pending_reverts import PendingRevert
from canarytui.console.demo_fixture import FixtureConnection
from canarytui.console.suspension import Suspending


def held(name: str) -> PendingRevert:
    return PendingRevert(
        number=f"n-{name}", at="2026-11-26T12:00:00+00:00", server="https://127.0.0.1:6443", context="kind",
        title="Promote", namespace="shop", name=name, uid="u", field="skipAnalysis", value=True, before=None, until=(),
        due="", generation=2,
    )  # fmt: skip


def test_it_objects_once_to_each_set_of_temporary_writes() -> None:
    connection, suspending = FixtureConnection(), Suspending()
    assert suspending.objection([connection]) == ""
    connection.executor.held.append(held("cart"))
    assert "does not put this back: shop/cart: spec.skipAnalysis. Ctrl+Z again" in suspending.objection([connection])
    assert suspending.objection([connection]) == ""
    assert suspending.objection([connection]) != "", "asked anew after it was suspended"
    connection.executor.held.append(held("search"))
    assert "shop/search" in suspending.objection([connection]), "what has come since was not consented to"
    connection.executor.held.clear()
    assert suspending.objection([connection]) == ""

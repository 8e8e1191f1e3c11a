"""Manual gates: one switch for each canary and key space."""

from __future__ import annotations

from canarytui.sandbox.loadtester.gates import Gates


def test_gates_are_closed_until_opened_and_know_their_own_space() -> None:
    gates = Gates()
    assert not gates.is_open("gate", "podinfo.test")
    gates.open("gate", "podinfo.test")
    assert gates.is_open("gate", "podinfo.test")
    assert not gates.is_open("rollback", "podinfo.test")
    assert not gates.is_open("gate", "other.test")
    gates.close("gate", "podinfo.test")
    gates.close("gate", "never.test")
    assert not gates.is_open("gate", "podinfo.test")

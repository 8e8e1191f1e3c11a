"""Pod addresses: the lowest free one, none twice."""

from __future__ import annotations

from canarytui.sandbox.node.host import PodAddresses


def test_addresses_are_taken_reserved_and_given_back() -> None:
    addresses = PodAddresses()
    addresses.reserve(["10.42.0.3"])
    assert [addresses.take() for _ in range(2)] == ["10.42.0.2", "10.42.0.4"]
    addresses.give_back("10.42.0.2")
    assert addresses.take() == "10.42.0.2"


def test_the_next_subnet_follows_a_full_one() -> None:
    addresses = PodAddresses()
    taken = [addresses.take() for _ in range(254)]
    assert len(set(taken)) == 254
    assert taken[-1] == "10.42.1.2"

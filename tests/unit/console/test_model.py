"""What the title bar says of one context, of several, and before there is any connection."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.contexts import ConsoleContext, ContextKey, Contexts
from canarytui.console.demo_fixture import NOW, FixtureConnection, fill, fixture_state
from canarytui.console.list.ordering import Listing
from canarytui.console.model import ConsoleModel
from canarytui.console.settings import ConsoleSettings
from canarytui.errors import CanarytuiError

CART = ("shop", "cart")


def model_of(*names: str, opened: int | None = None) -> ConsoleModel:
    """A model of these contexts, of which the first `opened` have a connection."""
    contexts = Contexts(fixture_state, names)
    model = ConsoleModel(contexts, settings=ConsoleSettings(), send=lambda message: None, zone=UTC)
    for number, context in enumerate(contexts):
        fill(context.state)
        for store in context.state.stores.values():
            store.replace(list(store.objects()))
        if opened is None or number < opened:
            context.connection = FixtureConnection(context=context.name or "one")
    model.listing.refresh(contexts.keys())
    return model


async def test_one_context_says_where_it_is() -> None:
    model = model_of()
    place = model.place()
    assert (place.context, place.total, place.active, place.synced) == ("one", 5, 2, True)
    assert place == model.place(everywhere=True)
    assert model.local_now() == NOW
    assert model.row(CART) is model.listing.row(CART) is not None


async def test_several_contexts_are_summed_up() -> None:
    model = model_of("eu", "us", opened=1)
    assert model.place(everywhere=True).context == "1 contexts: eu (+1 not reached)"
    assert model.place().context == "eu"
    model = model_of("eu", "us")
    assert model.place(everywhere=True).total == 10
    model.contexts["us"].state.canaries.stale("gone", "gone")
    place = model.place(everywhere=True)
    assert (place.stale_context, place.stale_error) == ("us", "us: gone")
    assert model.place().stale_since is None, "eu is well"


async def test_before_a_connection_it_says_what_it_waits_for() -> None:
    for names in ((), ("eu", "us")):
        model = model_of(*names, opened=0)
        list(model.contexts)[-1].state.waits_for("the plugin")
        assert model.place(everywhere=True).connecting == "connecting … waiting for the plugin"
        with pytest.raises(CanarytuiError):
            _ = model.connection


async def test_a_key_leads_to_its_context() -> None:
    model = model_of("eu", "us")
    contexts = model.contexts
    us = ContextKey("us", CART)
    assert contexts.current is contexts["eu"]
    assert contexts.of(us) is contexts["us"]
    assert contexts.enter(us) == CART
    assert contexts.current is contexts["us"]
    assert contexts.key(CART) == us
    assert contexts.key(us) is us
    row = model.row(CART)
    assert row is not None
    assert (row.context, row.key) == ("us", us)
    assert row.haystack.endswith(" us")
    assert contexts.in_current([us, ContextKey("eu", CART)]) == {CART}
    assert contexts.of(ContextKey("away", CART)) is None
    assert contexts.row(ContextKey("away", CART)) is None


async def test_a_context_that_nobody_named_has_plain_keys() -> None:
    model = model_of()
    assert model.contexts.key(CART) == CART
    assert type(model.contexts.key(CART)) is tuple
    assert model.contexts.enter(CART) == CART
    row = model.row(CART)
    assert row is not None
    assert row.context == ""
    assert model.contexts.take_changed() >= {CART}
    assert model.contexts.take_changed() == frozenset()


async def test_a_context_that_joins_is_listed_when_it_is_open() -> None:
    model = model_of("eu")
    joined = model.contexts.add("us")
    assert isinstance(joined, ConsoleContext)
    assert model.contexts.opened == [model.contexts["eu"]]
    fill(joined.state)
    joined.connection = FixtureConnection(context="us")
    assert [connection.context for connection in model.contexts.connections()] == ["eu", "us"]
    listing = Listing(model.contexts)
    listing.refresh(model.contexts.keys())
    assert {row.context for row in listing.shown} == {"eu", "us"}

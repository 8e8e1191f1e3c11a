"""What each ``:`` command makes the app do."""

from __future__ import annotations

import copy

import pytest
from replacing import replace

from canarytui.cluster.resources import CANARIES
from canarytui.console.command_table import COMMANDS
from canarytui.console.commands import completions, correction, messages_of, run_command
from canarytui.console.contexts import Contexts
from canarytui.console.demo_fixture import fill, fixture_state
from canarytui.console.messages import (
    ChooseTheme,
    ConsoleMessage,
    KeepMemory,
    Leave,
    NarrowList,
    Notify,
    RunAction,
    ShowAudit,
    ShowCanary,
    ShowList,
    ShowPicker,
    ShowTimeline,
    ShowWhatIf,
    SwitchContext,
    ToggleBell,
)
from canarytui.console.model import ConsoleModel
from canarytui.console.picker_kind import PickerKind
from canarytui.console.settings import ConsoleSettings
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION

CART = ("shop", "cart")
ALIASES = {"prod": "ctx prod", "shop": "ns shop", "go": "ns"}


def model_of(sent: list[ConsoleMessage]) -> ConsoleModel:
    model = ConsoleModel(
        Contexts(fixture_state),
        settings=ConsoleSettings(filters={"failing": ":failed"}, aliases=ALIASES),
        send=sent.append,
        known_contexts=lambda: ["prod", "stage"],
    )
    fill(model.state)
    model.listing.refresh(model.contexts.keys())
    return model


@pytest.mark.parametrize(
    ("line", "messages"),
    [
        ("canaries", [ShowList()]),
        (":events", [ShowTimeline()]),
        ("ns shop", [ShowList(), NarrowList(namespace="shop")]),
        ("ns", [ShowPicker(PickerKind.NAMESPACES)]),
        ("filter", [ShowPicker(PickerKind.FILTERS)]),
        ("filter failing", [ShowList(), NarrowList(pattern=":failed")]),
        ("dump", [RunAction("app.dump")]),
        ("aliases", [ShowPicker(PickerKind.ALIASES)]),
        ("prod", [SwitchContext("prod")]),
        ("shop", [ShowList(), NarrowList(namespace="shop")]),
        ("go shop", [ShowList(), NarrowList(namespace="shop")]),
        ("ns all", [ShowList(), NarrowList(namespace="")]),
        ("ctx stage", [SwitchContext("stage")]),
        ("ctx", [ShowPicker(PickerKind.CONTEXTS)]),
        ("detail cart", [ShowCanary(CART)]),
        ("open shop/cart", [ShowCanary(CART)]),
        ("audit", [ShowAudit()]),
        ("drill", [RunAction("act('fault')")]),
        ("drill shop/cart", [ShowCanary(CART), RunAction("act('fault')")]),
        ("end-skip", [RunAction("act('end skip')")]),
        ("theme light", [ChooseTheme("light")]),
        ("mute", [ToggleBell()]),
        ("help", [RunAction("help")]),
        ("roll-back", [RunAction("act('roll back')")]),
        ("q", [Leave()]),
    ],
)
async def test_each_command_sends_its_messages(line: str, messages: list[ConsoleMessage]) -> None:
    sent: list[ConsoleMessage] = []
    run_command(model_of(sent), line)
    assert sent == messages


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("detail nobody", "nobody"),
        ("detail pay/cart", "pay/cart"),
        ("drill nobody", "nobody"),
        ("detail", ":detail NAME"),
        ("ctx elsewhere", "elsewhere"),
        ("what-if nobody request-duration=1", "nobody"),
        ("what-if cart latency=1", "latency=1 names no check of this canary, which has request-success-rate, request"),
        ("what-if cart request-duration", "request-duration has no threshold: write request-duration=97"),
        ("evnts", "events"),
        ("filter nothing", "Saved: failing"),
        ("save x", "not filtered"),
        ("unsave failing", "config.yaml"),
        ("unsave x", "Saved: none"),
        ("x\x1b[2J", "Unknown command: x"),
    ],
)
async def test_what_cannot_be_done_is_said_and_nothing_else_happens(line: str, words: str) -> None:
    (message,) = messages_of(model_of([]), line)
    assert isinstance(message, Notify)
    assert message.warning
    assert words in message.text
    assert "\x1b" not in message.text


async def test_commands_and_their_words_are_completed() -> None:
    model = model_of([])
    assert completions(model, "ev") == ["events"]
    assert completions(model, "ctx ") == ["ctx prod", "ctx stage"]
    assert completions(model, "detail car") == ["detail shop/cart"]
    assert completions(model, "ns s")[0] == "ns shop"
    assert "theme light" in completions(model, "theme li")
    assert completions(model, "nothing x") == []
    assert len(completions(model, "")) > len(COMMANDS)
    assert completions(model, "sho") == ["shop"]
    assert completions(model, "filter ") == ["filter failing"]


async def test_the_words_of_an_alias_are_those_of_its_command() -> None:
    model = model_of([])
    model.settings = replace(model.settings, aliases={"o": "detail", "mine": "ns"})
    assert completions(model, "o car") == ["o shop/cart"]
    assert completions(model, "mine s")[0] == "mine shop"


async def test_what_if_is_completed_by_checks_and_answered_from_what_was_seen() -> None:
    model = model_of([])
    assert "what-if cart request-success-rate=" in completions(model, "what-if cart")
    assert tuple(messages_of(model, "what-if")) == (RunAction("what_if"),)
    (message,) = messages_of(model, "what-if cart request-success-rate=1")
    assert isinstance(message, Notify)
    assert "shop/cart" in message.text


async def test_what_if_reads_the_past_of_a_check_with_two_queries_and_judges_a_shadow_check_alone() -> None:
    model = model_of([])
    store = model.state.stores[CANARIES]
    canary = copy.deepcopy(dict(store.get(*CART) or {}))
    canary["metadata"] |= {
        "resourceVersion": "9000",
        "annotations": {SHADOW_ANNOTATION: "- {name: tried, query: up, thresholdRange: {min: 97}}"},
    }
    canary["spec"]["analysis"]["metrics"][0]["query"] = "up"
    store.put(canary)
    both = messages_of(model, "what-if cart request-success-rate=97..")
    assert tuple(both) == (ShowWhatIf(CART, "request-success-rate", "97.."),)
    (other,) = messages_of(model, "what-if cart request-duration=600")
    assert isinstance(other, Notify)
    assert other.text.endswith("Without request-success-rate: of several queries a session reads one.")
    (shadow,) = messages_of(model, "what-if cart tried=98")
    assert isinstance(shadow, Notify)
    assert not shadow.warning
    assert shadow.text.startswith("A shadow check: each rollout is judged by this check alone")
    (unknown,) = messages_of(model, "what-if cart latency=1")
    assert isinstance(unknown, Notify)
    assert "request-duration, tried" in unknown.text


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("evnts", "events"),
        ("evnts shop", "events shop"),
        (":rollback", "roll-back"),
        ("sohp", "shop"),
        ("ctx prd", "ctx prod"),
        ("go shpo", ""),  # a namespace may be any
        ("detail crat", "detail cart"),
        ("detail shop/crat", "detail shop/cart"),
        ("theme drak", "theme dark"),
        ("filter faling", "filter failing"),
        ("events", ""),
        ("detail cart", ""),
        ("ctx", ""),
        ("prod", ""),
        ("zzzzzz", ""),
        ("", ""),
    ],
)
async def test_what_a_slip_was_meant_to_be(line: str, meant: str) -> None:
    assert correction(model_of([]), line) == meant


async def test_filters_are_saved_and_forgotten() -> None:
    sent: list[ConsoleMessage] = []
    model = model_of(sent)
    model.listing.narrow(pattern="ns:shop !front")
    run_command(model, "save mine")
    run_command(model, "save failing")
    assert model.memory.filters == {"mine": "ns:shop !front"}
    assert sent[0] == KeepMemory()
    assert "config.yaml" in str(sent[-1])
    sent.clear()
    run_command(model, "filter mine")
    assert sent == [ShowList(), NarrowList(pattern="ns:shop !front")]
    run_command(model, "unsave mine")
    assert model.memory.filters == {}

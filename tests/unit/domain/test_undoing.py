"""What was done from this machine and what undoes it now, from lines of the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from test_actions_plans import situation, workload

from canarytui.domain.actions import ActionRequest, intents, plan
from canarytui.domain.actions.done_action import DoneAction, done_actions
from canarytui.domain.actions.undoing import way_back
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation

SERVER = "https://127.0.0.1:6443"
HOOK = {"name": "go", "type": "confirm-promotion", "url": "http://loadtester.shop/gate/check"}
HOOKS = {"analysis": {"webhooks": [HOOK]}}


def lines(number: str, intent: str, *stages: str, **more: Any) -> list[dict[str, Any]]:
    """An action's lines in the audit log."""
    common = {"server": SERVER, "object": "shop/cart", "intent": intent, "title": f"{intent} shop/cart", "id": number}
    common |= {name: more.pop(name) for name in ("server", "undoes", "object") if name in more}
    at = "2026-11-23T13:00:00.000+00:00"
    return [{**common, "at": at, "stage": "write", **more}, *({**common, "at": at, "stage": each} for each in stages)]


def done(
    intent: Intent, *, before: dict[str, Any] | None = None, plan: list[dict[str, Any]] | None = None
) -> DoneAction:
    (found,) = done_actions(lines("a", intent, "done", before=before or {}, plan=plan or []), SERVER)
    return found


def template(**container: Any) -> list[dict[str, Any]]:
    changed = {"spec": {"containers": [{"name": "app", **container}]}}
    return [{"method": "PATCH", "body": {"spec": {"template": changed}}}]


RESTART = [{"body": {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "x"}}}}}}]
OPENED = [{"method": "POST", "url": "http://loadtester.shop/gate/open", "body": {}}]
IMAGES = {"images": {"app": "cart:1", "side": "proxy:1"}}
PAUSED = {"suspend": True}


@pytest.mark.parametrize(
    ("action", "now", "request_"),
    [
        (done(Intent.PAUSE), situation("Progressing", PAUSED), ActionRequest(Intent.RESUME)),
        (done(Intent.EXTEND), situation("Progressing", PAUSED), ActionRequest(Intent.RESUME)),
        (done(Intent.RESUME), situation("Progressing"), ActionRequest(Intent.PAUSE)),
        (
            done(Intent.TRIGGER, before=IMAGES, plan=template(image="cart:2")),
            situation("Succeeded"),
            ActionRequest(Intent.TRIGGER, "app", "cart:1"),
        ),
        # In the middle of an analysis the image from before would be promoted and analysed again.
        (
            done(Intent.TRIGGER, before=IMAGES, plan=template(image="cart:2")),
            situation("Progressing", weight=20),
            ActionRequest(Intent.ROLL_BACK),
        ),
        (done(Intent.TRIGGER, plan=RESTART), situation("Progressing", weight=20), ActionRequest(Intent.ROLL_BACK)),
        (done(Intent.ROLL_BACK), situation("Failed"), ActionRequest(Intent.RETRY)),
        (done(Intent.RETRY), situation("Progressing", weight=20), ActionRequest(Intent.ROLL_BACK)),
        (done(Intent.OPEN_GATE, plan=OPENED), situation("Waiting", HOOKS), ActionRequest(Intent.CLOSE_GATE)),
        (done(Intent.CLOSE_GATE), situation("Waiting", HOOKS), ActionRequest(Intent.OPEN_GATE)),
        (
            done(Intent.SKIP_TO, before={"weight": 20}),
            situation("Progressing", weight=40),
            ActionRequest(Intent.SKIP_TO, weight=20, back=True),
        ),
    ],
)
def test_the_way_back(action: DoneAction, now: Situation, request_: ActionRequest) -> None:
    from replacing import replace

    found = way_back(now, action)
    assert (found.request, found.why) == (replace(request_, undoes="a"), "")
    made = plan(now, replace(request_, undoes="a"))
    assert made.allowed
    assert (made.undoes, made.title) == ("a", found.title)


@pytest.mark.parametrize(
    ("action", "now", "why"),
    [
        (done(Intent.PAUSE), situation("Progressing"), "it is not paused"),
        (done(Intent.PROMOTE), situation("Succeeded"), "the primary has the new version"),
        (done(Intent.END_SKIP), situation("Succeeded"), "later rollouts would go unchecked"),
        (done(Intent.TRIGGER, plan=RESTART), situation("Succeeded"), "a restart changes no version"),
        (done(Intent.TRIGGER, plan=template(env=[])), situation("Succeeded"), "no value of the variable"),
        (done(Intent.TRIGGER, plan=template(image="cart:2")), situation("Succeeded"), "no image of container app"),
        (
            done(Intent.TRIGGER, before=IMAGES, plan=template(image="cart:7")),
            situation("Progressing", weight=20),
            "container app has cart:2 now",
        ),
        (done(Intent.ROLL_BACK, before=IMAGES), situation("Failed"), "another version now"),
        (done(Intent.ROLL_BACK), situation("Succeeded"), "it is Succeeded"),
        (done(Intent.SKIP_TO), situation("Progressing", weight=40), "no weight above 0"),
        (done(Intent.SKIP_TO, before={"weight": 20}), situation("Progressing", weight=10), "no weight before this one"),
        (done(Intent.SKIP_TO, before={"weight": 17}), situation("Progressing", weight=40), "17 is not"),
        (done(Intent.OPEN_GATE, plan=OPENED), situation("Waiting"), "no load-tester gate"),
        (done(Intent("dance")), situation("Waiting"), "does not know that action"),
    ],
)
def test_why_something_cannot_be_undone(action: DoneAction, now: Situation, why: str) -> None:
    found = way_back(now, action)
    assert found.request is None
    assert why in found.why


def test_a_weight_from_before_a_skip_is_written_to_the_router() -> None:
    made = plan(situation("Progressing", weight=40), ActionRequest(Intent.SKIP_TO, weight=20, back=True))
    services = made.writes[0].body["spec"]["weighted"]["services"]
    assert [(each["name"], each["weight"]) for each in services] == [("cart-primary", 80), ("cart-canary", 20)]
    assert made.title == "Go back with shop/cart from weight 40 to 20"
    assert plan(situation("Progressing", weight=40), ActionRequest(Intent.SKIP_TO, weight=20)).refusal


def test_every_action_says_what_undoes_it() -> None:
    for intent in intents():
        found = way_back(situation("Progressing", weight=20), done(intent))
        assert found.request is not None or "nothing undoes it" not in found.why, intent


def test_only_what_was_carried_out_on_this_cluster_is_listed_newest_first() -> None:
    entries = [
        *lines("1", Intent.PAUSE, "done"),
        *lines("2", Intent.PAUSE, "refused"),
        *lines("3", Intent.PAUSE, "not done"),
        *lines("4", Intent.PAUSE, "done", server="https://elsewhere"),
        *lines("5", Intent.RETRY, "unknown"),
        *lines("6", Intent.ROLL_BACK, "in part"),
        *lines("7", Intent.PAUSE),
        {"stage": "write", "server": SERVER, "id": 8, "object": "shop/cart", "intent": "pause"},
        {"stage": "write", "server": SERVER, "id": "9", "object": "cart", "intent": "pause"},
        {"stage": "dry run", "server": SERVER, "id": "10", "object": "shop/cart", "intent": "pause"},
        {"stage": "done", "server": SERVER, "id": "11"},
        {},
    ]
    found = done_actions(entries, SERVER)
    assert [each.number for each in found] == ["7", "6", "5", "1"]
    whys = [way_back(situation("Progressing", PAUSED), each).why for each in found]
    assert [why[:14] for why in whys] == ["whether it was", "it was done in", "whether it was", ""]


def test_what_was_undone_says_when() -> None:
    entries = [*lines("1", Intent.PAUSE, "done"), *lines("2", Intent.RESUME, "done", undoes="1")]
    _, first = done_actions(entries, SERVER)
    assert first.undone_at == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert way_back(situation("Progressing", PAUSED), first).why == "undone at 11-23 13:00:00 UTC"


def test_a_canary_that_is_gone_cannot_be_helped() -> None:
    assert way_back(None, done(Intent.PAUSE)).why == "shop/cart is gone, or cannot be read"


def test_odd_records_are_read_without_harm() -> None:
    odd = {"images": [1], "weight": True}
    (found,) = done_actions(lines("1", Intent.TRIGGER, "done", before=odd, plan=[7, {"body": {"spec": 3}}]), SERVER)
    assert (found.images, found.weight, found.containers) == ({}, None, [])
    now = situation("Succeeded", target=workload("cart:3"))
    assert way_back(now, found).request is None

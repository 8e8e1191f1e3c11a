"""What each system is sent: today's shapes by default, Flagger's in strict mode; with links, threads and severities."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from alert_rig import BEGUN, FACTS, FAILED, Rig
from http_receiver import Receiver
from replacing import replace
from rollouts import STRICT

from canarytui.engine.alerts import gchat, msteams, pagerduty, slack
from canarytui.engine.alerts.message import AlertMessage
from canarytui.engine.alerts.receiver import Receiver as AlertReceiver
from canarytui.engine.alerts.services import SERVICES, service_of
from canarytui.engine.decide.effects import SendAlert
from canarytui.engine.decide.tick import ControllerSettings

WAITING = SendAlert("warn", "Canary is waiting for approval.")
PROMOTED = SendAlert("info", "Canary analysis completed successfully, promotion finished.", resolves=True)
LINK = ControllerSettings(
    cluster_name="prod eu", alert_link="https://look.test/{{cluster}}/{{ namespace }}?c={{ name }}"
)
LINKED = "https://look.test/prod%20eu/r1?c=promote"
WORKFLOW = "http://default1.23.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/1?sig=S"
MESSAGE = AlertMessage("cart.shop", "shop", "cart", "text", "error", thread="shop/cart/1")


def receiver(address: str, service: str = "slack") -> AlertReceiver:
    return AlertReceiver("one", service, address, token="key")


async def test_workflows_take_adaptive_cards(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "msteams", "address": WORKFLOW, "proxy": await chat.start()})
    await rig.tell(BEGUN, WAITING, FAILED, settings=LINK)
    cards = []
    for _, sent in chat.asked:
        assert sent["type"] == "message"
        [attachment] = sent["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        cards.append(attachment["content"])
    assert {(card["type"], card["version"]) for card in cards} == {("AdaptiveCard", "1.4")}
    title, text, facts = cards[0]["body"]
    assert (title["text"], text["text"], text["wrap"]) == ("promote.r1", BEGUN.text, True)
    assert facts["type"] == "FactSet"
    assert [(fact["title"], fact["value"]) for fact in facts["facts"]] == [("Cluster", "prod eu"), *FACTS]
    assert [card["body"][1]["color"] for card in cards] == ["good", "warning", "attention"]
    assert cards[2]["actions"] == [{"type": "Action.OpenUrl", "title": "Details", "url": LINKED}]


@pytest.mark.parametrize(
    ("address", "adaptive"),
    [
        (WORKFLOW, True),
        ("https://prod-1.westus.logic.azure.com:443/workflows/1?sig=S", True),
        ("https://PROD-1.WESTUS.LOGIC.AZURE.COM/workflows/1", True),
        ("https://corp.webhook.office.com/webhookb2/1", False),
        ("https://outlook.office.com/webhook/1", False),
        ("https://teams-relay.corp/1", False),
        ("https://logic.azure.com.evil.test/1", False),
        ("https://evil.test/x.logic.azure.com", False),
    ],
)
def test_address_tells_which_card_teams_takes(address: str, adaptive: bool) -> None:
    assert ("attachments" in msteams.post(receiver(address), MESSAGE).body) is adaptive
    assert "attachments" not in msteams.flaggers(receiver(address), MESSAGE).body


async def test_message_card_with_a_link(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "msteams", "address": await chat.start()})
    await rig.tell(WAITING, settings=LINK)
    [(_, sent)] = chat.asked
    assert sent["potentialAction"] == [
        {"@type": "OpenUri", "name": "Details", "targets": [{"os": "default", "uri": LINKED}]}
    ]
    assert sent["themeColor"] == "E67E22"


async def test_google_chat_takes_cards_of_version_2_in_one_thread(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "gchat", "address": await chat.start() + "?key=K&token=T%3D"})
    await rig.tell(BEGUN, FAILED, settings=LINK)
    (_, begun), (_, failed) = chat.asked
    [card] = begun["cardsV2"]
    assert card["card"]["header"] == {"title": "promote.r1"}
    text, facts, link = card["card"]["sections"]
    assert BEGUN.text in text["widgets"][0]["textParagraph"]["text"]
    shown = [(each["decoratedText"]["topLabel"], each["decoratedText"]["text"]) for each in facts["widgets"]]
    assert shown == [("Cluster", "prod eu"), *FACTS]
    [button] = link["widgets"][0]["buttonList"]["buttons"]
    assert button["onClick"] == {"openLink": {"url": LINKED}}
    assert begun["thread"] == failed["thread"]
    assert begun["thread"]["threadKey"].startswith("r1/promote/")
    for path in chat.paths:
        query = parse_qs(urlsplit(path).query)
        assert query == {"key": ["K"], "token": ["T="], "messageReplyOption": ["REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"]}


def test_reply_option_of_the_address_is_replaced() -> None:
    sent = gchat.post(receiver("https://chat.googleapis.com/v1/spaces/1/messages?messageReplyOption=X&key=K"), MESSAGE)
    assert urlsplit(sent.url).query == "key=K&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
    assert sent.body["thread"] == {"threadKey": "shop/cart/1"}


async def test_pagerduty_is_triggered_and_resolved(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "pagerduty", "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": await chat.start(), "token": "R0UTING"})
    await rig.tell(BEGUN, WAITING, FAILED, PROMOTED, settings=LINK)
    waiting, failed, promoted = (sent for _, sent in chat.asked)  # what has begun concerns nobody on call
    key = {"routing_key": "R0UTING", "dedup_key": "prod eu/r1/promote"}
    assert promoted == {**key, "event_action": "resolve"}
    assert (waiting["event_action"], waiting["payload"]["severity"]) == ("trigger", "warning")
    assert failed == {
        **key,
        "event_action": "trigger",
        "client": "canarytui",
        "client_url": LINKED,
        "links": [{"href": LINKED, "text": "Details"}],
        "payload": {
            "summary": f"promote.r1: {FAILED.text}",
            "severity": "error",
            "source": "prod eu",
            "component": "promote",
            "group": "r1",
            "class": "canary",
            "custom_details": {"message": FAILED.text, "Cluster": "prod eu"},
        },
    }


async def test_pagerduty_is_resolved_at_any_severity_and_chats_are_not_told(rig: Rig, chat: Receiver) -> None:
    address = await chat.start()
    rig.objects.secret({"address": address + "/pager", "token": "R0UTING"})
    rig.objects.provider({"type": "pagerduty", "secretRef": {"name": "webhook"}}, name="pager")
    rig.objects.provider({"type": "slack", "address": address + "/slack"})
    alerts = [{"name": name, "severity": "error", "providerRef": {"name": name}} for name in ("pager", "chat")]
    await rig.tell(PROMOTED, alerts=alerts)
    assert chat.paths == ["/hook/pager"]


def test_pagerduty_key_without_a_cluster_name_is_the_canarys() -> None:
    sent = pagerduty.post(receiver("https://events.pagerduty.com/v2/enqueue"), MESSAGE)
    assert sent is not None
    assert (sent.body["dedup_key"], sent.body["payload"]["source"]) == ("shop/cart", "shop")


def test_pagerduty_limits_are_kept() -> None:
    long = replace(MESSAGE, cluster="c" * 300, text="x" * 2000)
    sent = pagerduty.post(receiver("https://events.pagerduty.com/v2/enqueue"), long)
    other = pagerduty.post(receiver("https://events.pagerduty.com/v2/enqueue"), replace(long, name="card"))
    assert sent is not None
    assert other is not None
    assert (len(sent.body["dedup_key"]), len(sent.body["payload"]["summary"])) == (255, 1024)
    assert sent.body["dedup_key"] != other.body["dedup_key"]


async def test_pagerduty_is_known_by_its_host_because_flaggers_crd_refuses_its_type(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "secretRef": {"name": "webhook"}, "proxy": await chat.start()})
    rig.objects.secret({"address": "http://events.eu.pagerduty.com/v2/enqueue", "token": "R0UTING"})
    await rig.tell(FAILED)
    [(headers, sent)] = chat.asked
    assert (sent["event_action"], sent["routing_key"]) == ("trigger", "R0UTING")
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("secret", "why"),
    [({"address": "http://events.pagerduty.com/v2/enqueue"}, "secret webhook does not contain a token")],
)
async def test_pagerduty_needs_a_key(rig: Rig, secret: dict[str, str], why: str) -> None:
    rig.objects.provider({"type": "pagerduty", "secretRef": {"name": "webhook"}})
    rig.objects.secret(secret)
    await rig.tell(FAILED)
    rig.objects.provider({"type": "pagerduty", "address": secret["address"]})
    await rig.tell(FAILED)
    assert [message for _, message, _ in rig.logged] == [
        f"alert provider chat.r1 {why}",
        "alert provider chat.r1 error: it has no token; put one into a Secret",
    ]


def test_pagerduty_has_an_address_of_its_own() -> None:
    service = service_of("pagerduty", "", strict=False)
    assert service is not None
    assert service.address == "https://events.pagerduty.com/v2/enqueue"


@pytest.mark.parametrize("type_", ["slack", "discord", "rocket"])
async def test_slacks_shape_has_the_link_as_its_title(rig: Rig, chat: Receiver, type_: str) -> None:
    rig.objects.provider({"type": type_, "address": await chat.start()})
    await rig.tell(WAITING, settings=LINK)
    await rig.tell(WAITING)
    (_, linked), (_, plain) = chat.asked
    [attachment] = linked["attachments"]
    assert (attachment["title"], attachment["title_link"]) == ("Details", LINKED)
    assert attachment["color"] == ("#E67E22" if type_ == "rocket" else "warning")
    assert not {"title", "title_link"} & set(plain["attachments"][0])


STRICT_SHAPES: dict[str, Any] = {
    "slack": lambda sent: (sent["attachments"][0]["color"], sent["attachments"][0]["text"]),
    "discord": lambda sent: (sent["attachments"][0]["color"], sent["attachments"][0]["text"]),
    "rocket": lambda sent: (sent["attachments"][0]["color"], sent["attachments"][0]["text"]),
    "msteams": lambda sent: (sent["themeColor"], sent["sections"][0]["activityTitle"]),
    "gchat": lambda sent: ("", sent["cards"][0]["sections"][0]["widgets"][0]["textParagraph"]["text"]),
}
CALM = {"slack": "good", "discord": "good", "rocket": "#0076D7", "msteams": "0076D7", "gchat": ""}
BAD = {"slack": "danger", "discord": "danger", "rocket": "#FF0000", "msteams": "FF0000", "gchat": ""}


@pytest.mark.parametrize("type_", STRICT_SHAPES)
async def test_flaggers_shapes(rig: Rig, chat: Receiver, type_: str) -> None:
    """Texts as they are and whole, warnings like news, no link."""
    rig.objects.provider({"type": type_, "address": await chat.start()})
    text = "<!here> a & b " + "x" * 3000
    strict = replace(STRICT, alert_link=LINK.alert_link)
    await rig.tell(SendAlert("warn", text), SendAlert("error", text), settings=strict)
    shown = f'<font color="#848484"><b>{text}</b></font>' if type_ == "gchat" else text
    found = [STRICT_SHAPES[type_](sent) for _, sent in chat.asked]
    assert found == [(CALM[type_], shown), (BAD[type_], shown)]
    assert "look.test" not in str(chat.asked)


async def test_flaggers_card_in_google_chat(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "gchat", "address": await chat.start()})
    await rig.tell(BEGUN, settings=STRICT)
    [(_, sent)] = chat.asked
    assert set(sent) == {"cards"}
    [card] = sent["cards"]
    assert (card["header"]["title"], card["header"]["subtitle"]) == ("Flagger", "promote.r1")
    texts = [section["widgets"][0]["textParagraph"]["text"] for section in card["sections"]]
    assert len(texts) == 1 + len(FACTS)
    assert [(name in text, value in text) for (name, value), text in zip(FACTS, texts[1:], strict=True)] == [
        (True, True)
    ] * 4
    assert chat.paths == ["/hook"]


@pytest.mark.parametrize(
    ("type_", "said", "why"),
    [
        ("slack", '{"ok": false, "error": "channel_not_found"}', "channel_not_found"),
        ("slack", '{"ok": false}', "it is not ok"),
        (
            "msteams",
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413",
            None,
        ),
    ],
)
async def test_refusals_with_status_200_are_failures(
    rig: Rig, chat: Receiver, type_: str, said: str, why: str | None
) -> None:
    chat.body = said
    rig.objects.provider({"type": type_, "address": await chat.start()})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert message.endswith(f"could not be sent: it answered 200: {why or said}")
    await rig.tell(FAILED, settings=STRICT)
    assert len(rig.logged) == 1, "to Flagger it was sent"


@pytest.mark.parametrize("said", ["ok", "1", "", "{}", "[]", '{"ok": true}', "{"])
def test_what_slack_says_of_a_delivery(said: str) -> None:
    assert slack.rejection(said) == ""


def test_posts_show_no_secret_when_printed() -> None:
    for type_ in SERVICES:
        service = service_of(type_, "", strict=False)
        assert service is not None
        sent = service.shape(
            AlertReceiver("one", type_, "https://hooks.test/P4TH", "T0KEN", "http://u:PR0XY@p"), MESSAGE
        )
        assert not {"P4TH", "T0KEN", "PR0XY"} & set(repr(sent).replace("/", "'").split("'"))

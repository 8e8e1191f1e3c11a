"""Alerts as a chat service on the other side of a socket gets them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from alert_rig import BEGUN, FACTS, FAILED, Rig
from http_receiver import Receiver
from rollouts import DEFAULT, STRICT

from canarytui.cluster.client import Cluster
from canarytui.engine.alerts.receiver import Receiver as AlertReceiver
from canarytui.engine.decide.effects import SendAlert
from canarytui.engine.decide.tick import ControllerSettings


def attachment(sent: dict[str, Any]) -> dict[str, Any]:
    [found] = sent["attachments"]
    assert isinstance(found, dict)
    return found


async def test_slack(rig: Rig, chat: Receiver) -> None:
    address = await chat.start()
    rig.objects.provider({"type": "slack", "address": address, "channel": "on-call", "username": "canary"})
    await rig.tell(BEGUN, FAILED)
    (headers, begun), (_, failed) = chat.asked
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers
    assert (begun["channel"], begun["username"], begun["icon_emoji"]) == ("on-call", "canary", ":rocket:")
    assert attachment(begun) == {
        "color": "good",
        "author_name": "promote.r1",
        "text": BEGUN.text,
        "mrkdwn_in": ["text"],
        "fields": [{"title": title, "value": value, "short": False} for title, value in FACTS],
    }
    assert (attachment(failed)["color"], attachment(failed)["text"]) == ("danger", FAILED.text)
    assert attachment(failed)["fields"] == []
    assert rig.logged == []


async def test_slack_bot_token_comes_from_the_secret(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "channel": "general", "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": await chat.start() + "\n", "token": "xoxb-1\n"})
    await rig.tell(FAILED)
    [(headers, _)] = chat.asked
    assert headers["Authorization"] == "Bearer xoxb-1"


async def test_discord_is_told_as_slack_under_its_own_path(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "discord", "address": await chat.start() + "?thread_id=1"})
    await rig.tell(FAILED)
    assert chat.paths == ["/hook/slack?thread_id=1"]
    [(_, sent)] = chat.asked
    assert (attachment(sent)["color"], attachment(sent)["text"]) == ("danger", FAILED.text)


async def test_rocket_chat_knows_no_names_of_colours(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "rocket", "address": await chat.start()})
    await rig.tell(BEGUN, FAILED)
    assert [attachment(sent)["color"] for _, sent in chat.asked] == ["#0076D7", "#FF0000"]


async def test_microsoft_teams_gets_a_message_card(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "msteams", "address": await chat.start()})
    await rig.tell(BEGUN, FAILED)
    (_, begun), (_, failed) = chat.asked
    assert (begun["@type"], begun["@context"]) == ("MessageCard", "http://schema.org/extensions")
    assert (begun["themeColor"], failed["themeColor"]) == ("0076D7", "FF0000")
    assert begun["summary"] == "promote.r1"
    [section] = begun["sections"]
    assert (section["activityTitle"], section["activitySubtitle"]) == (BEGUN.text, "promote.r1")
    assert [(fact["name"], fact["value"]) for fact in section["facts"]] == FACTS


@pytest.mark.parametrize(
    ("service", "read"),
    [
        ("slack", lambda sent: attachment(sent)["text"]),
        ("discord", lambda sent: attachment(sent)["text"]),
        ("rocket", lambda sent: attachment(sent)["text"]),
        ("msteams", lambda sent: sent["sections"][0]["activityTitle"]),
        ("gchat", lambda sent: sent["cardsV2"][0]["card"]["sections"][0]["widgets"][0]["textParagraph"]["text"]),
    ],
)
async def test_what_a_webhook_answered_becomes_no_markup(rig: Rig, chat: Receiver, service: str, read: Any) -> None:
    rig.objects.provider({"type": service, "address": await chat.start()})
    await rig.tell(SendAlert("error", "gate said <!channel> <https://evil|click> [here](https://evil) 52% < 99%"))
    [(_, sent)] = chat.asked
    text = read(sent)
    for markup in ("<!", "<http", *(() if service in ("slack", "gchat") else ("](",))):
        assert markup not in text
    assert "52% < 99%" in text.replace("&lt;", "<")


async def test_text_of_a_megabyte_is_cut(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "discord", "address": await chat.start()})
    await rig.tell(SendAlert("error", "x" * 1_000_000))
    [(_, sent)] = chat.asked
    assert len(attachment(sent)["text"]) == 2000


async def test_name_of_the_cluster_comes_first(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED, settings=ControllerSettings(cluster_name="prod-eu"))
    [(_, sent)] = chat.asked
    assert attachment(sent)["fields"] == [{"title": "Cluster", "value": "prod-eu", "short": False}]


async def test_a_proxy_is_asked_for_the_address(rig: Rig, chat: Receiver) -> None:
    proxy = await chat.start()
    rig.objects.provider({"type": "slack", "address": "http://hooks.example.com/T1", "proxy": proxy})
    await rig.tell(FAILED)
    assert chat.paths == ["http://hooks.example.com/T1"]


@pytest.mark.parametrize(
    ("least", "severities"),
    [("info", ["info", "warn", "error"]), ("warn", ["warn", "error"]), ("error", ["error"])],
)
async def test_severity_is_the_least_that_is_told(rig: Rig, chat: Receiver, least: str, severities: list[str]) -> None:
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    alerts = [{"name": "team", "severity": least, "providerRef": {"name": "chat"}}]
    await rig.tell(*(SendAlert(severity, severity) for severity in ("info", "warn", "error")), alerts=alerts)
    assert [attachment(sent)["text"] for _, sent in chat.asked] == severities


@pytest.mark.parametrize(("settings", "told"), [(STRICT, 0), (DEFAULT, 1)], ids=["strict", "default"])
async def test_severity_left_out_is_info_as_documented(
    rig: Rig, chat: Receiver, settings: ControllerSettings, told: int
) -> None:
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(BEGUN, alerts=[{"name": "team", "providerRef": {"name": "chat"}}], settings=settings)
    assert len(chat.asked) == told


async def test_everyone_is_told_only_of_canaries_that_name_no_provider(cluster: Cluster, chat: Receiver) -> None:
    rig = Rig(cluster, AlertReceiver("-slack-url", "slack", await chat.start(), channel="all"))
    await rig.tell(FAILED, alerts=[])
    [(_, sent)] = chat.asked
    assert sent["channel"] == "all"
    await rig.tell(FAILED)
    assert len(chat.asked) == 1


async def test_provider_of_another_namespace_has_its_secret_there(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "secretRef": {"name": "webhook"}}, namespace="ops")
    rig.objects.secret({"address": await chat.start()}, namespace="ops")
    await rig.tell(
        FAILED, alerts=[{"name": "team", "severity": "error", "providerRef": {"name": "chat", "namespace": "ops"}}]
    )
    assert len(chat.asked) == 1


@pytest.mark.parametrize(
    ("spec", "secret", "why"),
    [
        (None, None, 'alert provider chat.r1 error: alertproviders.flagger.app "chat" not found'),
        ({"type": "slack"}, None, "alert provider chat.r1 error: it has no address"),
        ({"type": "slack", "address": "hooks"}, None, "its address is not an http:// or https:// URL"),
        ({"type": "slack", "secretRef": {"name": "webhook"}}, None, 'secretRef error: secrets "webhook" not found'),
        ({"type": "slack", "secretRef": {"name": "webhook"}}, {}, "secret webhook does not contain an address"),
        ({"type": "pager", "address": "http://127.0.0.1:9"}, None, "provider pager not supported"),
    ],
)
async def test_what_cannot_be_told_is_one_line_in_the_log(rig: Rig, spec: Any, secret: Any, why: str) -> None:
    if spec is not None:
        rig.objects.provider(spec)
    if secret is not None:
        rig.objects.secret(secret)
    await rig.tell(FAILED)
    [(level, message, canary)] = rig.logged
    assert (level, canary) == ("error", "promote.r1")
    assert why in message


async def test_unreachable_service_is_logged_and_the_next_alert_is_sent(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "address": "http://127.0.0.1:9/secret-path"}, name="gone")
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    both = [{"name": name, "severity": "info", "providerRef": {"name": name}} for name in ("gone", "chat")]
    await rig.tell(FAILED, alerts=both)
    assert len(chat.asked) == 1
    [(_, message, _)] = rig.logged
    assert message == (
        "alert to alert provider gone.r1 at http://127.0.0.1:9/… could not be sent: it cannot be reached "
        "(ClientConnectorError) (5 attempts)"
    )
    assert rig.pauses_s == [1, 2, 4, 8]


async def test_ending_controller_says_what_it_did_not_send(rig: Rig, chat: Receiver) -> None:
    chat.hangs = True
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED, FAILED, FAILED, grace_s=0.05)
    assert [message.partition(" could not be sent: ")[2] for _, message, _ in rig.logged] == ["the controller ends"] * 3


async def test_queue_of_a_receiver_is_bounded(cluster: Cluster, chat: Receiver) -> None:
    rig = Rig(cluster, most_each=20)
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(*[FAILED] * 22)
    assert len(chat.asked) == 20
    assert [message.partition(" could not be sent: ")[2] for _, message, _ in rig.logged] == [
        "20 others wait to be sent"
    ] * 2


async def test_all_queues_together_are_bounded(cluster: Cluster, chat: Receiver) -> None:
    rig = Rig(cluster, most=3)
    address = await chat.start()
    names = ("one", "two")
    for name in names:
        rig.objects.provider({"type": "slack", "address": f"{address}/{name}"}, name=name)
    both = [{"name": name, "severity": "info", "providerRef": {"name": name}} for name in names]
    await rig.tell(FAILED, FAILED, alerts=both)
    assert sorted(chat.paths) == ["/hook/one", "/hook/one", "/hook/two"]
    [(_, message, _)] = rig.logged
    assert "alert provider two.r1" in message
    assert message.endswith("3 others wait to be sent")


async def test_receiver_that_hangs_holds_up_no_other(cluster: Cluster, chat: Receiver) -> None:
    slow = Receiver()
    slow.hangs = True
    rig = Rig(cluster)
    rig.objects.provider({"type": "slack", "address": await slow.start()}, name="slow")
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    both = [{"name": name, "severity": "info", "providerRef": {"name": name}} for name in ("slow", "chat")]
    try:
        await rig.tell(BEGUN, FAILED, alerts=both, grace_s=0.3)
    finally:
        await slow.stop()
    assert [attachment(sent)["text"] for _, sent in chat.asked] == [BEGUN.text, FAILED.text]


async def test_alerts_of_a_receiver_stay_in_order_when_one_is_retried(rig: Rig, chat: Receiver) -> None:
    chat.statuses = [503, 503, 200]
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(BEGUN, FAILED)
    assert [attachment(sent)["text"] for _, sent in chat.asked] == [BEGUN.text] * 3 + [FAILED.text]


@pytest.mark.parametrize(
    ("asked", "waited_s"),
    [("3600", 60), ("0.5", 0.5), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("soon", 1), ("nan", 1), ("-3", 0)],
)
async def test_retry_after_is_kept_within_bounds(rig: Rig, chat: Receiver, asked: str, waited_s: float) -> None:
    chat.statuses = [429, 200]
    chat.headers = {"Retry-After": asked}
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED)
    assert (rig.pauses_s, rig.logged) == ([waited_s], [])


class StallingReceiver(Receiver):
    """Answers 200, and never finishes what it says."""

    async def answer(self, request: web.Request) -> web.StreamResponse:  # type: ignore[override]
        await super().answer(request)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"o")
        await asyncio.sleep(60)  # ended by the client, which goes
        return response


async def test_status_counts_whatever_becomes_of_the_answer(cluster: Cluster) -> None:
    rig, chat = Rig(cluster, timeout_s=0.2), StallingReceiver()
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    try:
        await rig.tell(FAILED)
    finally:
        await chat.stop()
    assert (len(chat.asked), rig.logged) == (1, [])


@pytest.mark.parametrize("settings", [DEFAULT, STRICT], ids=["default", "strict"])
async def test_token_is_not_sent_to_where_a_redirect_leads(
    rig: Rig, chat: Receiver, settings: ControllerSettings
) -> None:
    other = Receiver()
    chat.statuses, chat.headers = [307], {"Location": await other.start()}
    rig.objects.provider({"type": "slack", "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": await chat.start(), "token": "xoxb-1"})
    try:
        await rig.tell(FAILED, settings=settings)
    finally:
        await other.stop()
    assert chat.asked[0][0]["Authorization"] == "Bearer xoxb-1"
    assert len(other.asked) == settings.strict, "followed as Flagger does"
    assert ["Authorization" in headers for headers, _ in other.asked] == [False] * settings.strict


@pytest.mark.parametrize("moved", ["http://[", "", "//", "\\x"])
async def test_redirect_to_nonsense(rig: Rig, chat: Receiver, moved: str) -> None:
    chat.statuses, chat.headers = [302], {"Location": moved}
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert "could not be sent: it answered 302" in message


async def test_redirect_within_the_host_is_named(rig: Rig, chat: Receiver) -> None:
    chat.statuses, chat.headers = [307], {"Location": "/elsewhere/T0SECRET"}
    address = await chat.start()
    rig.objects.provider({"type": "slack", "address": address})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert f"it answered 307, a redirect to {address.removesuffix('/hook')}/…: set the address" in message


async def test_a_system_that_stays_down_is_given_up(rig: Rig, chat: Receiver) -> None:
    chat.statuses = [503]
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED)
    assert len(chat.asked) == 5
    [(_, message, _)] = rig.logged
    assert message.endswith("it answered 503: answer 503 (5 attempts)")


async def test_answer_is_shown_without_the_secrets_that_it_repeats(rig: Rig, chat: Receiver) -> None:
    chat.statuses = [404]
    chat.body = "no team at /hook/T0SECRET/x9SECRET?key=K3YSECRET for xoxb-SECRET,\n see https://help.test/T0SECRET"
    rig.objects.provider({"type": "slack", "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": await chat.start() + "/T0SECRET/x9SECRET?key=K3YSECRET", "token": "xoxb-SECRET"})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert "it answered 404: no team at …?… for …, see https://help.test/…" in message
    assert "SECRET" not in message

"""Alerts as a chat service on the other side of a socket gets them."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from http_receiver import Receiver, silent_cluster
from rollouts import DEFAULT, PROMOTE, STRICT

from canarytui.cluster.client import Cluster
from canarytui.domain.canary import Canary
from canarytui.engine.alerts import receivers
from canarytui.engine.decide.effects import Alert
from canarytui.engine.decide.tick import Settings, Tick
from canarytui.engine.replay.world import merged
from canarytui.engine.runtime import notifier as sending
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.notifier import Notifier

FAILED = Alert("error", "Failed checks threshold reached 3")
BEGUN = Alert("info", "New revision detected, progressing canary analysis.", with_fields=True)
FACTS = [
    ("Target", "Deployment/promote.r1"),
    ("Failed checks threshold", "3"),
    ("Progress deadline", "60s"),
    ("Traffic routing", "Weight step: 10 max: 50"),
]


class Objects(dict[tuple[str, str, str], dict[str, Any]]):
    """A world of AlertProviders and Secrets by (kind, namespace, name)."""

    def provider(self, spec: dict[str, Any], namespace: str = "r1", name: str = "chat") -> None:
        self["AlertProvider", namespace, name] = {"spec": spec}

    def secret(self, data: dict[str, str], namespace: str = "r1", name: str = "webhook") -> None:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        self["Secret", namespace, name] = {"data": encoded}

    def get(self, kind: str, namespace: str, name: str) -> Any:  # type: ignore[override]
        return dict.get(self, (kind, namespace, name))


class Rig:
    """A notifier on a real client, the objects that it reads, and what it logs."""

    def __init__(self, cluster: Cluster, everyone: receivers.Receiver | None = None) -> None:
        self.objects = Objects()
        self._stream = io.StringIO()
        self.notifier = Notifier(cluster, JsonLog("debug", self._stream), everyone)

    async def tell(self, *told: Alert, alerts: Any = None, settings: Settings = DEFAULT, grace_s: float = 10) -> None:
        named = [{"name": "team", "severity": "info", "providerRef": {"name": "chat"}}] if alerts is None else alerts
        canary = Canary.parse(merged(PROMOTE.canary, {"spec": {"analysis": {"alerts": named}}}))
        tick = Tick(canary, self.objects, settings, datetime(2026, 11, 23, tzinfo=UTC))  # type: ignore[arg-type]
        for alert in told:
            self.notifier.tell(tick, alert)
        await self.notifier.close(grace_s)

    @property
    def logged(self) -> list[tuple[str, str, str]]:
        """(level, message, canary) of each line."""
        lines = map(json.loads, self._stream.getvalue().splitlines())
        return [(line["level"], line["msg"], line["canary"]) for line in lines]


@pytest_asyncio.fixture
async def chat() -> AsyncIterator[Receiver]:
    made = Receiver()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with silent_cluster(tmp_path) as made:
        yield made


@pytest.fixture
def rig(cluster: Cluster) -> Rig:
    return Rig(cluster)


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


async def test_google_chat_gets_a_card(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "gchat", "address": await chat.start()})
    await rig.tell(BEGUN)
    [(_, sent)] = chat.asked
    [card] = sent["cards"]
    assert card["header"]["subtitle"] == "promote.r1"
    texts = [section["widgets"][0]["textParagraph"]["text"] for section in card["sections"]]
    assert BEGUN.text in texts[0]
    assert [(name in text, value in text) for (name, value), text in zip(FACTS, texts[1:], strict=True)] == [
        (True, True)
    ] * 4


@pytest.mark.parametrize(
    ("service", "read"),
    [
        ("slack", lambda sent: attachment(sent)["text"]),
        ("discord", lambda sent: attachment(sent)["text"]),
        ("rocket", lambda sent: attachment(sent)["text"]),
        ("msteams", lambda sent: sent["sections"][0]["activityTitle"]),
        ("gchat", lambda sent: sent["cards"][0]["sections"][0]["widgets"][0]["textParagraph"]["text"]),
    ],
)
async def test_what_a_webhook_answered_becomes_no_markup(rig: Rig, chat: Receiver, service: str, read: Any) -> None:
    rig.objects.provider({"type": service, "address": await chat.start()})
    await rig.tell(Alert("error", "gate said <!channel> <https://evil|click> [here](https://evil) 52% < 99%"))
    [(_, sent)] = chat.asked
    text = read(sent)
    for markup in ("<!", "<http", *(() if service in ("slack", "gchat") else ("](",))):
        assert markup not in text
    assert "52% < 99%" in text.replace("&lt;", "<")


async def test_text_of_a_megabyte_is_cut(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "discord", "address": await chat.start()})
    await rig.tell(Alert("error", "x" * 1_000_000))
    [(_, sent)] = chat.asked
    assert len(attachment(sent)["text"]) == 2000


async def test_name_of_the_cluster_comes_first(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED, settings=Settings(cluster_name="prod-eu"))
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
    await rig.tell(*(Alert(severity, severity) for severity in ("info", "warn", "error")), alerts=alerts)
    assert [attachment(sent)["text"] for _, sent in chat.asked] == severities


@pytest.mark.parametrize(("settings", "told"), [(STRICT, 0), (DEFAULT, 1)], ids=["strict", "default"])
async def test_severity_left_out_is_info_as_documented(rig: Rig, chat: Receiver, settings: Settings, told: int) -> None:
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(BEGUN, alerts=[{"name": "team", "providerRef": {"name": "chat"}}], settings=settings)
    assert len(chat.asked) == told


async def test_everyone_is_told_only_of_canaries_that_name_no_provider(cluster: Cluster, chat: Receiver) -> None:
    rig = Rig(cluster, receivers.Receiver("-slack-url", "slack", await chat.start(), channel="all"))
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


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_refusal_is_logged_without_the_secret_address(rig: Rig, chat: Receiver, status: int) -> None:
    chat.statuses = [status]
    address = await chat.start()
    rig.objects.provider({"type": "slack", "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": address, "token": "xoxb-1"})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert message == f"alert to alert provider chat.r1 could not be sent: it answered {status}"


async def test_unreachable_service_is_logged_and_the_next_alert_is_sent(rig: Rig, chat: Receiver) -> None:
    rig.objects.provider({"type": "slack", "address": "http://127.0.0.1:9/secret-path"}, name="gone")
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    both = [{"name": name, "severity": "info", "providerRef": {"name": name}} for name in ("gone", "chat")]
    await rig.tell(FAILED, alerts=both)
    assert len(chat.asked) == 1
    [(_, message, _)] = rig.logged
    assert message.startswith("alert to alert provider gone.r1 could not be sent: it cannot be reached")
    assert "secret-path" not in message


async def test_silent_service_is_given_up(rig: Rig, chat: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.05)
    chat.hangs = True
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert message.endswith("no answer within 0.05 s")


async def test_ending_controller_says_what_it_did_not_send(rig: Rig, chat: Receiver) -> None:
    chat.hangs = True
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(FAILED, FAILED, FAILED, grace_s=0.05)
    assert [message for _, message, _ in rig.logged][-2:] == [
        "alert to alert provider chat.r1 could not be sent: the controller ends"
    ] * 2


async def test_queue_is_bounded(cluster: Cluster, chat: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "QUEUED_MOST", 20)
    rig = Rig(cluster)
    rig.objects.provider({"type": "slack", "address": await chat.start()})
    await rig.tell(*[FAILED] * 22)
    assert len(chat.asked) == 20
    assert [message for _, message, _ in rig.logged] == [
        "alert to alert provider chat.r1 could not be sent: 20 others wait to be sent"
    ] * 2

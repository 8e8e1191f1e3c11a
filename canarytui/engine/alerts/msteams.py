"""Microsoft Teams: an Adaptive Card to a Workflows webhook, or the legacy MessageCard to an Office connector.

The address tells which: Workflows are at Azure Logic Apps or the Power Platform, and take Adaptive Cards. Office
connectors were retired in 2026; a relay at any other host may still expect the card that Flagger sends. See
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors and https://adaptivecards.io/explorer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canarytui.engine.alerts.markup import as_it_is, without_markup
from canarytui.engine.alerts.message import ERROR, INFO, WARN, AlertMessage
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.alerts.service import Service, is_at

WORKFLOWS = (
    ".logic.azure.com",
    ".logic.azure.us",
    ".logic.azure.cn",
    ".api.powerplatform.com",
    ".api.powerplatform.us",
)
_BLUE, _ORANGE, _RED = "0076D7", "E67E22", "FF0000"
_REFUSED = "Webhook message delivery failed"


def post(receiver: Receiver, message: AlertMessage) -> Post:
    """The card that the address takes."""
    if is_at(receiver.address, WORKFLOWS):
        return plain_post(receiver, _adaptive(message))
    card = _message_card(message, {INFO: _BLUE, WARN: _ORANGE, ERROR: _RED}, without_markup)
    if message.link:
        target = {"os": "default", "uri": message.link}
        card["potentialAction"] = [{"@type": "OpenUri", "name": "Details", "targets": [target]}]
    return plain_post(receiver, card)


def flaggers(receiver: Receiver, message: AlertMessage) -> Post:
    """A MessageCard whatever the address."""
    return plain_post(receiver, _message_card(message, {INFO: _BLUE, WARN: _BLUE, ERROR: _RED}, as_it_is))


def _message_card(message: AlertMessage, colors: dict[str, str], safe: Callable[[str], str]) -> dict[str, Any]:
    """A card of one section, whose facts are the fields."""
    facts = [{"name": safe(name), "value": safe(value)} for name, value in message.fields]
    section = {"activityTitle": safe(message.text), "activitySubtitle": message.canary, "facts": facts}
    return {
        "@type": "MessageCard",
        "@context": "http://schema.org/extensions",
        "themeColor": colors[message.severity],
        "summary": message.canary,
        "sections": [section],
    }


def _adaptive(message: AlertMessage) -> dict[str, Any]:
    color = {INFO: "good", WARN: "warning", ERROR: "attention"}[message.severity]
    body: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": message.canary, "weight": "bolder", "size": "medium", "wrap": True},
        {"type": "TextBlock", "text": without_markup(message.text), "color": color, "wrap": True},
    ]
    if message.fields:
        facts = [{"title": name, "value": without_markup(value)} for name, value in message.fields]
        body.append({"type": "FactSet", "facts": facts})
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "msteams": {"width": "Full"},
    }
    if message.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Details", "url": message.link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def rejection(body: str) -> str:
    """What an Office connector says with status 200 when Teams has refused the message."""
    return body.strip() if body.lstrip().startswith(_REFUSED) else ""


SERVICE = Service("MS Teams webhook", post, flaggers, rejection=rejection)

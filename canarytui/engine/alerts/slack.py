"""Slack: incoming webhooks, and with a token ``chat.postMessage``.

See https://docs.slack.dev/reference/messaging/payload. Discord and Rocket.Chat take messages of the same shape.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from canarytui.engine.alerts.markup import as_it_is, with_entities
from canarytui.engine.alerts.message import ERROR, INFO, WARN, AlertMessage
from canarytui.engine.alerts.post import Post
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.alerts.service import Service

COLORS = {INFO: "good", WARN: "warning", ERROR: "danger"}
FLAGGERS_COLORS = {INFO: "good", WARN: "good", ERROR: "danger"}


def post(receiver: Receiver, message: AlertMessage) -> Post:
    """One attachment: green, yellow or red."""
    body = payload(receiver, message, COLORS, with_entities)
    return Post(receiver.address, body, receiver.token, receiver.proxy)


def flaggers(receiver: Receiver, message: AlertMessage) -> Post:
    """One attachment, green or red; texts as they are."""
    body = payload(receiver, message, FLAGGERS_COLORS, as_it_is)
    return Post(receiver.address, body, receiver.token, receiver.proxy)


def payload(
    receiver: Receiver, message: AlertMessage, colors: dict[str, str], safe: Callable[[str], str]
) -> dict[str, Any]:
    """A message with one attachment; `safe` keeps texts from being read as markup."""
    fields = [{"title": safe(name), "value": safe(value), "short": False} for name, value in message.fields]
    attachment = {
        "color": colors[message.severity],
        "author_name": message.canary,
        "text": safe(message.text),
        "mrkdwn_in": ["text"],
        "fields": fields,
    }
    if message.link:
        attachment |= {"title": "Details", "title_link": message.link}
    return {
        "channel": receiver.channel,
        "username": receiver.username,
        "icon_url": "",
        "icon_emoji": ":rocket:",
        "attachments": [attachment],
    }


def rejection(body: str) -> str:
    """The error of the Web API, which refuses with status 200: ``{"ok": false, "error": "channel_not_found"}``."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(answer, dict) or answer.get("ok") is not False:
        return ""
    return str(answer.get("error") or "it is not ok")


SERVICE = Service("Slack hook", post, flaggers, rejection=rejection)

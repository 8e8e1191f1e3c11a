"""Slack: incoming webhooks, and with a token ``chat.postMessage``.

See https://docs.slack.dev/reference/messaging/payload. Discord and Rocket.Chat take messages of the same shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canarytui.engine.alerts.markup import with_entities
from canarytui.engine.alerts.message import Message
from canarytui.engine.alerts.post import Post
from canarytui.engine.alerts.receivers import Receiver

GOOD, BAD = "good", "danger"


def post(receiver: Receiver, message: Message) -> Post:
    """One attachment, green or red."""
    body = payload(receiver, message, BAD if message.is_error else GOOD, with_entities)
    return Post(receiver.address, body, receiver.token, receiver.proxy)


def payload(receiver: Receiver, message: Message, color: str, safe: Callable[[str], str]) -> dict[str, Any]:
    """A message with one attachment; `safe` keeps texts from being read as markup."""
    fields = [{"title": safe(name), "value": safe(value), "short": False} for name, value in message.fields]
    attachment = {
        "color": color,
        "author_name": message.canary,
        "text": safe(message.text),
        "mrkdwn_in": ["text"],
        "fields": fields,
    }
    return {
        "channel": receiver.channel,
        "username": receiver.username,
        "icon_url": "",
        "icon_emoji": ":rocket:",
        "attachments": [attachment],
    }

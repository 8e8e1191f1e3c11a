"""Microsoft Teams: a legacy actionable message card (MessageCard) to an incoming webhook.

See https://learn.microsoft.com/outlook/actionable-messages/message-card-reference.
"""

from __future__ import annotations

from canarytui.engine.alerts.markup import without_markup
from canarytui.engine.alerts.message import Message
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receivers import Receiver

_BLUE, _RED = "0076D7", "FF0000"


def post(receiver: Receiver, message: Message) -> Post:
    """A card of one section, whose facts are the fields."""
    facts = [{"name": without_markup(name), "value": without_markup(value)} for name, value in message.fields]
    section = {
        "activityTitle": without_markup(message.text),
        "activitySubtitle": message.canary,
        "facts": facts,
    }
    card = {
        "@type": "MessageCard",
        "@context": "http://schema.org/extensions",
        "themeColor": _RED if message.is_error else _BLUE,
        "summary": message.canary,
        "sections": [section],
    }
    return plain_post(receiver, card)

"""Rocket.Chat: Slack's messages with hex colours, since it has no colour names."""

from __future__ import annotations

from canarytui.engine.alerts import slack
from canarytui.engine.alerts.markup import without_markup
from canarytui.engine.alerts.message import Message
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receivers import Receiver

_BLUE, _RED = "#0076D7", "#FF0000"


def post(receiver: Receiver, message: Message) -> Post:
    """One attachment, blue or red."""
    return plain_post(receiver, slack.payload(receiver, message, _RED if message.is_error else _BLUE, without_markup))

"""Rocket.Chat: Slack's messages with hex colours, since it has no colour names."""

from __future__ import annotations

from canarytui.engine.alerts import slack
from canarytui.engine.alerts.markup import as_it_is, without_markup
from canarytui.engine.alerts.message import ERROR, INFO, WARN, AlertMessage
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.alerts.service import Service

_BLUE, _ORANGE, _RED = "#0076D7", "#E67E22", "#FF0000"


def post(receiver: Receiver, message: AlertMessage) -> Post:
    """One attachment: blue, orange or red."""
    colors = {INFO: _BLUE, WARN: _ORANGE, ERROR: _RED}
    return plain_post(receiver, slack.payload(receiver, message, colors, without_markup))


def flaggers(receiver: Receiver, message: AlertMessage) -> Post:
    """One attachment, blue or red."""
    colors = {INFO: _BLUE, WARN: _BLUE, ERROR: _RED}
    return plain_post(receiver, slack.payload(receiver, message, colors, as_it_is))


SERVICE = Service("Rocket hook", post, flaggers)

"""Discord: a webhook's address followed by ``/slack`` takes Slack's messages."""

from __future__ import annotations

from urllib.parse import urlsplit

from canarytui.engine.alerts import slack
from canarytui.engine.alerts.markup import as_it_is, without_markup
from canarytui.engine.alerts.message import AlertMessage
from canarytui.engine.alerts.post import Post
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.alerts.service import Service

_SUFFIX = "/slack"


def post(receiver: Receiver, message: AlertMessage) -> Post:
    """As Slack's; a query (``?thread_id=…``) stays behind the suffix."""
    body = slack.payload(receiver, message, slack.COLORS, without_markup)
    return Post(_slack_address(receiver.address), body, proxy=receiver.proxy)


def flaggers(receiver: Receiver, message: AlertMessage) -> Post:
    """As Flagger's to Slack, without the token."""
    body = slack.payload(receiver, message, slack.FLAGGERS_COLORS, as_it_is)
    return Post(_slack_address(receiver.address), body, proxy=receiver.proxy)


def _slack_address(address: str) -> str:
    parts = urlsplit(address)
    path = parts.path.rstrip("/")
    return parts._replace(path=path if path.endswith(_SUFFIX) else path + _SUFFIX).geturl()


SERVICE = Service("Discord hook", post, flaggers)

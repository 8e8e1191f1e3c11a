"""An alert system that nobody runs, as the one file that adding one takes: the pattern for a real one.

``POST ADDRESS`` with ``{"who": …, "what": …}``; an answer ``no room`` means that nothing was delivered.
"""

from __future__ import annotations

from canarytui.engine.alerts.message import AlertMessage
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.alerts.service import Service


def post(receiver: Receiver, message: AlertMessage) -> Post:
    """Who and what; where to look, if there is a link."""
    body = {"who": message.canary, "what": message.text}
    if message.link:
        body["where"] = message.link
    return plain_post(receiver, body)


SERVICE = Service(
    "Example hook",
    post,
    hosts=("alerts.example.test",),
    rejection=lambda body: body if body == "no room" else "",
)

"""The chat services by the name that an AlertProvider's ``type`` has for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from canarytui.engine.alerts import discord, gchat, msteams, rocket, slack
from canarytui.engine.alerts.message import Message
from canarytui.engine.alerts.post import Post
from canarytui.engine.alerts.receivers import Receiver, Unreachable

SERVICES: Mapping[str, Callable[[Receiver, Message], Post]] = {
    "slack": slack.post,
    "discord": discord.post,
    "rocket": rocket.post,
    "msteams": msteams.post,
    "gchat": gchat.post,
}


def post_to(receiver: Receiver, message: Message) -> Post | Unreachable:
    """The request that notifies the receiver."""
    shape = SERVICES.get(receiver.service)
    if shape is None:
        return Unreachable(f"{receiver.name} error: provider {receiver.service} not supported")
    return shape(receiver, message)

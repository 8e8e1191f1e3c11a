"""Google Chat: a card (version 1) to a space's webhook; its paragraphs are simple HTML.

See https://developers.google.com/workspace/chat/format-messages.
"""

from __future__ import annotations

from typing import Any

from canarytui.engine.alerts.markup import with_entities
from canarytui.engine.alerts.message import Message
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receivers import Receiver

_TITLE, _IMAGE = "Flagger", "https://flagger.app/favicon.png"


def post(receiver: Receiver, message: Message) -> Post:
    """A section for the text and one for each field."""
    paragraphs = [_grey(message.text)]
    paragraphs += [f"{_safe(name)}<br>{_grey(value)}" for name, value in message.fields]
    header = {"title": _TITLE, "subtitle": message.canary, "imageUrl": _IMAGE}
    return plain_post(receiver, {"cards": [{"header": header, "sections": [_section(text) for text in paragraphs]}]})


def _section(text: str) -> dict[str, Any]:
    return {"widgets": [{"textParagraph": {"text": text}}]}


def _grey(text: str) -> str:
    return f'<font color="#848484"><b>{_safe(text)}</b></font>'


def _safe(text: str) -> str:
    return with_entities(text).replace("\n", "<br>")

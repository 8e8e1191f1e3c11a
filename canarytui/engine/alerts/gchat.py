"""Google Chat: a card to a space's webhook, all messages about one rollout in one thread.

Cards of version 1, which Flagger sends, are deprecated. Texts of cards are simple HTML. See
https://developers.google.com/workspace/chat/format-messages and .../chat/api/reference/rest/v1/cards.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from canarytui.engine.alerts.markup import with_entities
from canarytui.engine.alerts.message import ERROR, INFO, WARN, AlertMessage
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.alerts.service import Service

_TITLE, _IMAGE = "Flagger", "https://flagger.app/favicon.png"
_COLORS = {INFO: "#188038", WARN: "#E37400", ERROR: "#D93025"}
_REPLY = ("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD")


def post(receiver: Receiver, message: AlertMessage) -> Post:
    """A card of version 2 with a section for the text, one for the fields and one for the link."""
    text = f'<font color="{_COLORS[message.severity]}"><b>{_safe(message.text)}</b></font>'
    sections: list[dict[str, Any]] = [_section(text)]
    if message.fields:
        widgets = [
            {"decoratedText": {"topLabel": name, "text": _safe(value), "wrapText": True}}
            for name, value in message.fields
        ]
        sections.append({"widgets": widgets})
    if message.link:
        button = {"text": "Details", "onClick": {"openLink": {"url": message.link}}}
        sections.append({"widgets": [{"buttonList": {"buttons": [button]}}]})
    card = {"header": {"title": message.canary}, "sections": sections}
    body: dict[str, Any] = {"cardsV2": [{"cardId": "rollout", "card": card}]}
    if not message.thread:
        return plain_post(receiver, body)
    body["thread"] = {"threadKey": message.thread}
    return Post(_in_thread(receiver.address), body, proxy=receiver.proxy)


def flaggers(receiver: Receiver, message: AlertMessage) -> Post:
    """A card of version 1 with a section for the text and one for each field; no thread."""
    paragraphs = [_grey(message.text), *(f"{name}<br>{_grey(value)}" for name, value in message.fields)]
    header = {"title": _TITLE, "subtitle": message.canary, "imageUrl": _IMAGE}
    return plain_post(receiver, {"cards": [{"header": header, "sections": [_section(text) for text in paragraphs]}]})


def _in_thread(address: str) -> str:
    """The address with the option that a reply to a thread needs, whatever it said of replies before."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != _REPLY[0]]
    return parts._replace(query=urlencode([*query, _REPLY])).geturl()


def _section(text: str) -> dict[str, Any]:
    return {"widgets": [{"textParagraph": {"text": text}}]}


def _grey(text: str) -> str:
    return f'<font color="#848484"><b>{text}</b></font>'


def _safe(text: str) -> str:
    return with_entities(text).replace("\n", "<br>")


SERVICE = Service("Google Chat webhook", post, flaggers)

"""Text from the cluster (names, what a webhook or a pod's condition says) must not become markup in a chat."""

from __future__ import annotations

import re

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TAG = re.compile(r"<(?=[^\s\d=<])")
_LINK = re.compile(r"\](?=[(\[])")


def with_entities(text: str) -> str:
    """For Slack and Google Chat, which document these three entities: links, mentions and tags stay text."""
    return text.translate(_ENTITIES)


def without_markup(text: str) -> str:
    """For services that document no escape for what they read as HTML, as Slack's or as Markdown's links.

    ``<!here>``, ``<b>`` and ``[text](url)`` are broken up; ``52% < 99%`` stays as it is.
    """
    return _LINK.sub("] ", _TAG.sub("‹", text))


def as_it_is(text: str) -> str:
    """Flagger's way: whatever the text holds is markup."""
    return text

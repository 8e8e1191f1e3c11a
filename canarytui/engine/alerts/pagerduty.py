"""PagerDuty: Events API v2. A failure or a wait opens an alert for the canary, its next good end resolves it.

The integration's key is the ``token`` of the provider's Secret. See
https://developer.pagerduty.com/docs/events-api-v2/trigger-events/.
"""

from __future__ import annotations

import hashlib
from typing import Any

from canarytui.engine.alerts.message import ERROR, WARN, AlertMessage
from canarytui.engine.alerts.post import Post, plain_post
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.alerts.service import Service

_SEVERITIES = {WARN: "warning", ERROR: "error"}
_SUMMARY_CHARS_MOST = 1024
_KEY_CHARS_MOST = 255


def post(receiver: Receiver, message: AlertMessage) -> Post | None:
    """Trigger or resolve the alert of the canary; None for news, which concern nobody on call."""
    if not message.resolves and message.severity not in _SEVERITIES:
        return None
    body: dict[str, Any] = {"routing_key": receiver.token, "dedup_key": _key(message)}
    if message.resolves:
        return plain_post(receiver, {**body, "event_action": "resolve"})
    summary = f"{message.canary}: {message.text}"
    payload = {
        "summary": summary if len(summary) <= _SUMMARY_CHARS_MOST else summary[: _SUMMARY_CHARS_MOST - 1] + "…",
        "severity": _SEVERITIES[message.severity],
        "source": message.cluster or message.namespace,
        "component": message.name,
        "group": message.namespace,
        "class": "canary",
        "custom_details": {"message": message.text, **dict(message.fields)},
    }
    body |= {"event_action": "trigger", "client": "canarytui", "payload": payload}
    if message.link:
        body |= {"client_url": message.link, "links": [{"href": message.link, "text": "Details"}]}
    return plain_post(receiver, body)


def _key(message: AlertMessage) -> str:
    """One alert for each canary. With clusters that have names, canaries of the same name stay apart."""
    parts = [message.cluster] if message.cluster else []
    key = "/".join([*parts, message.namespace, message.name])
    if len(key) <= _KEY_CHARS_MOST:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: _KEY_CHARS_MOST - len(digest) - 1]}/{digest}"


SERVICE = Service(
    "PagerDuty",
    post,
    hosts=("events.pagerduty.com", "events.eu.pagerduty.com"),
    address="https://events.pagerduty.com/v2/enqueue",
    needs_token=True,
    resolves=True,
)

"""Calls to webhooks: a JSON POST, retried with growing pauses where another try may help."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from canarytui.cluster.bounded_responses import KIB, MIB
from canarytui.cluster.client import Cluster
from canarytui.cluster.service_http import ProviderUnreachable, fetch
from canarytui.domain.spec.analysis import Webhook
from canarytui.domain.text.public_url import redacted_url, without_secrets
from canarytui.engine.decide.effects import WebhookResponse
from canarytui.engine.decide.hooks import worth_another_try
from canarytui.engine.runtime.go_transport import go_transport_error

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_BODY_CHARS_MOST = 1000
_KEPT = 4 * KIB
_BYTES_MOST = 16 * MIB
"""A body beyond :data:`_KEPT` is dropped; the status counts once the whole answer has arrived."""
TIMEOUT_S_MOST = 3600.0
"""Flagger's load tester gives a command an hour."""


async def call_webhook(cluster: Cluster, hook: Webhook, payload: Mapping[str, Any]) -> WebhookResponse:
    """POST `payload` at most ``1 + hook.retries`` times; the last answer. Never raises for a failed call."""
    body = json.dumps(payload).encode()
    pause_s = _FIRST_PAUSE_S
    attempts = 0
    while True:
        attempts += 1
        try:
            status, data = await fetch(
                cluster,
                "POST",
                hook.url,
                headers={"Content-Type": "application/json"},
                body=body,
                timeout_s=min(hook.timeout_s, TIMEOUT_S_MOST),
                verify_tls=not hook.disable_tls,
                most=_BYTES_MOST,
                keep=_KEPT,
            )
            said = without_secrets(data.decode(errors="replace"), redacted_url)
            answer = WebhookResponse(status, said[:_BODY_CHARS_MOST], attempts)
        except ProviderUnreachable as error:
            answer = WebhookResponse(0, str(error), attempts, go_transport_error("POST", hook.url, error))
        if attempts > hook.retries or not worth_another_try(answer.status):
            return answer
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

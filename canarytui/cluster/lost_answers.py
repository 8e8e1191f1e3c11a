"""What an error says about its request: refused for certain, never sent, or the answer lost. Pure.

Asked after every write, by people's actions and by the engine: only a request that was refused for certain was not
written.
"""

from __future__ import annotations

import aiohttp

from canarytui.cluster.bounded_responses import AnswerRefused
from canarytui.cluster.redirects import RedirectedAway
from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences import answers as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ApiStatusError, NoCredentials

_NO_REFUSAL = frozenset({408, 409})
"""Codes that prove nothing. After a timeout the write may have happened, and a conflict may be with our own write, if a
proxy repeated the request. 401 and 429 come before anything is done."""

_LOST: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Sentence], ...] = (
    (TimeoutError, words.TIMED_OUT),
    (aiohttp.ClientPayloadError, words.CUT_OFF),
    (RedirectedAway, words.REDIRECTED),
    (AnswerRefused, words.UNREADABLE),
    ((aiohttp.ServerDisconnectedError, ConnectionResetError, aiohttp.ClientOSError), words.CLOSED),
    (ValueError, words.WAS_NO_JSON),
)


_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,  # the proxy did not reach the server
    NoCredentials,
)


def is_refusal(error: ApiStatusError) -> bool:
    """Whether this answer proves that nothing was written: a Status of the server itself, with a code about the
    request. Anything else (5xx, a gateway's page) proves nothing."""
    return error.is_status and 400 <= error.code < 500 and error.code not in _NO_REFUSAL


def was_sent(error: BaseException) -> bool:
    """Whether the request may have reached the server: not if there never was a connection."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _NEVER_SENT):
            return False
        cause = cause.__cause__
    return True


def lost_words(error: BaseException) -> str:
    """How the answer was lost, in a few words."""
    if isinstance(error, ApiStatusError):
        return (
            f"HTTP {error.code}: {clean(str(error), 120)}" if error.is_status else words.NO_STATUS.text(code=error.code)
        )
    cause: BaseException | None = error
    while cause is not None:
        for kind, how in _LOST:
            if isinstance(cause, kind):
                return how.text()
        cause = cause.__cause__
    return clean(str(error), 120) or type(error).__name__

"""Who may see the wall: a browser that used the one-time address, on this machine's own name, from the wall's page.

Loopback keeps other machines out, but not other users of this one, nor pages of other sites: any page can make a
browser open 127.0.0.1, also under a name that its owner points there (DNS rebinding). Pure but for random numbers.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping

from canarytui.domain.sentences import browser_wall as words

MOST_SESSIONS = 8
"""Browsers that are let in; one more, and the first must use a new address."""

_FOREIGN = frozenset({"cross-site", "same-site"})
"""``same-site`` is another port of this machine: another program's page."""


class WallAccess:
    """`authorities` are the values of ``Host`` under which the wall is reached."""

    def __init__(self, authorities: frozenset[str]) -> None:
        self._authorities = authorities
        self._sessions: deque[str] = deque(maxlen=MOST_SESSIONS)
        self.token = secrets.token_urlsafe(32)
        """What the address that works once has in its path."""

    def objection(self, headers: Mapping[str, str], *, websocket: bool = False) -> str:
        """Why a request is not the wall's own browser's; "" when it may be. A websocket must name its Origin."""
        host, origin = headers.get("Host", ""), headers.get("Origin")
        if host.lower() not in self._authorities:
            return words.HOST.text()
        if origin is None:
            if websocket:
                return words.NO_ORIGIN.text()
        elif origin.lower() != f"http://{host.lower()}":
            return words.ORIGIN.text()
        if headers.get("Sec-Fetch-Site", "").lower() in _FOREIGN:
            return words.CROSS_SITE.text()
        return ""

    def exchange(self, token: str) -> str | None:
        """A session for the current token, which another takes the place of; None for any other."""
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return None
        self.token = secrets.token_urlsafe(32)
        session = secrets.token_urlsafe(32)
        self._sessions.append(session)
        return session

    def admits(self, session: str) -> bool:
        """Whether `session` was given to a browser."""
        return any(secrets.compare_digest(session.encode(), known.encode()) for known in self._sessions)

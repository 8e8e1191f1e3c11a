"""The wall in a browser: its address, who may see it, and what it says when it cannot be shown."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_ADDRESS = Sentence(
    "browser_wall.no_address",
    "--serve needs an address and a port, such as 127.0.0.1:8000, not {given}.",
    evidence="the option's value has no host, or no port from 0 to 65535",
)
NOT_LOOPBACK = Sentence(
    "browser_wall.not_loopback",
    "--serve listens on loopback only: {host} is not 127.0.0.1, ::1 or localhost. For a browser on another machine use "
    "--serve 127.0.0.1:8000 here, and there `ssh -L 8000:127.0.0.1:8000` with the same port on both sides.",
    evidence="the option's host is no loopback address",
)
EXTRA_MISSING = Sentence(
    "browser_wall.extra_missing",
    "--serve needs the extra `serve`: pip install 'canarytui[serve]'.",
    evidence="textual-serve cannot be imported",
)
CANNOT_LISTEN = Sentence(
    "browser_wall.cannot_listen",
    "--serve cannot listen on {address}: {problem}.",
    evidence="the system refused the address",
)
OPEN = Sentence(
    "browser_wall.open",
    "The wall is at {url}\nThe address works once, in one browser; then the next one is printed. Ctrl-C ends it.",
    evidence="the server listens, and the token has not been used",
)
NEXT = Sentence(
    "browser_wall.next",
    "A browser has opened the wall. For another one: {url}",
    evidence="the token was used, and this one has not been",
)
USED = Sentence(
    "browser_wall.used",
    "This address was used already, or never was one. The terminal that serves the wall shows the one that works.",
    evidence="the path's token is not the current one",
)
NO_SESSION = Sentence(
    "browser_wall.no_session",
    "Open the address that the terminal with `canarytui watch --serve` shows: this browser has no session.",
    evidence="the request has no cookie of a session",
)
FOREIGN = Sentence(
    "browser_wall.foreign",
    "Refused: {problem}.",
    evidence="the request's Host, Origin or Sec-Fetch-Site",
)
HOST = Sentence(
    "browser_wall.host",
    "its Host is not this wall's address",
    evidence="the Host header is none of the server's own",
)
NO_ORIGIN = Sentence(
    "browser_wall.no_origin",
    "its websocket names no Origin",
    evidence="a websocket request without an Origin header",
)
ORIGIN = Sentence(
    "browser_wall.origin",
    "its Origin is another site",
    evidence="the Origin header is not that of the request's Host",
)
CROSS_SITE = Sentence(
    "browser_wall.cross_site",
    "a page of another site sent it",
    evidence="the browser says so in Sec-Fetch-Site",
)
FULL = Sentence(
    "browser_wall.full",
    "{most} windows show this wall already. Close one of them.",
    evidence="the number of open websockets",
)

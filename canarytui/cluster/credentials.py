"""Where credentials come from, and how they are renewed: the kubeconfig itself, a token file, a plugin, an OIDC token.

A source is asked before every request, and again when the server refuses what it gave with 401.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from canarytui.cluster.credential import Credential
from canarytui.cluster.exec_plugin import ExecPlugin
from canarytui.cluster.identity import Identity, check_header, uses_plugin
from canarytui.cluster.regular_files import NotRegular, read_start
from canarytui.domain.sentences import credentials as words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError, ConfigError, NoCredentials

_TOKEN_FILE_S = 50.0
"""A token file is read again after this long, as client-go does."""
_TOKEN_BYTES_MOST = 1 << 20
_PATIENCE_S = 5.0
"""How long a request waits for a plugin that has answered before. A later answer still counts."""
_PLUGIN_LIMIT_S = 180.0
"""A plugin that may not prompt is ended after this long."""
_AGAIN_S = 5.0
"""A plugin that failed, or whose new credentials were refused as well, is left alone for this long."""


class CredentialSource(Protocol):
    """Gives credentials. Every method raises NoCredentials, whose sentence says why there are none."""

    async def current(self) -> Credential:
        """What to send now."""
        ...

    async def renew(self, refused: Credential) -> bool:
        """Whether there is anything but `refused` to try now."""
        ...

    async def close(self) -> None:
        """End what is under way."""
        ...


class Fixed:
    """Credentials that never change: a token or a password in the kubeconfig, or none."""

    def __init__(self, authorization: str = "") -> None:
        self._credential = Credential(authorization)

    async def current(self) -> Credential:
        return self._credential

    async def renew(self, refused: Credential) -> bool:
        return False

    async def close(self) -> None:
        pass


class TokenFile:
    """A token in a file that something else keeps fresh. `fallback` is used while the file is empty."""

    def __init__(self, path: str, fallback: str = "", *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._credential = Credential(f"Bearer {fallback}" if fallback else "")
        self._read_at: float | None = None

    async def current(self) -> Credential:
        if self._read_at is None or self._clock() - self._read_at >= _TOKEN_FILE_S:
            self._read()
        return self._credential

    async def renew(self, refused: Credential) -> bool:
        if self._credential is refused:
            self._read()
        return self._credential is not refused

    async def close(self) -> None:
        pass

    def _read(self) -> None:
        try:
            token = read_token(self._path)
        except ConfigError as error:
            if not self._credential.authorization:
                raise NoCredentials(str(error)) from error
        else:
            if self._credential.authorization != f"Bearer {token}":
                self._credential = Credential(f"Bearer {token}")
        self._read_at = self._clock()


def read_token(path: str) -> str:
    """The token in a file, stripped of white space. Raises ConfigError."""
    where = words.TOKEN_FILE.text(path=clean(path, 300))
    try:
        token = read_start(Path(path), _TOKEN_BYTES_MOST).decode("utf-8").strip()
    except NotRegular as error:
        raise ConfigError(words.NOT_REGULAR.text(file=where)) from error
    except OSError as error:
        raise ConfigError(words.UNREADABLE.text(file=where, why=error.strerror or error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(words.NO_TEXT.text(file=where)) from error
    if not token:
        raise ConfigError(words.EMPTY.text(file=where))
    return check_header(token, where)


class OidcToken:
    """The ID token of ``auth-provider: oidc``, as long as it lasts; kubectl renews it in the kubeconfig."""

    def __init__(self, user_name: str, read: Callable[[], str]) -> None:
        self._user = clean(user_name, 100)
        self._read = read
        self._credential = Credential()

    async def current(self) -> Credential:
        if not self._credential.authorization or self._credential.expired():
            self._read_again()
        if self._credential.expired():
            raise NoCredentials(words.ID_TOKEN_EXPIRED.text(user=self._user))
        return self._credential

    async def renew(self, refused: Credential) -> bool:
        self._read_again()
        return self._credential.authorization != refused.authorization

    async def close(self) -> None:
        pass

    def _read_again(self) -> None:
        try:
            token = self._read()
        except CanarytuiError as error:
            raise NoCredentials(str(error)) from error
        try:
            payload = token.split(".")[1]
            claims = parse_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            expires = datetime.fromtimestamp(float(claims["exp"]), UTC)
        except (IndexError, ValueError, KeyError, TypeError, OverflowError, OSError) as error:
            raise NoCredentials(words.ID_TOKEN_BAD.text(user=self._user)) from error
        self._credential = Credential(f"Bearer {check_header(token, 'id-token')}", expires=expires)


class Plugin:
    """Runs a credential plugin: for the first request, and when its credentials have expired or were refused. One run
    at a time."""

    def __init__(
        self,
        plugin: ExecPlugin,
        *,
        limit_s: float | None = _PLUGIN_LIMIT_S,
        clock: Callable[[], float] = time.monotonic,
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        self._waiting = waiting
        self._plugin = plugin
        self._limit_s = limit_s
        self._clock = clock
        self._credential: Credential | None = None
        self._asking: asyncio.Task[Credential] | None = None
        self._failure: tuple[float, NoCredentials] | None = None
        self._renewed_at: float | None = None

    async def current(self) -> Credential:
        if self._credential is None or self._credential.expired():
            return await self._asked()
        return self._credential

    async def renew(self, refused: Credential) -> bool:
        if self._credential is not refused:
            return True  # another request was refused earlier and has renewed them already
        if self._recently(self._renewed_at):
            return False
        await self._asked()
        self._renewed_at = self._clock()
        return True

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _asked(self) -> Credential:
        if self._asking is None:
            if self._failure is not None and self._recently(self._failure[0]):
                raise NoCredentials(str(self._failure[1]))
            self._asking = asyncio.create_task(self._ask(), name=f"credential plugin {self._plugin.name}")
        asking = self._asking
        # The first time there is nothing to do but wait: somebody may be logging in with a browser.
        done, _ = await asyncio.wait((asking,), timeout=None if self._credential is None else _PATIENCE_S)
        if not done:
            raise NoCredentials(words.WAITING.text(plugin=self._plugin.name, seconds=_PATIENCE_S))
        if asking.cancelled():
            raise NoCredentials(words.ENDED.text(plugin=self._plugin.name))
        return asking.result()

    async def _ask(self) -> Credential:
        if self._waiting is not None and self._credential is None:
            self._waiting(words.WAITED_FOR.text(name=self._plugin.name))
        try:
            async with asyncio.timeout(self._limit_s):
                self._credential = await self._plugin.ask()
            self._failure = None
            return self._credential
        except TimeoutError as error:
            failure = NoCredentials(words.TIMED_OUT.text(plugin=self._plugin.name, seconds=self._limit_s))
            self._failure = (self._clock(), failure)
            raise failure from error
        except NoCredentials as failure:
            self._failure = (self._clock(), failure)
            raise
        finally:
            self._asking = None
            if self._waiting is not None:
                self._waiting("")

    def _recently(self, moment: float | None) -> bool:
        return moment is not None and self._clock() - moment < _AGAIN_S


def source_of(
    identity: Identity,
    ca_data: bytes,
    *,
    terminal: bool = False,
    read_id_token: Callable[[], str] = str,
    waiting: Callable[[str], None] | None = None,
) -> CredentialSource:
    """The source for `identity`, by kubectl's precedence; `waiting` as in ``client.Target``.

    Raises:
        ConfigError: a token file that cannot be used.
    """
    user = identity.user
    if identity.basic:
        return Fixed(identity.basic)
    if not identity.secret_allowed:
        return Fixed()
    if user.token_file:
        if not user.token:
            read_token(user.token_file)
        return TokenFile(user.token_file, user.token)
    if user.token:
        return Fixed(f"Bearer {user.token}")
    if uses_plugin(user) and user.exec is not None:
        plugin = ExecPlugin(identity, user.exec, ca_data, terminal=terminal)
        return Plugin(plugin, limit_s=None if terminal else _PLUGIN_LIMIT_S, waiting=waiting)
    if user.auth_provider is not None:
        return OidcToken(identity.user_name, read_id_token)
    return Fixed()

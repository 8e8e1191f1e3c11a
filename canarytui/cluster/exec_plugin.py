"""The protocol of credential plugins (``users.user.exec``): what a plugin is given, and what its answer means.

A plugin gets the version, whether it may prompt and, if the kubeconfig asks for it, the cluster. It answers with an
``ExecCredential``. Any failure becomes one sentence with the plugin's own words.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.cluster.credential import Credential, Pair
from canarytui.cluster.identity import Identity, check_header
from canarytui.cluster.kubeconfig import ExecEntry
from canarytui.cluster.plugin_process import MOST_ANSWERED, Ended, run_plugin
from canarytui.domain.sentences import credentials as words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError, NoCredentials

_MOST_WORDS = 500


class ExecPlugin:
    """The plugin of `identity`. With `terminal` it may prompt, because no screen of ours is up."""

    def __init__(self, identity: Identity, entry: ExecEntry, ca_data: bytes, *, terminal: bool) -> None:
        self._identity = identity
        self._entry = entry
        self._ca_data = ca_data
        self._may_ask = terminal
        self.name = clean(entry.command, 200)

    async def ask(self) -> Credential:
        """Run the plugin once.

        Raises:
            NoCredentials: it cannot be started, failed, or answered something else.
        """
        terminal = self._interactive()
        try:
            # Looked up with our PATH, as a shell would, not with the variables given to the plugin.
            found = shutil.which(self._entry.command)
            if found is None and os.sep not in self._entry.command:
                raise FileNotFoundError
            ended = await run_plugin(
                [found or self._entry.command, *self._entry.args], self._environment(terminal), terminal=terminal
            )
        except FileNotFoundError as error:
            raise self._failed(words.NOT_INSTALLED.text(), self._entry.install_hint) from error
        except (OSError, ValueError) as error:
            raise self._failed(words.CANNOT_START.text(why=getattr(error, "strerror", None) or error)) from error
        return self._credential(ended)

    def _interactive(self) -> bool:
        mode = self._entry.interactive_mode or "IfAvailable"
        if mode == "Never":
            return False
        available = self._may_ask and _stdin_is_terminal()
        if mode == "Always" and not available:
            screen_up = words.SCREEN_IS_UP.text()
            why = words.NO_TERMINAL.text() if self._may_ask else screen_up
            raise NoCredentials(
                words.MUST_ASK.text(plugin=self.name, user=clean(self._identity.user_name, 100), why=why)
            )
        return available

    def _environment(self, interactive: bool) -> dict[str, str]:
        spec: dict[str, Any] = {"interactive": interactive}
        if self._entry.provide_cluster_info:
            spec["cluster"] = self._cluster_info()
        told = {"kind": "ExecCredential", "apiVersion": self._entry.api_version, "spec": spec}
        return {**os.environ, **dict(self._entry.env), "KUBERNETES_EXEC_INFO": json.dumps(told)}

    def _cluster_info(self) -> dict[str, Any]:
        cluster = self._identity.cluster
        said = {
            "server": self._identity.server,
            "tls-server-name": cluster.tls_server_name,
            "insecure-skip-tls-verify": cluster.insecure,
            "certificate-authority-data": base64.b64encode(self._ca_data).decode(),
            "proxy-url": cluster.proxy_url,
            "disable-compression": cluster.disable_compression,
        }
        return {**{name: value for name, value in said.items() if value}, "config": cluster.exec_config}

    def _credential(self, ended: Ended) -> Credential:
        if ended.code != 0:
            how = words.SIGNAL.text(signal=-ended.code) if ended.code < 0 else words.EXIT_CODE.text(code=ended.code)
            raise self._failed(how, ended.said)
        if len(ended.answer) > MOST_ANSWERED:
            raise self._failed(words.TOO_LARGE.text())
        try:
            answer = parse_json(ended.answer)
        except ValueError as error:
            raise self._failed(words.NO_JSON.text(), ended.said) from error
        if not isinstance(answer, Mapping) or answer.get("kind") != "ExecCredential":
            raise self._failed(words.NO_CREDENTIAL.text(), ended.said)
        if answer.get("apiVersion") != self._entry.api_version:
            said = clean(answer.get("apiVersion"), 80) or "no apiVersion"
            raise self._failed(words.OTHER_VERSION.text(said=said, wanted=self._entry.api_version))
        status = answer.get("status")
        if not isinstance(status, Mapping):
            raise self._failed(words.NO_STATUS.text())
        return self._from_status(status)

    def _from_status(self, status: Mapping[str, Any]) -> Credential:
        token, certificate, key = (
            status.get(name) or "" for name in ("token", "clientCertificateData", "clientKeyData")
        )
        if not all(isinstance(each, str) for each in (token, certificate, key)):
            raise self._failed(words.NOT_TEXT.text())
        if bool(certificate) != bool(key):
            raise self._failed(words.HALF_A_PAIR.text())
        if not token and not certificate:
            raise self._failed(words.NOTHING.text())
        try:
            check_header(token, "its token")
        except ConfigError as error:
            raise self._failed(words.BAD_TOKEN.text()) from error
        pair = Pair(certificate.encode(), key.encode()) if certificate else None
        return Credential(f"Bearer {token}" if token else "", pair, self._expiry(status.get("expirationTimestamp")))

    def _expiry(self, said: object) -> datetime | None:
        if said is None:
            return None
        try:
            moment = datetime.fromisoformat(str(said))
        except ValueError:
            moment = datetime.min
        if moment.tzinfo is None:
            raise self._failed(words.BAD_EXPIRY.text(said=clean(said, 60)))
        return moment

    def _failed(self, how: str, said: str = "") -> NoCredentials:
        shown = clean(said, _MOST_WORDS)
        return NoCredentials(
            words.PLUGIN.text(plugin=self.name, user=clean(self._identity.user_name, 100), how=how)
            + (f": {shown.rstrip('.')}." if shown else ".")
        )


def _stdin_is_terminal() -> bool:
    try:
        return sys.stdin is not None and os.isatty(sys.stdin.fileno())
    except (OSError, ValueError):
        return False

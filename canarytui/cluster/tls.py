"""Certificates for TLS: the authority that is trusted, our own that may change while we run, and why TLS failed."""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

from canarytui.cluster.credential import Pair
from canarytui.cluster.identity import Identity
from canarytui.cluster.kubeconfig import ClusterEntry, UserEntry
from canarytui.domain.plaintext import clean
from canarytui.errors import ConfigError

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

_SELF_SIGNED, _NO_ISSUER, _FIRST_UNKNOWN = (18, 19), (20, 21), 2
_NOT_YET, _EXPIRED = 9, 10
_NAMES = (62, 64)


def authority_of(cluster: ClusterEntry, name: str) -> tuple[bytes, str | None]:
    """(what the kubeconfig holds, its certificates as PEM); (b"", None) for the system's authorities.

    Raises:
        ConfigError: no readable file, or no certificate in it.
    """
    field = "certificate-authority" if cluster.ca_file else "certificate-authority-data"
    data = _file(cluster.ca_file, field, cluster.file) if cluster.ca_file else cluster.ca_data
    if not data:
        return b"", None
    pem = b"\n".join(_PEM.findall(data)).decode("ascii", "replace")
    try:
        if not pem:
            raise ValueError("no certificate")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError) as error:
        where = f" ({clean(cluster.ca_file, 300)})" if cluster.ca_file else ""
        raise ConfigError(
            f"In the kubeconfig {cluster.file}, {field} of the cluster {clean(name, 100)}{where} holds no certificate "
            "in PEM: correct it."
        ) from error
    return data, pem


class ClientCertificate:
    """The client certificate of a kubeconfig's user, read again when its files change."""

    def __init__(self, user: UserEntry, name: str) -> None:
        self._user = user
        self._name = clean(name, 100)
        self._stamps = self._stamp()

    def read(self) -> Pair:
        """Raises ConfigError: a file cannot be read."""
        user = self._user
        self._stamps = self._stamp()
        return Pair(
            user.client_certificate_data or _file(user.client_certificate, "client-certificate", user.file),
            user.client_key_data or _file(user.client_key, "client-key", user.file),
        )

    def changed(self) -> bool:
        """Whether a file is another than the one that was read."""
        return self._stamp() != self._stamps

    def use(self, context: ssl.SSLContext, pair: Pair) -> None:
        """Raises ConfigError: the two do not belong together, or are no PEM."""
        try:
            load_pair(context, pair)
        except (ssl.SSLError, ValueError, OSError) as error:
            files = ", ".join(
                clean(each, 300) for each in (self._user.client_certificate, self._user.client_key) if each
            )
            raise ConfigError(
                f"In the kubeconfig {self._user.file}, client-certificate and client-key of the user {self._name}"
                f"{f' ({files})' if files else ''} cannot be used: {_pair_trouble(error)}."
            ) from error

    def _stamp(self) -> tuple[object, ...]:
        return tuple(_file_stamp(path) for path in (self._user.client_certificate, self._user.client_key) if path)


def client_certificate_of(identity: Identity) -> ClientCertificate | None:
    """None where the user has none."""
    user = identity.user
    if not (user.client_certificate or user.client_certificate_data):
        return None
    return ClientCertificate(user, identity.user_name)


def load_pair(context: ssl.SSLContext, pair: Pair) -> None:
    """Have new connections of `context` show `pair`. Raises ssl.SSLError, ValueError: it cannot be used."""
    with _as_file(pair.certificate + b"\n" + pair.key) as path:
        context.load_cert_chain(path, password=_refuse_encrypted)


def _refuse_encrypted() -> str:
    raise ValueError("the key is encrypted")  # OpenSSL would ask for its password on the terminal


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """OpenSSL reads certificates from files only: one that never reaches a disk where the system has such."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").exists():
        number = os.memfd_create("client certificate", os.MFD_CLOEXEC)
        try:
            os.write(number, content)
            yield f"/proc/self/fd/{number}"
        finally:
            os.close(number)
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file.name


def _file(path: str, field: str, source: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"The {field} {clean(path, 300)}, which the kubeconfig {source} names, cannot be read: "
            f"{error.strerror or error}."
        ) from error


def _file_stamp(path: str) -> object:
    try:
        status = os.stat(path)  # noqa: PTH116 - before every request
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _pair_trouble(error: Exception) -> str:
    said = str(error)
    if "KEY_VALUES_MISMATCH" in said:
        return "the key does not belong to the certificate"
    return "the key is encrypted" if "encrypted" in said else "they are not a certificate and a key in PEM"


def tls_trouble(error: BaseException, host: str) -> str:
    """What is wrong with TLS to `host`, and what to do about it; "" when `error` is about something else."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        # aiohttp's errors are ssl's by name only: what OpenSSL said is in those that they were made from.
        if isinstance(cause, ssl.SSLCertVerificationError) and hasattr(cause, "verify_code"):
            return _verification(cause, host)
        if isinstance(cause, ssl.SSLError) and hasattr(cause, "reason") and (trouble := _alert(cause, host)):
            return trouble
        cause = getattr(cause, "certificate_error", None) or getattr(cause, "os_error", None) or cause.__cause__
    return ""


def _verification(error: ssl.SSLCertVerificationError, host: str) -> str:
    code = error.verify_code
    if code in _NAMES:
        return (
            f"its certificate is not for {host}: correct server, or set tls-server-name to a name that the "
            "certificate has"
        )
    if code == _EXPIRED:
        return "its certificate has expired: have it renewed, or check this machine's clock"
    if code == _NOT_YET:
        return "its certificate is not valid yet: check this machine's clock"
    if code in (*_SELF_SIGNED, *_NO_ISSUER, _FIRST_UNKNOWN):
        return (
            "its certificate is signed by an unknown authority: check certificate-authority(-data) in the kubeconfig, "
            "or whether a proxy stands between"
        )
    return f"its certificate is not accepted ({clean(error.verify_message, 100)})"


def _alert(error: ssl.SSLError, host: str) -> str:
    reason = (error.reason or str(error)).upper()
    if "CERTIFICATE_REQUIRED" in reason:
        return "it demands a client certificate, and none was sent: set client-certificate and client-key of the user"
    if "ALERT" in reason and "CERTIFICATE_EXPIRED" in reason:
        return "it refuses your client certificate, which has expired: log in again"
    if "ALERT" in reason and ("UNKNOWN_CA" in reason or "CERTIFICATE" in reason or "ACCESS_DENIED" in reason):
        return "it refuses your client certificate: check client-certificate of the kubeconfig's user, or log in again"
    if "WRONG_VERSION_NUMBER" in reason or "HTTP_REQUEST" in reason or "RECORD_LAYER_FAILURE" in reason:
        return f"{host} does not speak TLS there: is it http:// instead of https://, or another port?"
    if "UNEXPECTED_EOF" in reason or isinstance(error, ssl.SSLEOFError):
        return "it closed the connection in the middle of the handshake: is it another kind of server, or one between?"
    if "PROTOCOL_VERSION" in reason:
        return f"{host} and this machine have no TLS version in common"
    if "HANDSHAKE_FAILURE" in reason:
        return "it breaks off: it demands a client certificate, or has no cipher in common with this machine"
    return ""

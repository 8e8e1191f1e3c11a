"""Certificates for TLS: the authority we trust, our own, which may change while we run, and why TLS failed."""

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
from canarytui.cluster.regular_files import read_start, write_all
from canarytui.domain.sentences import tls as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError

_FILE_BYTES_MOST = 8 << 20
"""A system's whole set of authorities takes a quarter of a MiB."""
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

_SELF_SIGNED, _NO_ISSUER, _FIRST_UNKNOWN = (18, 19), (20, 21), 2
_NOT_YET, _EXPIRED = 9, 10
_NAMES = (62, 64)


def authority_of(cluster: ClusterEntry, name: str) -> tuple[bytes, str | None]:
    """(what the kubeconfig holds, its certificates as PEM), or (b"", None) for the system's authorities.

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
            words.NO_AUTHORITY.text(kubeconfig=cluster.file, field=field, cluster=clean(name, 100), file=where)
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
        """Whether a file has changed since it was read."""
        return self._stamp() != self._stamps

    def use(self, context: ssl.SSLContext, pair: Pair) -> None:
        """Load `pair` into `context`. Raises ConfigError: certificate and key do not fit, or are no PEM."""
        try:
            load_pair(context, pair)
        except (ssl.SSLError, ValueError, OSError) as error:
            files = ", ".join(
                clean(each, 300) for each in (self._user.client_certificate, self._user.client_key) if each
            )
            raise ConfigError(
                words.BAD_PAIR.text(
                    kubeconfig=self._user.file,
                    user=self._name,
                    files=f" ({files})" if files else "",
                    why=_pair_trouble(error),
                )
            ) from error

    def _stamp(self) -> tuple[object, ...]:
        return tuple(_file_stamp(path) for path in (self._user.client_certificate, self._user.client_key) if path)


def client_certificate_of(identity: Identity) -> ClientCertificate | None:
    """The user's client certificate, None without one."""
    user = identity.user
    if not (user.client_certificate or user.client_certificate_data):
        return None
    return ClientCertificate(user, identity.user_name)


def load_pair(context: ssl.SSLContext, pair: Pair) -> None:
    """Use `pair` for new connections of `context`. Raises ssl.SSLError, ValueError: it cannot be used."""
    with _as_file(pair.certificate + b"\n" + pair.key) as path:
        context.load_cert_chain(path, password=_refuse_encrypted)


def _refuse_encrypted() -> str:
    raise ValueError("encrypted")  # OpenSSL would prompt for its password on the terminal


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """A file for OpenSSL, which reads certificates from files only; it never reaches a disk if the system has memfd."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").exists():
        number = os.memfd_create("client certificate", os.MFD_CLOEXEC)
        try:
            write_all(number, content)
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
        return read_start(Path(path), _FILE_BYTES_MOST)
    except OSError as error:
        raise ConfigError(
            words.UNREADABLE.text(field=field, path=clean(path, 300), kubeconfig=source, why=error.strerror or error)
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
        return words.OTHER_KEY.text()
    return words.ENCRYPTED.text() if "encrypted" in said else words.NO_PAIR.text()


def tls_trouble(error: BaseException, host: str) -> str:
    """What is wrong with TLS to `host`, and the remedy; "" if `error` is about something else."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        # aiohttp's errors share only the name with ssl's: OpenSSL's own words are in their causes.
        if isinstance(cause, ssl.SSLCertVerificationError) and hasattr(cause, "verify_code"):
            return _verification(cause, host)
        if isinstance(cause, ssl.SSLError) and hasattr(cause, "reason") and (trouble := _alert(cause, host)):
            return trouble
        cause = getattr(cause, "certificate_error", None) or getattr(cause, "os_error", None) or cause.__cause__
    return ""


def _verification(error: ssl.SSLCertVerificationError, host: str) -> str:
    code = error.verify_code
    if code in _NAMES:
        return words.OTHER_NAME.text(host=host)
    if code == _EXPIRED:
        return words.EXPIRED.text()
    if code == _NOT_YET:
        return words.NOT_YET.text()
    if code in (*_SELF_SIGNED, *_NO_ISSUER, _FIRST_UNKNOWN):
        return words.UNKNOWN_AUTHORITY.text()
    return words.NOT_ACCEPTED.text(why=clean(error.verify_message, 100))


def _alert(error: ssl.SSLError, host: str) -> str:
    reason = (error.reason or str(error)).upper()
    if "CERTIFICATE_REQUIRED" in reason:
        return words.CERTIFICATE_REQUIRED.text()
    if "ALERT" in reason and "CERTIFICATE_EXPIRED" in reason:
        return words.YOURS_EXPIRED.text()
    if "ALERT" in reason and ("UNKNOWN_CA" in reason or "CERTIFICATE" in reason or "ACCESS_DENIED" in reason):
        return words.YOURS_REJECTED.text()
    if "WRONG_VERSION_NUMBER" in reason or "HTTP_REQUEST" in reason or "RECORD_LAYER_FAILURE" in reason:
        return words.NO_TLS.text(host=host)
    if "UNEXPECTED_EOF" in reason or isinstance(error, ssl.SSLEOFError):
        return words.CLOSED.text()
    if "PROTOCOL_VERSION" in reason:
        return words.NO_VERSION.text(host=host)
    if "HANDSHAKE_FAILURE" in reason:
        return words.HANDSHAKE.text()
    return ""

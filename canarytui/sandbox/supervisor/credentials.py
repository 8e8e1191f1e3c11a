"""Certificates and tokens of a sandbox. With a data directory they are kept there, so that
kubeconfigs and connections survive a restart."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from msgspec import Struct
from msgspec.structs import asdict

from canarytui.sandbox.apiserver.access.reviews import new_token
from canarytui.sandbox.files import read_start, replace_private
from canarytui.sandbox.supervisor.certificates import Certificates, make_certificates
from canarytui.sandbox.supervisor.data_folder import CREDENTIALS

_MOST_BYTES = 1_000_000
_LEAST_LIFE = timedelta(days=2)


class Credentials(Struct, frozen=True):
    """`tokens` maps user names to bearer tokens."""

    certificates: Certificates
    tokens: dict[str, str]


def credentials(users: tuple[str, ...], data_dir: Path | None) -> Credentials:
    """Those kept in `data_dir` while they are valid for all `users`, else new ones."""
    kept = _read(data_dir / CREDENTIALS) if data_dir is not None else None
    if kept is not None and set(users) <= kept.tokens.keys():
        return kept
    made = Credentials(make_certificates(), {name: new_token() for name in users})
    if data_dir is not None:
        _write(data_dir / CREDENTIALS, made)
    return made


def _read(path: Path) -> Credentials | None:
    """None for a file that is missing, damaged, or whose certificates end soon."""
    try:
        content = json.loads(read_start(path, _MOST_BYTES))
        pems = {name: text.encode() for name, text in content["certificates"].items()}
        certificates = Certificates(**pems)
        end = x509.load_pem_x509_certificate(certificates.server_pem).not_valid_after_utc
        found = Credentials(certificates, dict(content["tokens"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if end - datetime.now(UTC) > _LEAST_LIFE else None


def _write(path: Path, made: Credentials) -> None:
    pems = {name: pem.decode() for name, pem in asdict(made.certificates).items()}
    replace_private(path, json.dumps({"certificates": pems, "tokens": made.tokens}).encode())

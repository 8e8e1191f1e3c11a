"""Certificates and tokens kept in a data directory, for as long as they are good."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canarytui.sandbox.supervisor import credentials as module
from canarytui.sandbox.supervisor.credentials import credentials
from canarytui.sandbox.supervisor.data_folder import CREDENTIALS

USERS = ("admin", "viewer")


def test_a_restart_finds_what_was_kept(tmp_path: Path) -> None:
    first = credentials(USERS, tmp_path)
    assert set(first.tokens) == set(USERS)
    assert len(set(first.tokens.values())) == 2
    assert stat.S_IMODE((tmp_path / CREDENTIALS).stat().st_mode) == 0o600
    assert credentials(USERS, tmp_path) == first


def test_nothing_is_kept_without_a_directory() -> None:
    assert credentials(USERS, None) != credentials(USERS, None)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", json.dumps({"certificates": {"ca_pem": "x"}, "tokens": {}}),
     json.dumps({"certificates": {"ca_pem": "", "server_pem": "", "server_key_pem": ""}, "tokens": {}})],
)  # fmt: skip
def test_a_damaged_file_is_replaced(content: str, tmp_path: Path) -> None:
    (tmp_path / CREDENTIALS).write_text(content)
    made = credentials(USERS, tmp_path)
    assert credentials(USERS, tmp_path) == made


def test_a_user_who_is_new_gets_a_token(tmp_path: Path) -> None:
    old = credentials(USERS, tmp_path)
    assert set(credentials((*USERS, "operator"), tmp_path).tokens) == {*USERS, "operator"}
    assert credentials(USERS, tmp_path).tokens != old.tokens


def test_certificates_that_end_soon_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = credentials(USERS, tmp_path)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=29)

    monkeypatch.setattr(module, "datetime", Later)
    assert credentials(USERS, tmp_path) != old

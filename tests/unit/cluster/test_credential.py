"""When a credential is of no use any more, and that none is ever shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from canarytui.cluster.credential import Credential, Pair


def test_a_credential_expires_at_its_moment() -> None:
    now = datetime.now(UTC)
    assert Credential("Bearer t", expires=now - timedelta(seconds=1)).expired()
    assert not Credential("Bearer t", expires=now + timedelta(minutes=1)).expired()
    assert not Credential("Bearer t").expired()


def test_secrets_are_not_in_its_words() -> None:
    credential = Credential("Bearer secret", Pair(b"certificate", b"secret"))
    assert "secret" not in repr(credential)

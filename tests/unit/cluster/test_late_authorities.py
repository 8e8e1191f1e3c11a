"""The system's authorities are loaded by the first connection that needs them, not before."""

from __future__ import annotations

import ssl

import pytest

from canarytui.cluster.late_authorities import LateContext, authorities_later


def test_a_context_loads_the_authorities_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[ssl.SSLContext] = []
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda context, purpose: loaded.append(context))
    with authorities_later():
        late = ssl.create_default_context()
    assert isinstance(late, LateContext)
    assert (late.verify_mode, late.check_hostname, loaded) == (ssl.CERT_REQUIRED, True, [])
    for _ in range(2):
        late.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="example.org")
    assert loaded == [late]
    assert ssl.create_default_context() in loaded, "others load them at once again"


def test_a_context_that_does_not_verify_reads_them_late_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[ssl.SSLContext] = []
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", lambda context: loaded.append(context))
    with authorities_later():
        late = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        late.check_hostname, late.verify_mode = False, ssl.CERT_NONE
        late.set_default_verify_paths()
    assert not loaded
    late.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())
    assert loaded == [late]

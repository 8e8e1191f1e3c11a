"""Certificates of a kubeconfig: read, checked, exchanged when their files change; each mistake is a sentence."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from replacing import replace

from canarytui.cluster.credential import Pair
from canarytui.cluster.kubeconfig import ClusterEntry, UserEntry
from canarytui.cluster.tls import ClientCertificate, authority_of, load_pair, tls_trouble
from canarytui.errors import ConfigError

AUTHORITY = trustme.CA()
PEM = AUTHORITY.cert_pem.bytes()


def pair() -> Pair:
    made = AUTHORITY.issue_cert(common_name="me")
    return Pair(made.cert_chain_pems[0].bytes(), made.private_key_pem.bytes())


def cluster(**fields: object) -> ClusterEntry:
    return replace(ClusterEntry(file="config"), **fields)  # type: ignore[arg-type]


def user(folder: Path, held: Pair) -> UserEntry:
    (folder / "tls.crt").write_bytes(held.certificate)
    (folder / "tls.key").write_bytes(held.key)
    files = {"client_certificate": str(folder / "tls.crt"), "client_key": str(folder / "tls.key")}
    return replace(UserEntry(file="config"), **files)  # type: ignore[arg-type]


def test_the_authority_is_the_certificates_of_the_file_or_the_data(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(b"# comment\n" + PEM)
    from_file = authority_of(cluster(ca_file=str(tmp_path / "ca.pem")), "lab")
    assert from_file[1] is not None
    assert from_file[1].strip() == PEM.decode().strip()
    assert authority_of(cluster(ca_data=PEM), "lab")[0] == PEM
    assert authority_of(cluster(), "lab") == (b"", None)


@pytest.mark.parametrize("content", [b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
def test_what_is_no_authority_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"config.*certificate-authority-data.*lab"):
        authority_of(cluster(ca_data=content), "lab")
    with pytest.raises(ConfigError, match=r"certificate-authority .*missing\.pem"):
        authority_of(cluster(ca_file=str(tmp_path / "missing.pem")), "lab")


def test_a_client_certificate_is_read_again_when_its_files_change(tmp_path: Path) -> None:
    first, second = pair(), pair()
    certificate = ClientCertificate(user(tmp_path, first), "me")
    assert certificate.read() == first
    assert not certificate.changed()
    user(tmp_path, second)
    os.utime(tmp_path / "tls.crt", ns=(1, 1))
    assert certificate.changed()
    assert certificate.read() == second
    assert not certificate.changed()


def test_a_pair_that_does_not_fit_is_a_sentence(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    one, other = pair(), pair()
    certificate = ClientCertificate(user(tmp_path, one), "me")
    certificate.use(context, one)
    with pytest.raises(ConfigError, match=r"user me .*tls\.crt.*tls\.key"):
        certificate.use(context, Pair(one.certificate, other.key))
    with pytest.raises(ssl.SSLError):
        load_pair(context, Pair(b"", b""))


def _refused(make: Callable[[], ssl.SSLContext], server: ssl.SSLContext, host: str) -> BaseException:
    """What a handshake in memory fails with, on the client's side."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = make().wrap_bio(to_client, to_server, server_hostname=host)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(10):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as error:
                if side is ours:
                    return error
    raise AssertionError("the handshake succeeded")


@pytest.mark.parametrize(
    ("trusted", "host", "said"),
    [(True, "other.example", "other.example"), (False, "api.example", "certificate-authority")],
)
def test_why_a_servers_certificate_is_refused(trusted: bool, host: str, said: str) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("api.example").configure_cert(server)

    def client() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        (AUTHORITY if trusted else trustme.CA()).configure_trust(context)
        return context

    assert said in tls_trouble(_refused(client, server, host), host)
    assert tls_trouble(OSError("connection reset"), host) == ""

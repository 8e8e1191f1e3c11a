"""The sandbox's own certificate authority and the API server's certificate, new at every start.

TLS is not for secrecy on loopback: client-go sends bearer tokens over TLS only. The authority's key is kept nowhere,
so it signs nothing but this one certificate.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from msgspec import Struct

_LIFE = timedelta(days=30)
_SKEW = timedelta(minutes=5)
_NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "127.0.0.1",
    "::1",
)
_ORGANIZATION = "canarytui sandbox"


class Certificates(Struct, frozen=True):
    """PEM texts: the authority's certificate, the server's chain and key."""

    ca_pem: bytes
    server_pem: bytes
    server_key_pem: bytes

    def server_context(self, folder: Path) -> ssl.SSLContext:
        """A context to serve with; the key is in `folder` (0600) while it is read."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with trustme.Blob(self.server_key_pem + self.server_pem).tempfile(dir=str(folder)) as path:
            context.load_cert_chain(path)
        return context


def make_certificates() -> Certificates:
    """A new authority, and a certificate for loopback signed by it."""
    authority = trustme.CA(path_length=0, organization_name=_ORGANIZATION, organization_unit_name="CA")
    now = datetime.now(UTC)
    server = authority.issue_cert(
        *_NAMES,
        common_name="kube-apiserver",
        organization_name=_ORGANIZATION,
        organization_unit_name="API server",
        not_before=now - _SKEW,
        not_after=now + _LIFE,
    )
    chain = b"".join(certificate.bytes() for certificate in server.cert_chain_pems)
    return Certificates(authority.cert_pem.bytes(), chain, server.private_key_pem.bytes())

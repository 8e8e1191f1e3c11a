"""The sandbox's certificates: names, lifetimes, purposes, and a key that does not stay on disk."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from canarytui.sandbox.supervisor.certificates import Certificates, make_certificates


@pytest.fixture(scope="module")
def made() -> Certificates:
    return make_certificates()


def test_the_servers_certificate_is_for_loopback_and_thirty_days(made: Certificates) -> None:
    server = x509.load_pem_x509_certificate(made.server_pem)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == {
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    }
    assert set(names.get_values_for_type(x509.IPAddress)) == {ipaddress.ip_address(ip) for ip in ("127.0.0.1", "::1")}
    now = datetime.now(UTC)
    assert now + timedelta(days=29) < server.not_valid_after_utc <= now + timedelta(days=30)
    assert now - timedelta(minutes=6) < server.not_valid_before_utc < now
    assert server.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert server.public_key() == load_pem_private_key(made.server_key_pem, None).public_key()


def test_the_authority_signs_the_server_and_no_further_authority(made: Certificates) -> None:
    authority, server = (x509.load_pem_x509_certificate(pem) for pem in (made.ca_pem, made.server_pem))
    server.verify_directly_issued_by(authority)
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)

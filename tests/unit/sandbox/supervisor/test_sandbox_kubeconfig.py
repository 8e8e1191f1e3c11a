"""What a sandbox hands to its clients: certificates that strict TLS accepts, kubeconfigs only their owner reads."""

from __future__ import annotations

import base64
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
import yaml

from canarytui.sandbox.errors import UnusableOption
from canarytui.sandbox.supervisor.certificates import Certificates, make_certificates
from canarytui.sandbox.supervisor.kubeconfig import write_kubeconfig

SERVER = "https://127.0.0.1:6443"


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    return make_certificates()


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str:
    """The TLS version that both agree on over a real socket pair; raises what the client raises."""
    near, far = socket.socketpair()

    def serve() -> None:
        try:
            with server.wrap_socket(far, server_side=True) as accepted:
                accepted.recv(1)
        except OSError:
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname=name) as secured:
            return str(secured.version())
    finally:
        near.close()
        thread.join(5)


def client_context(ca_pem: bytes) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca_pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "kubernetes.default.svc", "::1"])
def test_the_strictest_verification_accepts_every_name_of_the_server(
    certificates: Certificates, tmp_path: Path, name: str
) -> None:
    server = certificates.server_context(tmp_path)
    assert handshake(server, client_context(certificates.ca_pem), name) in ("TLSv1.2", "TLSv1.3")
    assert list(tmp_path.iterdir()) == [], "the key does not stay on disk"


def test_another_name_and_another_sandboxs_authority_are_refused(certificates: Certificates, tmp_path: Path) -> None:
    server = certificates.server_context(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, client_context(certificates.ca_pem), "example.com")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, client_context(make_certificates().ca_pem), "localhost")


def test_a_kubeconfig_has_a_context_for_each_user_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kubeconfig"
    write_kubeconfig(path, SERVER, b"PEM", {"admin": "a", "operator": "o", "viewer": "v"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    config = yaml.safe_load(path.read_text())
    assert config["current-context"] == "canarytui-sandbox"
    contexts = {each["name"]: each["context"] for each in config["contexts"]}
    assert set(contexts) == {"canarytui-sandbox", "canarytui-sandbox-operator", "canarytui-sandbox-viewer"}
    assert {each["namespace"] for each in contexts.values()} == {"default"}
    tokens = {each["name"]: each["user"]["token"] for each in config["users"]}
    assert tokens[contexts["canarytui-sandbox-viewer"]["user"]] == "v"
    (cluster,) = config["clusters"]
    assert cluster["cluster"]["server"] == SERVER
    assert base64.b64decode(cluster["cluster"]["certificate-authority-data"]) == b"PEM"


def test_its_own_kubeconfig_is_replaced_and_a_wider_mode_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    write_kubeconfig(path, SERVER, b"PEM", {"admin": "old"})
    path.chmod(0o644)
    write_kubeconfig(path, SERVER, b"PEM", {"admin": "new"})
    assert yaml.safe_load(path.read_text())["users"][0]["user"]["token"] == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "present",
    [
        "clusters: [{name: production, cluster: {}}]\n",
        "clusters: [{name: canarytui-sandbox, cluster: {}}, {name: production, cluster: {}}]\n",
        "notes of mine\n",
        "clusters: [\n",
        "",
    ],
)
def test_a_file_that_is_not_a_sandboxs_is_left_as_it_is(tmp_path: Path, present: str) -> None:
    path = tmp_path / "config"
    path.write_text(present)
    with pytest.raises(UnusableOption, match="is not a sandbox's kubeconfig: name another file with --kubeconfig"):
        write_kubeconfig(path, SERVER, b"PEM", {"admin": "a"})
    assert path.read_text() == present


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnusableOption, match="cannot be written"):
        write_kubeconfig(tmp_path / "file" / "kubeconfig", SERVER, b"PEM", {"admin": "a"})

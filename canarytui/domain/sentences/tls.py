"""TLS errors: with a server, or with the certificates that a kubeconfig names."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_AUTHORITY = Sentence(
    "tls.no_authority",
    ("In the kubeconfig {kubeconfig}, {field} of the cluster {cluster}{file} holds no certificate in PEM: correct it."),
    evidence="OpenSSL takes no certificate from it",
)
BAD_PAIR = Sentence(
    "tls.bad_pair",
    (
        "In the kubeconfig {kubeconfig}, client-certificate and client-key of the user {user}{files} cannot "
        "be used: {why}."
    ),
    evidence="OpenSSL refuses the two",
)
UNREADABLE = Sentence(
    "tls.unreadable",
    "The {field} {path}, which the kubeconfig {kubeconfig} names, cannot be read: {why}.",
    evidence="the operating system's error",
)
OTHER_KEY = Sentence(
    "tls.other_key",
    "the key does not belong to the certificate",
    evidence="OpenSSL compared the two",
)
ENCRYPTED = Sentence(
    "tls.encrypted",
    "the key is encrypted",
    evidence="OpenSSL asked for a password",
)
NO_PAIR = Sentence(
    "tls.no_pair",
    "they are not a certificate and a key in PEM",
    evidence="OpenSSL takes neither a certificate nor a key from them",
)
OTHER_NAME = Sentence(
    "tls.other_name",
    ("its certificate is not for {host}: correct server, or set tls-server-name to a name that the certificate has"),
    evidence="OpenSSL's result of the verification",
)
EXPIRED = Sentence(
    "tls.expired",
    "its certificate has expired: have it renewed, or check this machine's clock",
    evidence="OpenSSL's result of the verification",
)
NOT_YET = Sentence(
    "tls.not_yet",
    "its certificate is not valid yet: check this machine's clock",
    evidence="OpenSSL's result of the verification",
)
UNKNOWN_AUTHORITY = Sentence(
    "tls.unknown_authority",
    (
        "its certificate is signed by an unknown authority: check certificate-authority(-data) in the "
        "kubeconfig, or whether a proxy stands between"
    ),
    evidence="OpenSSL's result of the verification",
)
NOT_ACCEPTED = Sentence(
    "tls.not_accepted",
    "its certificate is not accepted ({why})",
    evidence="OpenSSL's result of the verification",
)
CERTIFICATE_REQUIRED = Sentence(
    "tls.certificate_required",
    "it requires a client certificate, and none was sent: set client-certificate and client-key of the user",
    evidence="the alert that the server sent, as OpenSSL tells it",
)
YOURS_EXPIRED = Sentence(
    "tls.yours_expired",
    "it rejects your client certificate, which has expired: log in again",
    evidence="the alert that the server sent, as OpenSSL tells it",
)
YOURS_REJECTED = Sentence(
    "tls.yours_rejected",
    "it rejects your client certificate: check client-certificate of the kubeconfig's user, or log in again",
    evidence="the alert that the server sent, as OpenSSL tells it",
)
NO_TLS = Sentence(
    "tls.no_tls",
    "{host} does not speak TLS there: is it http:// instead of https://, or another port?",
    evidence="what the server sent is no TLS record",
)
CLOSED = Sentence(
    "tls.closed",
    "it closed the connection during the TLS handshake: is it another kind of server, or a proxy in between?",
    evidence="the connection ended before the handshake did",
)
NO_VERSION = Sentence(
    "tls.no_version",
    "{host} and this machine have no TLS version in common",
    evidence="the alert that the server sent, as OpenSSL tells it",
)
HANDSHAKE = Sentence(
    "tls.handshake",
    "it breaks off: it requires a client certificate, or has no cipher in common with this machine",
    evidence="the alert that the server sent, as OpenSSL tells it",
)

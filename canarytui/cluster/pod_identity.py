"""Who we are inside a pod: the service account that the kubelet mounts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from canarytui.cluster.identity import Identity
from canarytui.cluster.kubeconfig import ClusterEntry, UserEntry
from canarytui.domain.sentences import kubeconfig as words
from canarytui.errors import ConfigError

FOLDER = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def pod_identity(environment: Mapping[str, str], folder: Path = FOLDER) -> Identity:
    """The service account's identity. Its token is read again every minute, because the kubelet replaces it.

    Raises:
        ConfigError: this is no pod, or it has no service account.
    """
    host, port = environment.get("KUBERNETES_SERVICE_HOST", ""), environment.get("KUBERNETES_SERVICE_PORT", "")
    if not host or not port:
        raise ConfigError(words.POD_NO_HOST.text())
    token, authority, namespace = folder / "token", folder / "ca.crt", folder / "namespace"
    if not token.is_file():
        raise ConfigError(words.POD_NO_TOKEN.text(token=token))
    named = namespace.read_text(encoding="utf-8").strip() if namespace.is_file() else ""
    source = words.POD.text()
    return Identity(
        "in-cluster",
        named or "default",
        "in-cluster",
        "serviceaccount",
        f"https://{f'[{host}]' if ':' in host else host}:{port}",
        ClusterEntry(file=source, ca_file=str(authority) if authority.is_file() else ""),
        UserEntry(file=source, token_file=str(token)),
    )

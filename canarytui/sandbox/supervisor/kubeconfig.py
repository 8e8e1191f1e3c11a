"""The kubeconfig of a sandbox: one cluster, a context for each of its users, readable by its owner only."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import yaml

from canarytui.sandbox.errors import UnusableOption
from canarytui.sandbox.files import read_start, replace_private

CLUSTER = "canarytui-sandbox"
ADMIN_CONTEXT = "canarytui-sandbox"
_MOST_BYTES = 1_000_000


def write_kubeconfig(path: Path, server: str, ca_pem: bytes, tokens: Mapping[str, str]) -> None:
    """Write it with mode 0600; `tokens` maps user names to bearer tokens, the first user's context is current.

    Raises:
        UnusableOption: the file exists and is not a sandbox's, or cannot be written.
    """
    _check_ours(path)
    users = [{"name": f"sandbox-{name}", "user": {"token": token}} for name, token in tokens.items()]
    contexts = [
        {
            "name": ADMIN_CONTEXT if index == 0 else f"{ADMIN_CONTEXT}-{name}",
            "context": {"cluster": CLUSTER, "user": f"sandbox-{name}", "namespace": "default"},
        }
        for index, name in enumerate(tokens)
    ]
    data = base64.b64encode(ca_pem).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CLUSTER, "cluster": {"server": server, "certificate-authority-data": data}}],
        "users": users,
        "contexts": contexts,
        "current-context": ADMIN_CONTEXT,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_private(path, yaml.safe_dump(config, sort_keys=False).encode())
    except OSError as error:
        raise UnusableOption(
            f"{path} cannot be written ({error.strerror}): name another file with --kubeconfig."
        ) from error


def _check_ours(path: Path) -> None:
    """A sandbox may replace its own kubeconfig, never a person's."""
    try:
        present = yaml.safe_load(read_start(path, _MOST_BYTES).decode("utf-8"))
        names = {cluster["name"] for cluster in present["clusters"]}
    except (FileNotFoundError, NotADirectoryError):
        return  # there is nothing yet
    except OSError as error:
        raise UnusableOption(
            f"{path} cannot be read ({error.strerror}): name another file with --kubeconfig."
        ) from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, RecursionError):
        names = set()
    if names != {CLUSTER}:
        raise UnusableOption(
            f"{path} exists and is not a sandbox's kubeconfig: name another file with --kubeconfig, "
            "so that nothing of yours is overwritten."
        )

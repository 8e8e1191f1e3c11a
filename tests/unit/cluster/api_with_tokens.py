"""A kubeconfig for the recording server with one user, and credential plugins that note when they are asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml


def write_config(folder: Path, server: str, user: dict[str, Any], cluster: dict[str, Any] | None = None) -> Path:
    path = folder / "config"
    path.write_text(
        yaml.safe_dump(
            {
                "current-context": "x",
                "clusters": [{"name": "c", "cluster": {"server": server, **(cluster or {})}}],
                "users": [{"name": "me", "user": user}],
                "contexts": [{"name": "x", "context": {"cluster": "c", "user": "me"}}],
            }
        )
    )
    return path


def exec_user(folder: Path, script: str, *, mode: str = "Never", **more: Any) -> dict[str, Any]:
    """A user whose plugin runs `script` in `folder`; each run leaves a line in the file ``calls``."""
    program = folder / "plugin.sh"
    program.write_text(f"#!/bin/sh\ncd {folder}\necho asked >> calls\n{script}\n")
    program.chmod(0o755)
    version = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": version, "command": str(program), "interactiveMode": mode, **more}}


def answer(**status: str) -> str:
    """Shell that answers with `status`; ``$(cat token)`` in a value is run."""
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}
    return f"cat <<E\n{json.dumps(credential)}\nE"


def calls(folder: Path) -> int:
    path = folder / "calls"
    return len(path.read_text().splitlines()) if path.exists() else 0

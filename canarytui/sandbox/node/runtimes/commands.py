"""Where and with what environment commands of a pod run on this machine: ``kubectl exec`` and shell commands.

They are real processes of the user who started the sandbox, not isolated. Each container has its own folder and a
clean environment, in which curl and hey are the shims that know the cluster's names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from canarytui.sandbox.node.instances import Launch

_KEPT = ("LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")


class CommandPlace(Struct, frozen=True):
    """The data plane's folder for pods, and the folder of shims that comes first on PATH."""

    pods_dir: Path
    shim_dir: Path

    def folder(self, launch: Launch) -> Path:
        """The container's own folder, created if necessary."""
        uid = str(launch.pod["metadata"].get("uid") or launch.pod_name)
        folder = self.pods_dir / uid / launch.container_name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def environment(self, env: Mapping[str, str], launch: Launch) -> dict[str, str]:
        """The container's variables over a minimal base; the rest of our environment is not passed on."""
        folder = str(self.folder(launch))
        path = os.pathsep.join([str(self.shim_dir), os.environ.get("PATH", os.defpath)])
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {**kept, **env, "PATH": path, "HOME": folder, "PWD": folder}

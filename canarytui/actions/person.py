"""Who acts, for the audit log and for Events on canaries."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Mapping


def person(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """``os_user``, ``host`` and, if known, ``sudo_user`` and ``ssh_client`` (the address of the terminal's SSH
    session)."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    found = {"os_user": user, "host": socket.gethostname()}
    if environment.get("SUDO_USER"):
        found["sudo_user"] = environment["SUDO_USER"]
    ssh = (environment.get("SSH_CONNECTION") or environment.get("SSH_CLIENT") or "").split()
    if ssh:
        found["ssh_client"] = ssh[0]
    return found


def signature(who: Mapping[str, str], kubernetes_user: str) -> str:
    """``anna@laptop as admin``: the person as an Event names them."""
    user = who.get("sudo_user") or who.get("os_user", "")
    return f"{user}@{who.get('host', '')}" + (f" as {kubernetes_user}" if kubernetes_user else "")

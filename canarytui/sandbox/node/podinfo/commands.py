"""Commands that a podinfo container answers to ``kubectl exec`` although it has no process to run them in.

They are those that people use to look around in a pod. The kubelet's exec endpoint refuses others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime


def answer(command: Sequence[str], env: Mapping[str, str], version: str, now: datetime) -> tuple[int, str] | None:
    """(exit code, output) of `command`; None when it cannot be answered."""
    program, arguments = command[0].rpartition("/")[2], list(command[1:])
    match program, arguments:
        case (("env" | "printenv"), []):
            return 0, "".join(f"{name}={value}\n" for name, value in env.items())
        case "printenv", [name]:
            return (0, f"{env[name]}\n") if name in env else (1, "")
        case "hostname", []:
            return 0, f"{env.get('HOSTNAME', '')}\n"
        case "cat", ["/etc/hostname"]:
            return 0, f"{env.get('HOSTNAME', '')}\n"
        case "date", []:
            return 0, now.astimezone(UTC).strftime("%a %b %e %H:%M:%S UTC %Y\n")
        case "whoami", []:
            return 0, "app\n"
        case "pwd", []:
            return 0, "/home/app\n"
        case "ls", []:
            return 0, "podcli\npodinfo\nui\n"
        case "echo", words:
            return 0, " ".join(words) + "\n"
        case "true", _:
            return 0, ""
        case "false", _:
            return 1, ""
        case "podcli", ["version"]:
            return 0, f"{version}\n"
    return None


def health_check(command: Sequence[str]) -> bool:
    """Whether `command` is a request to the container itself, as health checks are."""
    program = command[0].rpartition("/")[2]
    return program in ("curl", "wget") or list(command[:2]) in (["podcli", "check"], ["./podcli", "check"])

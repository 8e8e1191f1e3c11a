"""The sandbox's own errors: each is one sentence for a person, with the exit code of a program that ends by it."""

from __future__ import annotations


class SandboxError(Exception):
    """Base of all of them; ``str(error)`` is the sentence to show."""

    exit_code = 1


class UnusableOption(SandboxError):
    """An option, or the file or folder it names, that cannot be used."""

    exit_code = 2


class PortInUse(SandboxError):
    """A port that was asked for is in use by another process."""


class UnusableConfig(SandboxError):
    """A configuration file that is missing or cannot be read."""


class ServerUnreachable(SandboxError):
    """No usable answer from the sandbox's API server."""


class RequestRefused(SandboxError):
    """The sandbox's API server answered with an error.

    Attributes:
        code: HTTP status code.
        reason: the Status' ``reason``, such as ``NotFound`` or ``Conflict``; "" for an answer without one.
    """

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason

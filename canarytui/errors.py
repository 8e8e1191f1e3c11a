"""Every error a person can meet, in one tree.

A message is one clear sentence that names the object, the field and the remedy; the command line prints
it after ``canarytui:`` and exits with :attr:`CanarytuiError.exit_code`. Programming mistakes are not in here.
"""

from __future__ import annotations

from canarytui.exit_codes import ExitCode


class CanarytuiError(Exception):
    """Base of all errors meant for people; ``str(error)`` is the sentence to show."""

    exit_code: int = ExitCode.ERROR


class UsageError(CanarytuiError):
    """A flag or argument that cannot be meant."""

    exit_code = ExitCode.USAGE


class ConfigError(CanarytuiError):
    """The kubeconfig, or a file of the person's own, is missing, unreadable or wrong: theirs to mend, as usage is."""

    exit_code = ExitCode.USAGE


class ClusterUnreachable(CanarytuiError):
    """No answer from the API server: refused, timed out, TLS failed."""


class NoCredentials(ClusterUnreachable):
    """There is nothing to prove who we are with, so nothing was sent: a credential plugin or a token file failed."""


class AnswerTooLarge(ClusterUnreachable):
    """The API server, or who answers behind it, sent more than is read, or in a coding that cannot be undone."""


class ApiStatusError(CanarytuiError):
    """The API server answered with a Status object other than Success.

    Attributes:
        code: HTTP status code.
        reason: the Status' ``reason``, such as ``NotFound``, ``Conflict``, ``Forbidden``, ``Expired``.
        retry_after_s: seconds after which the server asks to be asked again, None where it does not say.
        is_status: the answer was a well-formed Status of that code: the API server's own word, not a gateway's.
    """

    def __init__(
        self, code: int, reason: str, message: str, retry_after_s: float | None = None, *, is_status: bool = False
    ) -> None:
        super().__init__(message)
        self.is_status = is_status
        self.code = code
        self.reason = reason
        self.retry_after_s = retry_after_s


class ReadOnly(CanarytuiError):
    """Something that would write or send was asked of a connection that only reads."""


class MissingApi(CanarytuiError):
    """The cluster does not serve a resource that is needed, such as ``canaries.flagger.app``."""


class BesideFlagger(CanarytuiError):
    """Another controller already controls the canaries that this one was to control."""


class InvalidObject(CanarytuiError):
    """A Kubernetes object whose content cannot be used; names kind, namespace/name, field and remedy."""


class PortTaken(CanarytuiError):
    """An address that the person asked for is in use by another process."""

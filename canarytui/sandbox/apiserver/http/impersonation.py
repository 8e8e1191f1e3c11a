"""Impersonation (kubectl's ``--as``, ``--as-group`` and ``--as-uid``), as in kube-apiserver.

Each name, group, uid and extra value needs the verb ``impersonate``; none is accepted without a user.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol
from urllib.parse import unquote

from msgspec import Struct
from multidict import CIMultiDictProxy

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.access.users import ANONYMOUS, AUTHENTICATED, User

_EXTRA = "impersonate-extra-"
_ACCOUNT = "system:serviceaccount:"
_ACCOUNTS = "system:serviceaccounts"
_UNAUTHENTICATED = ANONYMOUS.groups[0]


class Right(Struct, frozen=True):
    """The right to impersonate one name."""

    resource: str
    name: str
    group: str = ""
    subresource: str = ""
    namespace: str | None = None

    @property
    def what(self) -> str:
        """As error messages name it: ``userextras.authentication.k8s.io``."""
        return f"{self.resource}.{self.group}" if self.group else self.resource


class MayImpersonate(Protocol):
    """Whether `user` has the right."""

    def __call__(self, user: User, right: Right) -> bool: ...


def impersonated(headers: CIMultiDictProxy[str], user: User, allowed: MayImpersonate) -> User:
    """The user that the ``Impersonate-*`` headers name, else `user`.

    Raises:
        StatusError: 403 when `user` may not, 500 when anything but a user is named without one.
    """
    name = headers.get("Impersonate-User", "")
    groups = tuple(headers.getall("Impersonate-Group", ()))
    uid = headers.get("Impersonate-Uid", "")
    extra = _extra(headers)
    if not name:
        if groups or uid or extra:
            named = ", ".join(right.what for right in _rights("", groups, uid, extra))
            raise errors.internal(f"requested {named} without impersonating a user")
        return user
    for right in _rights(name, groups, uid, extra):
        if not allowed(user, right):
            raise _forbidden(user, right)
    return User(name, uid, _groups(name, groups), extra)


def _rights(name: str, groups: tuple[str, ...], uid: str, extra: dict[str, tuple[str, ...]]) -> Iterator[Right]:
    account = _account(name)
    if account is not None:
        yield Right("serviceaccounts", account[1], namespace=account[0])
    elif name:
        yield Right("users", name)
    for group in groups:
        yield Right("groups", group)
    for key, values in extra.items():
        for value in values:
            yield Right("userextras", value, "authentication.k8s.io", key)
    if uid:
        yield Right("uids", uid, "authentication.k8s.io")


def _extra(headers: CIMultiDictProxy[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for header, value in headers.items():
        if header.lower().startswith(_EXTRA):
            key = unquote(header[len(_EXTRA) :].lower())
            found[key] = (*found.get(key, ()), value)
    return found


def _account(name: str) -> tuple[str, str] | None:
    namespace, colon, account = name.removeprefix(_ACCOUNT).partition(":")
    return (namespace, account) if name.startswith(_ACCOUNT) and colon and ":" not in account else None


def _groups(name: str, groups: tuple[str, ...]) -> tuple[str, ...]:
    account = _account(name)
    if account is not None and not groups:
        groups = (_ACCOUNTS, f"{_ACCOUNTS}:{account[0]}")
    every = _UNAUTHENTICATED if name == ANONYMOUS.name else AUTHENTICATED
    return groups if every in groups else (*groups, every)


def _forbidden(user: User, right: Right) -> errors.StatusError:
    resource = f"{right.resource}/{right.subresource}" if right.subresource else right.resource
    scope = f'in the namespace "{right.namespace}"' if right.namespace else "at the cluster scope"
    return errors.StatusError(
        403,
        "Forbidden",
        f'{right.what} "{right.name}" is forbidden: User "{user.name}" cannot impersonate resource "{resource}" '
        f'in API group "{right.group}" {scope}',
        {"name": right.name, "kind": right.resource, **({"group": right.group} if right.group else {})},
    )

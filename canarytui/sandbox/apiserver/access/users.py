"""Who makes a request: read by authorization, access reviews and field-manager records."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class User(Struct, frozen=True):
    """An authenticated identity, as ``kubectl auth whoami`` would show it."""

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


AUTHENTICATED = "system:authenticated"
MASTERS = "system:masters"
ANONYMOUS = User("system:anonymous", groups=("system:unauthenticated",))


def user(name: str, *groups: str, uid: str = "") -> User:
    """A user with a valid token; adds ``system:authenticated`` to the groups."""
    return User(name, uid, (*groups, AUTHENTICATED))

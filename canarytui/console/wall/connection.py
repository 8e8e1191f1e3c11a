"""The wall's connection: it reads, and has nothing that could write."""

from __future__ import annotations

from typing import NoReturn

from canarytui.domain.sentences import console as words
from canarytui.errors import ReadOnly
from canarytui.session.connection import Connection
from canarytui.session.read_only_connection import ReadOnlyConnection


class WallConnection(ReadOnlyConnection):
    """`opened` without executor, audit log and drills."""

    def __init__(self, opened: Connection) -> None:
        if isinstance(opened, ReadOnlyConnection):
            super().__init__(opened, opened.age_s)
        else:
            super().__init__(opened)

    @property
    def executor(self) -> NoReturn:
        raise ReadOnly(words.READ_ONLY.text())

    @property
    def audit(self) -> NoReturn:
        raise ReadOnly(words.READ_ONLY.text())

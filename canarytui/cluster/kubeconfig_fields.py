"""Fields of a kubeconfig by name and type; a value of another type is refused, as kubectl does."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from canarytui.domain.sentences import kubeconfig as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError

_MOST_VALUES = 10_000


class KubeconfigFields:
    """A mapping in the file `source` at `path` (``users.user``), which belongs to the entry `owner`."""

    def __init__(self, source: str, path: str, content: Any, owner: str = "") -> None:
        self._source = source
        self._path = path
        self._owner = owner
        self._content: Mapping[Any, Any] = {}
        if content is None:
            return
        if not isinstance(content, Mapping):
            where = f"{path} of {owner!r}" if owner else path or "the top"
            raise ConfigError(words.NO_FIELDS.text(kubeconfig=source, where=where, kind=_kind(content)))
        self._content = content

    def wrong(self, name: str, what: str) -> ConfigError:
        """The error for the field `name`; `what` is wrong with it."""
        field = f"{self._path}.{name}" if self._path else name
        whose = f" of {self._owner!r}" if self._owner else ""
        return ConfigError(words.WRONG.text(kubeconfig=self._source, field=field, whose=whose, what=what))

    def text(self, name: str) -> str:
        """A string; "" if absent or null."""
        return self._as_text(name, self._content.get(name))

    def truth(self, name: str) -> bool:
        """A boolean; false if absent."""
        value = self._content.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, words.MUST_BE_TRUTH.text(kind=_kind(value)))
        return bool(value)

    def data(self, name: str) -> bytes:
        """A base64 value, decoded."""
        try:
            return base64.b64decode(self.text(name).replace("\n", "").replace("\r", ""), validate=True)
        except ValueError as error:
            raise self.wrong(name, words.MUST_BE_BASE64.text()) from error

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; a null in it becomes "", as in kubectl."""
        return tuple(self._as_text(name, each) for each in self._list(name))

    def texts_by_name(self, name: str) -> dict[str, str]:
        """A mapping of strings."""
        return {_key(key): self._as_text(name, value) for key, value in self._mapping_of(name).items()}

    def lists_of_texts(self, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """A mapping of lists of strings, by name."""
        found = []
        for key, values in self._mapping_of(name).items():
            if values is not None and not isinstance(values, list):
                raise self.wrong(name, words.MUST_HOLD_LISTS.text(kind=_kind(values)))
            found.append((_key(key), tuple(self._as_text(name, each) for each in values or ())))
        return tuple(found)

    def mapping(self, name: str) -> KubeconfigFields | None:
        """The fields under `name`; None when there are none."""
        value = self._content.get(name)
        return None if value is None else KubeconfigFields(self._source, f"{self._path}.{name}", value, self._owner)

    def items(self, name: str) -> Iterator[KubeconfigFields]:
        """The fields of each element of a list."""
        for each in self._list(name):
            yield KubeconfigFields(self._source, f"{self._path}.{name}", each, self._owner)

    def named(self, name: str, content: str) -> Iterator[tuple[str, KubeconfigFields]]:
        """(name, fields) of each entry of ``clusters``, ``users`` or ``contexts``."""
        seen = set()
        for each in self.items_of_top(name):
            own = each.text("name")
            if own in seen:
                raise self.wrong(name, words.TWO_ENTRIES.text(name=own))
            seen.add(own)
            yield own, KubeconfigFields(self._source, f"{name}.{content}", each.raw(content), clean(own, 100))

    def items_of_top(self, name: str) -> Iterator[KubeconfigFields]:
        """The fields of each entry of a list at the top."""
        for each in self._list(name):
            yield KubeconfigFields(self._source, name, each)

    def extension(self, name: str) -> Any:
        """The content of the extension `name` as JSON holds it; None where there is none."""
        for each in self.items("extensions"):
            if each.text("name") == name:
                try:
                    return _json(each.raw("extension"), [_MOST_VALUES])
                except (RecursionError, ValueError) as error:
                    raise self.wrong("extensions", words.TOO_MUCH.text(name=name)) from error
        return None

    def raw(self, name: str) -> Any:
        """The value as it is."""
        return self._content.get(name)

    def _as_text(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(name, words.MUST_BE_TEXT.text(kind=_kind(value)))
        return value

    def _list(self, name: str) -> list[Any]:
        value = self._content.get(name)
        if value is not None and not isinstance(value, list):
            raise self.wrong(name, words.MUST_BE_LIST.text(kind=_kind(value)))
        return value or []

    def _mapping_of(self, name: str) -> Mapping[Any, Any]:
        value = self._content.get(name)
        if value is not None and not isinstance(value, Mapping):
            raise self.wrong(name, words.MUST_HOLD_FIELDS.text(kind=_kind(value)))
        return value or {}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return words.TRUTH.text()
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list):
        return "a list"
    return "text" if isinstance(value, str) else "fields"


def _key(key: Any) -> str:
    """A key as JSON has it, where all keys are strings."""
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)


def _json(value: Any, left: list[int]) -> Any:
    """`value` with keys as JSON has them. Aliases can make a small file an endless value, so the number of values is
    limited."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError
    if isinstance(value, Mapping):
        return {_key(key): _json(each, left) for key, each in value.items()}
    if isinstance(value, list):
        return [_json(each, left) for each in value]
    return value

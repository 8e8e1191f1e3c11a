"""The forms of drills' and game days' files, read with pydantic; our own sentences say what is wrong with them.

A form is a :class:`FileForm`. Its fields carry the rule that their value must obey as a sentence, so that a mistake is
one sentence with the file, the field and the remedy, whatever pydantic found. Imported when a file is read, never
before the first list: pydantic takes a tenth of a second to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from canarytui.domain.sentences import drill_file as words
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError


def broken(rule: str, at: str = "") -> PydanticCustomError:
    """The error of a value that breaks `rule`; `at` is where below the field, such as ``.name``."""
    return PydanticCustomError("broken_rule", "{rule}", {"rule": rule, "at": at})


def rule(text: str) -> WrapValidator:
    """Whatever is wrong with the field's value, `text` says what it must be."""

    def check(given: object, validate: ValidatorFunctionWrapHandler) -> object:
        try:
            return validate(given)
        except ValueError as error:
            raise broken(text) from error

    return WrapValidator(check)


def whole(most: int) -> BeforeValidator:
    """A whole number from 0 to `most`."""
    return BeforeValidator(lambda given: whole_number(given, most))


def whole_number(given: object, most: int, at: str = "") -> int:
    """`given`, if it is a whole number from 0 to `most`."""
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
        raise broken(words.WHOLE_NUMBER.text(most=most), at)
    return given


def duration(most_s: float) -> BeforeValidator:
    """Seconds above 0 and at most `most_s`, written as a duration."""

    def check(given: object) -> float:
        seconds = duration_s(given)
        if not 0 < seconds <= most_s:
            raise broken(words.DURATION_AT_MOST.text(most=most_s))
        return seconds

    return BeforeValidator(check)


def duration_s(given: object) -> float:
    """The seconds of a duration such as ``30s``, 0 for what is none."""
    try:
        return parse_duration(given) if isinstance(given, str) else 0.0
    except ValueError:
        return 0.0


def text(most: int, *, cut: bool = False) -> BeforeValidator:
    """Text of at most `most` characters, cleaned for the screen; `cut` shortens what is longer."""

    def check(given: object) -> str:
        if not isinstance(given, str) or not clean(given, most):
            raise broken(words.TEXT.text())
        if len(given) > most and not cut:
            raise broken(words.TEXT_AT_MOST.text(most=most))
        return clean(given, most)

    return BeforeValidator(check)


def one_of(*known: str) -> BeforeValidator:
    """One of these words."""

    def check(given: object) -> object:
        if given not in known:
            raise broken(words.ONE_OF.text(known=", ".join(known)))
        return given

    return BeforeValidator(check)


def listed(most: int, rule: str) -> BeforeValidator:
    """A list of 1 to `most` entries, whose own mistakes are reported as theirs."""

    def check(given: object) -> object:
        if not isinstance(given, list) or not 1 <= len(given) <= most:
            raise broken(rule)
        return given

    return BeforeValidator(check)


def true_word(given: object) -> bool:
    """``true``, which is all that may be written there."""
    if given is not True:
        raise broken(words.TRUE.text())
    return True


TrueWord = Annotated[bool, BeforeValidator(true_word)]


class FileForm(BaseModel):
    """A map with these fields and no others. A required field that is missing is as wrong as one that is null."""

    model_config = ConfigDict(strict=True, frozen=True)
    alone: ClassVar[str] = ""
    """The rule of a map that has one of these fields only, "" where it may have several."""

    @classmethod
    def known(cls) -> dict[str, bool]:
        """The fields' names as the file has them, and whether each is required."""
        return {field.alias or name: field.is_required() for name, field in cls.model_fields.items()}

    @model_validator(mode="before")
    @classmethod
    def _only_known_fields(cls, given: object) -> dict[str, Any]:
        known = cls.known()
        if not isinstance(given, Mapping):
            raise broken(words.MAP_WITH.text(known=", ".join(known)))
        for name in given:
            if name not in known:
                raise broken(words.UNKNOWN_FIELD.text(known=", ".join(known)), f".{clean(name, 40)}")
        if cls.alone and len(given) != 1:
            raise broken(cls.alone)
        return {**{name: None for name, required in known.items() if required}, **given}

    @classmethod
    def read(cls, content: object, source: str, context: dict[str, Any] | None = None) -> Self:
        """The form in `content`; its validators get `context`. Raises ConfigError, which names `source`."""
        try:
            return cls.model_validate(content, context=context)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            broken_rule = first.get("ctx", {})
            at = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
            at = (at + broken_rule.get("at", "")).removeprefix(".") or "the file"
            said = broken_rule.get("rule") or clean(first["msg"], 200)
            raise ConfigError(words.WRONG.text(source=clean(source, 200), at=at, rule=said)) from error
